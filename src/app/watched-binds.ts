import type { Project } from '../compose/model.ts';
import { messageOf } from '../engine/errors.ts';
import type { PathChange } from '../scheduler/watch-batch.ts';
import type { Operation } from './operation.ts';
import { bindCopiesOf, isBelow, type BindCopies } from './bind-copies.ts';

/** Bind mounts that are copied to the engine's host while they are watched. */
export class WatchedBinds {
  readonly #binds: BindCopies;
  readonly #operation: Operation;
  /** Sources that the host does not have as they are; all, until they were looked at once. */
  readonly #stale: Set<string>;

  constructor(operation: Operation, binds: BindCopies) {
    this.#operation = operation;
    this.#binds = binds;
    this.#stale = new Set(binds.sources);
  }

  /** Paths to watch. */
  get roots(): readonly string[] {
    return this.#binds.sources;
  }

  /** The project with the mounts that its files have. */
  original(project: Project): Project {
    return this.#binds.original(project);
  }

  /** Whether a path is part of what is copied. */
  concerns(path: string): boolean {
    return this.#sourceOf(path) !== undefined;
  }

  /** Copies what changed. What does not succeed is told, and tried again with the next changes. */
  async bring(
    changes: readonly Pick<PathChange, 'path'>[],
    log: (text: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    for (const { path } of changes) {
      const source = this.#sourceOf(path);
      if (source !== undefined) this.#stale.add(source);
    }
    for (const source of [...this.#stale].toSorted()) {
      try {
        await this.#binds.sync([source], { signal, tell: log });
        this.#stale.delete(source);
      } catch (error) {
        signal.throwIfAborted();
        const text = `Error copying bind mounts: ${messageOf(error)}`;
        this.#operation.onEvent({ type: 'message', level: 'warning', text });
      }
    }
  }

  #sourceOf(path: string): string | undefined {
    return this.roots.find((source) => isBelow(path, source));
  }
}

/** The bind mounts of a project that have to be watched because their engine is elsewhere; undefined without any. */
export async function watchedBinds(
  operation: Operation,
  project: Project,
  syncBinds: boolean | undefined,
): Promise<WatchedBinds | undefined> {
  if (operation.engine.endpoint.kind !== 'ssh') return undefined;
  const { openBindCopies, wantsSync } = await import('./remote-binds.ts');
  if (!wantsSync(project, syncBinds)) return undefined;
  const binds = bindCopiesOf(operation.engine) ?? (await openBindCopies(operation, project));
  return binds === undefined || binds.sources.length === 0
    ? undefined
    : new WatchedBinds(operation, binds);
}
