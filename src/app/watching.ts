import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Project } from '../compose/model.ts';
import type { ProgressEvent } from '../engine/event.ts';
import { ChangeCollector } from '../scheduler/change-collector.ts';
import type { PathChange } from '../scheduler/watch-batch.ts';
import type { Plan } from '../scheduler/plan.ts';
import { concerns, isPruned, watchRules, type WatchRule } from '../scheduler/watch-rules.ts';
import type { WatchFault } from '../watching/directory-watch.ts';
import { TreeWatch } from '../watching/tree-watch.ts';
import { CommandFailure } from './failure.ts';
import { ignoreFiles } from './ignore-files.ts';
import type { Operation } from './operation.ts';
import { WatchActions } from './watch-actions.ts';
import { watchedBinds, type WatchedBinds } from './watched-binds.ts';
import { deferred } from '../foundation/deferred.ts';

export interface WatchingOptions {
  /** Remove images that lost their name to what is built. */
  readonly prune: boolean;
  /** No output of builders. */
  readonly quiet: boolean;
  /** Said when no service has anything to watch. */
  readonly nothing: string;
  /** Bind mounts are copied to the engine's host, and so is what changes of them. */
  readonly syncBinds: boolean | undefined;
}

/** Where a watch tells what it does. */
export interface WatchOutput {
  /** What happens to services. */
  readonly log: (text: string) => void;
  /** What commands write that are run after a sync. */
  readonly print: (line: string) => void;
  /** Told of every plan before it runs. */
  readonly onPlan: (plan: Plan) => void;
}

/** So many changes at once are worth a word. */
const LARGE = 1000;

/** Follows the files of a project and brings what changes to its containers. */
export class Watching implements Disposable {
  readonly #operation: Operation;
  #project: Project;
  readonly #options: WatchingOptions;
  readonly #rules: readonly WatchRule[];
  readonly #binds: WatchedBinds | undefined;
  readonly #collector: ChangeCollector;
  readonly #tree: TreeWatch;
  #changed = deferred<void>();
  #started = false;

  /** Use {@link openWatching}. */
  constructor(
    operation: Operation,
    project: Project,
    options: WatchingOptions & {
      readonly rules: readonly WatchRule[];
      readonly binds: WatchedBinds | undefined;
    },
  ) {
    const { rules, binds } = options;
    this.#operation = operation;
    this.#project = project;
    this.#options = options;
    this.#rules = rules;
    this.#binds = binds;
    this.#collector = new ChangeCollector((path) => restarts(rules, path));
    this.#tree = new TreeWatch({
      roots: [...rules.map(({ path }) => path), ...(binds?.roots ?? [])],
      prunes: (directory) => isPruned(rules, directory) && binds?.concerns(directory) !== true,
      onChange: (change) => {
        const matters = rules.some((rule) => concerns(rule, change.path));
        if (!matters && binds?.concerns(change.path) !== true) return;
        this.#collector.add(change, performance.now());
        this.#changed.resolve();
      },
      onFault: (fault) => {
        this.#fault(fault);
      },
    });
    this.#tree.start();
    this.#started = true;
  }

  /** Tells what services are now that their providers have answered. */
  use(project: Project): void {
    this.#project = project;
  }

  /**
   * Acts on what has changed since this was opened, until the signal is aborted. What goes wrong with
   * one batch is told, and the next one is waited for.
   */
  async run(output: WatchOutput, signal: AbortSignal): Promise<void> {
    const actions = new WatchActions(this.#operation, this.#project, {
      ...this.#options,
      ...output,
      rules: this.#rules,
      signal,
    });
    try {
      await this.#binds?.bring([], output.log, signal);
      await actions.syncAtStart([...this.#tree.files()]);
      output.log('Watch enabled');
      for (;;) {
        const changes = await this.#nextBatch(signal);
        if (changes.length > LARGE) {
          output.log(
            'Large batch of file changes detected. If you just switched branches, this is expected.',
          );
        }
        const count = `count[${changes.length}]`;
        const start = performance.now();
        this.#detail(`batch start: ${count}`);
        await this.#binds?.bring(changes, output.log, signal);
        await actions.handle(changes);
        const took = Math.round(performance.now() - start);
        this.#detail(`batch complete: duration[${took}ms] ${count}`);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#tree.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Waits for a batch. @throws the signal's reason */
  async #nextBatch(signal: AbortSignal): Promise<readonly PathChange[]> {
    for (;;) {
      signal.throwIfAborted();
      // Whatever the system has told by now belongs to the batch.
      this.#tree.look();
      const { due } = this.#collector;
      const now = performance.now();
      if (due !== undefined && due <= now) return this.#collector.take();
      if (due === undefined) await this.#change(signal);
      else await delay(due - now, undefined, { signal });
    }
  }

  async #change(signal: AbortSignal): Promise<void> {
    this.#changed = deferred();
    const wake = (): void => {
      this.#changed.resolve();
    };
    signal.addEventListener('abort', wake, { once: true });
    await this.#changed.promise;
    signal.removeEventListener('abort', wake);
  }

  /** Says with --verbose when files were noticed and dealt with, as Compose does. */
  #detail(text: string): void {
    if (!this.#operation.global.verbose) return;
    this.#operation.onEvent({ type: 'message', level: 'info', text });
  }

  #fault({ kind, message, hint }: WatchFault): void {
    if (kind === 'limit' && !this.#started) throw new CommandFailure(message, hint);
    const text = hint === undefined ? message : `${message} (${hint})`;
    this.#operation.onEvent({ type: 'message', level: 'warning', text });
  }
}

/**
 * Begins to note changes of the files of a project; nothing is done about them before `run`.
 *
 * @throws CommandFailure when nothing can be watched
 */
export async function openWatching(
  operation: Operation,
  project: Project,
  options: WatchingOptions,
): Promise<Watching> {
  const binds = await watchedBinds(operation, project, options.syncBinds);
  const watched = binds?.original(project) ?? project;
  const found = watchRules(watched, {
    ignoreFiles: await ignoreFiles(watched),
    ...(binds === undefined ? { nothing: options.nothing } : { bindsAreWatched: true }),
    resolve: (path) => realPath(resolve(project.workingDir, path)),
  });
  if (!found.ok) throw new CommandFailure(found.error);
  const { rules, warnings } = found.value;
  for (const text of warnings) operation.onEvent({ type: 'message', level: 'warning', text });
  const quiet = { ...operation, onEvent: onlyMessages(operation) };
  return new Watching(quiet, project, { ...options, rules, binds });
}

/** Without symbolic links; what is not there yet may come. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** What a watch does is told line by line; progress would be said twice. */
function onlyMessages({ onEvent }: Operation): (event: ProgressEvent) => void {
  return (event) => {
    if (event.type === 'message') onEvent(event);
  };
}

function restarts(rules: readonly WatchRule[], path: string): boolean {
  return rules.some((rule) => rule.action !== 'sync' && concerns(rule, path));
}
