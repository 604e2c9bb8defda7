import type { Progress } from '../engine/event.ts';

/** One layer of an image that is being pulled; bytes and fraction never shrink. */
export interface Layer {
  readonly text: string;
  readonly current: number;
  /** 0 while unknown. */
  readonly total: number;
  /** 0 … 1 */
  readonly fraction: number;
}

/** One line of the display: a container, network, volume or image. */
export interface Resource {
  readonly id: string;
  readonly status: Progress['status'];
  readonly text: string;
  readonly details: string;
  /** Milliseconds of work that came to an end; pauses between two pieces of work do not count. */
  readonly worked: number;
  /** When the present piece of work began, milliseconds; undefined when nothing is going on. */
  readonly since?: number;
  /** When something was last heard of it, milliseconds. */
  readonly changed: number;
  readonly layers: ReadonlyMap<string, Layer>;
}

/** What is known of everything that is worked on, in the order in which it appeared. */
export class ProgressState {
  readonly #resources = new Map<string, Resource>();

  get resources(): readonly Resource[] {
    return [...this.#resources.values()];
  }

  /** Takes in a report; `now` in milliseconds. Tells whether a piece of work came to its end. */
  apply(progress: Progress, now: number): boolean {
    if (progress.parentId !== undefined) {
      this.#applyLayer(progress.parentId, progress, now);
      return false;
    }
    const { id, status, text, details = '' } = progress;
    const known = this.#resources.get(id) ?? waiting(id, now);
    const works = status === 'working';
    const ended = known.since !== undefined && !works ? now - known.since : 0;
    const since = works ? (known.since ?? now) : undefined;
    this.#resources.set(id, {
      id,
      status,
      text,
      details,
      worked: known.worked + ended,
      ...(since === undefined ? {} : { since }),
      changed: now,
      layers: known.layers,
    });
    return !works;
  }

  #applyLayer(parentId: string, progress: Progress, now: number): void {
    const parent = this.#resources.get(parentId) ?? {
      ...waiting(parentId, now),
      text: 'Pulling',
      since: now,
    };
    const layers = new Map(parent.layers);
    layers.set(progress.id, nextLayer(layers.get(progress.id), progress));
    this.#resources.set(parentId, { ...parent, changed: now, layers });
  }
}

function waiting(id: string, now: number): Resource {
  return {
    id,
    status: 'working',
    text: '',
    details: '',
    worked: 0,
    changed: now,
    layers: new Map(),
  };
}

/** Extraction counts from zero again, and a finished layer says no size: what was reached stays. */
function nextLayer(
  before: Layer | undefined,
  { text, status, current = 0, total = 0, percent = 0 }: Progress,
): Layer {
  const all = Math.max(total, before?.total ?? 0);
  const fraction = status === 'done' ? 1 : total > 0 ? current / total : percent / 100;
  return {
    text,
    total: all,
    current: status === 'done' ? all : Math.max(current, before?.current ?? 0),
    fraction: Math.min(Math.max(fraction, before?.fraction ?? 0), 1),
  };
}
