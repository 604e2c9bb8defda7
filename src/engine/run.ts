import type { Observed } from '../scheduler/observed.ts';
import type { Action, ContainerRef, Plan, Step } from '../scheduler/plan.ts';
import type { Engine } from './engine.ts';
import { messageOf } from './errors.ts';
import type { OnEvent, Progress } from './event.ts';
import { createContainerEvents } from './execute/container-events.ts';
import type { HostContext, RunSettings, StepContext } from './execute/context.ts';
import { execute } from './execute/executors.ts';
import { createLimiter, createLimits, limitOf, paceOf, type Limits } from './execute/limits.ts';
import {
  groupsOf,
  shownBy,
  stepTexts,
  type GroupState,
  type StepTexts,
} from './execute/progress.ts';
import type { PeerContainer } from './service-references.ts';

export interface RunOptions extends RunSettings {
  /** Engine of every host that the plan names. */
  readonly engines: ReadonlyMap<string, Engine>;
  /** Snapshots the plan was made from; what they know of images is not asked for again. */
  readonly observed?: readonly Observed[];
  readonly onEvent: OnEvent;
  /** Called when a step is done. */
  readonly onStepDone?: (step: Step) => void;
  readonly signal: AbortSignal;
  /** Things that are created, started or stopped at a time per host; default 8. */
  readonly parallel?: number;
}

/** What has begun is given this long to finish after an abort. Milliseconds. */
const GRACE = 10_000;

export interface FailedStep {
  readonly step: Step;
  readonly error: unknown;
}

/** How a run ended. `undone` lists what was not begun, or was broken off. */
export interface RunReport {
  readonly outcome: 'done' | 'failed' | 'cancelled';
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
  /** The first failure is why the run ended; others failed before they could be broken off. */
  readonly failures: readonly FailedStep[];
  /** Containers that steps created, by step id. */
  readonly created: ReadonlyMap<number, PeerContainer>;
}

/**
 * Runs a plan: every step starts as soon as the steps it comes after are done. The first failure
 * keeps what has not begun from beginning, breaks off waits and rolls the failed step back; an
 * abort of the signal does the same. A group that has begun (a replacement) is finished or rolled
 * back, never left half done. Never rejects for a failing step: the report says it all.
 */
export async function runPlan(plan: Plan, options: RunOptions): Promise<RunReport> {
  const run = new PlanRun(plan, options);
  try {
    return await run.finish();
  } finally {
    run.close();
  }
}

class PlanRun {
  readonly #plan: Plan;
  readonly #options: RunOptions;
  readonly #broken = new AbortController();
  /** Nothing new begins, and what only waits ends. */
  readonly #signal: AbortSignal;
  /** What has begun ends too; a while after the user asked. */
  readonly #last = new AbortController();
  readonly #hosts: ReadonlyMap<string, HostContext & { readonly limits: Limits }>;
  readonly #groups: Map<string, GroupState>;
  readonly #created = new Map<number, PeerContainer>();
  readonly #names = new Map<string, string>();
  readonly #done = new Set<number>();
  readonly #begun = new Set<number>();
  readonly #rolledBack = new Set<number>();
  readonly #failures: FailedStep[] = [];

  constructor(plan: Plan, options: RunOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#broken.signal]);
    options.signal.addEventListener('abort', this.#countDown, { once: true });
    this.#groups = groupsOf(plan.steps);
    this.#hosts = new Map(
      [...new Set(plan.steps.map(({ host }) => host))].map((host) => [
        host,
        this.#createHost(host),
      ]),
    );
  }

