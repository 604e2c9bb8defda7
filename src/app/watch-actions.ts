import type { Hook, Project } from '../compose/model.ts';
import { isEngineError, messageOf } from '../engine/errors.ts';
import { execInContainer } from '../engine/execute/command.ts';
import { ContainerSync } from '../engine/sync/sync.ts';
import type { ObservedContainer } from '../scheduler/observed.ts';
import { planRestart } from '../scheduler/plan-restart.ts';
import type { Plan } from '../scheduler/plan.ts';
import {
  isEmptyBatch,
  planWatchBatch,
  type PathChange,
  type ServiceSync,
  type WatchBatch,
} from '../scheduler/watch-batch.ts';
import type { WatchRule } from '../scheduler/watch-rules.ts';
import { chooseHashes } from './hashes.ts';
import { observeByName } from './observe-project.ts';
import type { Operation } from './operation.ts';
import { execute } from './run-plan.ts';
import { quoted, rebuildServices } from './watch-rebuild.ts';

export interface WatchActionOptions {
  readonly rules: readonly WatchRule[];
  readonly prune: boolean;
  readonly quiet: boolean;
  readonly log: (text: string) => void;
  readonly print: (line: string) => void;
  readonly onPlan: (plan: Plan) => void;
  readonly signal: AbortSignal;
}

/** A file that is there when a watch begins. */
export interface PresentFile {
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
}

/** Does what changed files ask for. */
export class WatchActions {
  readonly #operation: Operation;
  readonly #project: Project;
  readonly #options: WatchActionOptions;
  readonly #sync: ContainerSync;
  /** Changes that did not reach all containers; they are brought again with the next ones. */
  readonly #missed = new Map<string, PathChange>();

  constructor(operation: Operation, project: Project, options: WatchActionOptions) {
    this.#operation = operation;
    this.#project = project;
    this.#options = options;
    this.#sync = new ContainerSync(operation.engine.client, (path, reason) => {
      this.#warn(`cannot copy ${path}: ${reason}`);
    });
  }

  /** Brings files to containers that were changed after their images were made. */
  async syncAtStart(files: readonly PresentFile[]): Promise<void> {
    for (const rule of this.#options.rules) {
      if (!rule.initialSync) continue;
      const containers = await this.#containers(rule.service);
      const made = await this.#imageTime(containers[0]);
      if (made === undefined) continue;
      const changes = files
        .filter(({ modified }) => modified >= made)
        .map(({ path }): PathChange => ({ path, kind: 'file', exists: true }));
      for (const sync of planWatchBatch([rule], changes).sync) {
        await this.#attempt(() => this.#bring(sync));
      }
    }
  }

  /** Deals with one batch. What fails is told and does not hold up the rest. */
  async handle(changes: readonly PathChange[]): Promise<void> {
    const { rules } = this.#options;
    const batch = planWatchBatch(rules, changes);
    if (isEmptyBatch(batch)) return;
    if (batch.rebuild.length > 0) await this.#attempt(() => this.#rebuild(batch.rebuild));
    await this.#syncAll(changes);
    const restarted = servicesToRestart(batch);
    if (restarted.length > 0) await this.#attempt(() => this.#restart(restarted));
    for (const { service, hook } of batch.exec) {
      await this.#attempt(() => this.#exec(service, hook));
    }
  }

  async #syncAll(changes: readonly PathChange[]): Promise<void> {
    const all = new Map([...this.#missed, ...changes.map((each) => [each.path, each] as const)]);
    this.#missed.clear();
    for (const sync of planWatchBatch(this.#options.rules, [...all.values()]).sync) {
      const count = sync.copies.length + sync.deletes.length;
      this.#options.log(
        `Syncing service ${JSON.stringify(sync.service)} after ${count} changes were detected`,
      );
      if (await this.#attempt(() => this.#bring(sync))) continue;
      for (const { source } of sync.copies) {
        const change = all.get(source);
        if (change !== undefined) this.#missed.set(source, change);
      }
    }
  }

  async #bring(sync: ServiceSync): Promise<void> {
    const containers = await this.#containers(sync.service);
    const faults = await this.#sync.apply(containers, sync, this.#options.signal);
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }

  #rebuild(services: readonly string[]): Promise<void> {
    return rebuildServices(this.#operation, this.#project, { ...this.#options, services });
  }

  async #restart(services: readonly string[]): Promise<void> {
    const { signal, onPlan, log } = this.#options;
    const observed = await observeByName(this.#operation, this.#project.name);
    const plan = planRestart(this.#project, observed, {
      services,
      noDependencies: false,
      timeout: undefined,
    });
    onPlan(plan);
    const hashes = await chooseHashes(this.#operation, this.#project, observed);
    const project = this.#project;
    await execute(this.#operation, plan, { project, observed, hashes, dryRun: false, signal });
    log(`service(s) ${quoted(services)} restarted`);
  }

  async #exec(service: string, hook: Hook): Promise<void> {
    const { signal, print } = this.#options;
    const containers = await this.#containers(service);
    await Promise.all(
      containers
        .filter(({ state }) => state === 'running')
        .map(async (container) => {
          const { exitCode } = await execInContainer(
            this.#operation.engine.client,
            { container, hook, tty: false, onLine: print },
            signal,
          );
          if (exitCode === 0) return;
          const command = (hook.command ?? []).join(' ');
          throw new Error(`"${command}" in ${container.name} exited with status ${exitCode}`);
        }),
    );
  }

  async #containers(service: string): Promise<readonly ObservedContainer[]> {
    const { containers } = await observeByName(this.#operation, this.#project.name);
    return containers.filter(
      (each) =>
        each.service === service &&
        !each.oneOff &&
        each.state !== 'removing' &&
        each.state !== 'dead',
    );
  }

  /** When the image of a container was made; undefined when nobody can tell. */
  async #imageTime(container: ObservedContainer | undefined): Promise<number | undefined> {
    if (container === undefined) return undefined;
    try {
      const { Created: created } = await this.#operation.engine.client.send<{ Created?: string }>(
        { method: 'GET', path: `/images/${container.imageId}/json` },
        this.#options.signal,
      );
      const time = Date.parse(created ?? '');
      return Number.isNaN(time) ? undefined : time;
    } catch (error) {
      if (isEngineError(error, 'not-found')) return undefined;
      throw error;
    }
  }

  /** Whether the work succeeded. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#options.signal.throwIfAborted();
      this.#warn(`Error handling changed files: ${messageOf(error)}`);
      return false;
    }
  }

  #warn(text: string): void {
    this.#operation.onEvent({ type: 'message', level: 'warning', text });
  }
}

/** What was rebuilt runs anew already, unless files were brought to it since. */
function servicesToRestart({ rebuild, restart, sync }: WatchBatch): readonly string[] {
  const synced = new Set(sync.map(({ service }) => service));
  return restart.filter((name) => !rebuild.includes(name) || synced.has(name));
}