  async finish(): Promise<RunReport> {
    const promises = new Map<number, Promise<boolean>>();
    for (const step of this.#plan.steps) {
      const before = step.after.map((id) => promises.get(id) ?? Promise.resolve(false));
      promises.set(step.id, this.#whenReady(step, before));
    }
    await Promise.all(promises.values());
    await this.#rollBackGroups();
    const { steps } = this.#plan;
    const failed = this.#failures.length > 0;
    const undone = steps.filter(({ id }) => !this.#done.has(id));
    return {
      outcome: failed ? 'failed' : undone.length > 0 ? 'cancelled' : 'done',
      done: steps.filter(({ id }) => this.#done.has(id)),
      undone,
      failures: this.#failures,
      created: this.#created,
    };
  }

  close(): void {
    this.#options.signal.removeEventListener('abort', this.#countDown);
    clearTimeout(this.#timer);
    for (const { events } of this.#hosts.values()) events.close();
  }

  #timer: NodeJS.Timeout | undefined;
  readonly #countDown = (): void => {
    this.#timer = setTimeout(() => this.#last.abort(this.#options.signal.reason), GRACE).unref();
  };

  #createHost(host: string): HostContext & { readonly limits: Limits } {
    const engine = this.#options.engines.get(host);
    if (engine === undefined) throw new Error(`the plan names the unknown host "${host}"`);
    const known = this.#options.observed?.find((observed) => observed.host === host)?.images;
    const serial = createLimiter(1);
    return {
      host,
      client: engine.client,
      events: createContainerEvents(engine.client, this.#options.project.name),
      images: new Map([...(known ?? [])].map(([key, image]) => [key, Promise.resolve(image)])),
      startLock: (work) => serial(work, this.#signal),
      limits: createLimits(this.#options.parallel ?? 8),
    };
  }

  /** True when the step was done. */
  async #whenReady(step: Step, before: readonly Promise<boolean>[]): Promise<boolean> {
    const ready = await Promise.all(before);
    if (!ready.every(Boolean)) return false;
    const host = this.#hosts.get(step.host);
    if (host === undefined) throw new Error(`step ${step.id} is on the unknown host ${step.host}`);
    const begin = this.#isUnderWay(step) ? this.#last.signal : this.#signal;
    if (begin.aborted) return false;
    try {
      const work = (): Promise<void> => this.#tryStep(step, host);
      const limit = limitOf(step.action);
      await (limit === undefined ? work() : host.limits[limit](work, begin));
      this.#done.add(step.id);
      this.#options.onStepDone?.(step);
      return true;
    } catch {
      // Noted already; a step that waited for its turn in vain did nothing that could be undone.
      if (this.#begun.has(step.id)) await this.#rollBack(step, host);
      return false;
    }
  }

  /** Notes a failure before the step gives up its place, so that no other takes it. */
  async #tryStep(step: Step, host: HostContext): Promise<void> {
    try {
      await this.#runStep(step, host);
    } catch (error) {
      this.#noteFailure(step, error);
      throw error;
    }
  }

  /** True when the step belongs to a group of which something was done already. */
  #isUnderWay(step: Step): boolean {
    return (this.#groupOf(step)?.done ?? 0) > 0;
  }

  #signalFor(step: Step): AbortSignal {
    const pace = paceOf(step.action);
    if (pace === 'short' || this.#isUnderWay(step)) return this.#last.signal;
    return pace === 'stop' ? this.#options.signal : this.#signal;
  }

  async #runStep(step: Step, host: HostContext): Promise<void> {
    const group = this.#groupOf(step);
    const signal = this.#signalFor(step);
    const nameOf = (reference: ContainerRef): string => this.#resolve(reference).name;
    const { working } = shownBy(step, group, nameOf);
    if (working !== undefined) {
      this.#tell(step, working, { status: 'working', text: working.working });
    }
    if (group !== undefined) group.begun += 1;
    this.#begun.add(step.id);
    const outcome = await execute(step.action, this.#stepContext(step, host, signal));
    const { done } = shownBy(step, group, nameOf);
    if (group !== undefined) {
      group.done += 1;
      if (group.exchange.has(step.id)) group.exchanged += 1;
    }
    if (done !== undefined) this.#tell(step, done, outcome ?? { status: 'done', text: done.done });
  }

  #groupOf({ group }: Step): GroupState | undefined {
    return group === undefined ? undefined : this.#groups.get(group);
  }

  #noteFailure(step: Step, error: unknown): void {
    if (this.#isBrokenOff(error)) return;
    this.#failures.push({ step, error });
    this.#broken.abort(new Error(`step ${step.id} failed`));
    const texts =
      this.#groupOf(step)?.texts ??
      stepTexts(step.action, (reference) => this.#resolve(reference).name);
    if (texts !== undefined) {
      const { failed } = texts;
      const what =
        failed === undefined ? { text: 'Error', details: messageOf(error) } : { text: failed };
      this.#tell(step, texts, { status: 'error', ...what });
    }
  }

  /** True for what ended because the run ends, not of itself. */
  #isBrokenOff(error: unknown): boolean {
    const signals = [this.#signal, this.#options.signal, this.#last.signal];
    return signals.some(({ aborted, reason }) => aborted && error === reason);
  }

  /** Groups of which something was done, and which will not be finished. */
  async #rollBackGroups(): Promise<void> {
    for (const [name, { done, size }] of this.#groups) {
      if (done === 0 || done === size) continue;
      const step = this.#plan.steps.find(({ group, id }) => group === name && !this.#done.has(id));
      const host = step === undefined ? undefined : this.#hosts.get(step.host);
      if (step !== undefined && host !== undefined) await this.#rollBack(step, host);
    }
  }

  /** What was replaced is put back even when the run was cancelled; each part is tried. */
  async #rollBack(step: Step, host: HostContext): Promise<void> {
    if (this.#rolledBack.has(step.id)) return;
    this.#rolledBack.add(step.id);
    const context = this.#stepContext(step, host, new AbortController().signal);
    for (const action of step.rollback ?? []) {
      if (this.#refersToNothing(action)) continue;
      try {
        await execute(action, context);
        if (action.kind === 'start-container') {
          const text = `Container ${this.#resolve(action.container).name} was put back`;
          this.#options.onEvent({ type: 'message', level: 'info', text });
        }
      } catch (error) {
        context.warn(`could not undo "${step.cause}" of ${step.resource}: ${messageOf(error)}`);
      }
    }
  }

  /** An undo of what a step made has nothing to do when the step made nothing. */
  #refersToNothing(action: Action): boolean {
    if (!('container' in action)) return false;
    const { container } = action;
    return 'createdBy' in container && !this.#created.has(container.createdBy);
  }

  #stepContext(step: Step, host: HostContext, signal: AbortSignal): StepContext {
    return {
      ...this.#options,
      ...host,
      step,
      signal,
      resolve: (reference) => this.#resolve(reference),
      remember: (container) => {
        this.#names.set(container.id, container.name);
        if (step.action.kind === 'create-container') this.#created.set(step.id, container);
      },
      emit: (progress) => {
        this.#options.onEvent({ type: 'progress', progress });
      },
      warn: (text) => {
        this.#options.onEvent({ type: 'message', level: 'warning', text });
      },
    };
  }

  #resolve(reference: ContainerRef): PeerContainer {
    const known = 'createdBy' in reference ? this.#created.get(reference.createdBy) : reference;
    if (known === undefined) {
      throw new Error(
        `the plan refers to a container that step ${JSON.stringify(reference)} did not make`,
      );
    }
    return { id: known.id, name: this.#names.get(known.id) ?? known.name };
  }

  #tell(step: Step, { id }: StepTexts, rest: Omit<Progress, 'id'>): void {
    this.#options.onEvent({ type: 'step', step, progress: { id, ...rest } });
  }
}
