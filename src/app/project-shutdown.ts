import type { Project } from '../compose/model.ts';
import { planKill } from '../scheduler/plan-kill.ts';
import { planStop } from '../scheduler/plan-stop.ts';
import type { Plan } from '../scheduler/plan.ts';
import { Interrupted } from './interrupts.ts';
import { observeByName } from './observe-project.ts';
import { chooseHashes } from './hashes.ts';
import type { Operation } from './operation.ts';
import { createReporter } from './progress.ts';
import { execute } from './run-plan.ts';

/** Stops what an attached `up` runs: gracefully when asked once, by force when asked again. */
export class ProjectShutdown {
  readonly #operation: Operation;
  readonly #project: Project;
  readonly #timeout: number | undefined;
  readonly #requested = new AbortController();
  readonly #detached = new AbortController();
  readonly #settled = Promise.withResolvers<void>();
  #stopping: Promise<void> | undefined;
  #interrupted = false;

  /** `timeout`: seconds to wait for a container to stop; undefined: its own. */
  constructor(operation: Operation, project: Project, timeout: number | undefined) {
    this.#operation = operation;
    this.#project = project;
    this.#timeout = timeout;
  }

  /** Aborted when nothing more is to be created or started. */
  get requested(): AbortSignal {
    return this.#requested.signal;
  }

  /** Aborted when output is not to be read any more. */
  get detached(): AbortSignal {
    return this.#detached.signal;
  }

  get wasInterrupted(): boolean {
    return this.#interrupted;
  }

  /** Resolves when a shutdown that was begun is over; never without one. */
  get done(): Promise<void> {
    return this.#settled.promise;
  }

  /** Resolves when no shutdown is going on. */
  async finished(): Promise<void> {
    await this.#stopping;
  }

  detach(): void {
    this.#detached.abort();
  }

  /** Ctrl-C: the first stops, the second kills, the third leaves. */
  interrupt(signalName: string, count: number): void {
    this.#interrupted = true;
    if (count === 1) {
      this.#operation.session.stderr.write('Gracefully Stopping... press Ctrl+C again to force\n');
      this.#requested.abort(new Interrupted(signalName));
      void this.begin();
    } else if (count === 2) void this.#run('kill');
    else this.#detached.abort();
  }

  /** Stops everything, once. */
  begin(): Promise<void> {
    this.#requested.abort(new Interrupted('shutdown'));
    this.#stopping ??= this.#run('stop');
    return this.#stopping;
  }

  async #run(how: 'stop' | 'kill'): Promise<void> {
    const { session, global } = this.#operation;
    const reporter = createReporter(session, global, { title: how });
    // The session's own signal is not aborted here: interrupts come to us instead.
    const operation: Operation = {
      ...this.#operation,
      reporter,
      onEvent: (event) => {
        reporter.report(event);
      },
    };
    try {
      const observed = await observeByName(operation, this.#project.name);
      const hashes = await chooseHashes(operation, this.#project, observed);
      await execute(operation, this.#planFor(how, observed), {
        project: this.#project,
        observed,
        hashes,
        dryRun: false,
      });
    } catch (error) {
      session.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    } finally {
      reporter.close();
      // A container whose output cannot be read to its end must not hold the command up.
      setTimeout(() => this.#detached.abort(), 2000).unref();
      this.#settled.resolve();
    }
  }

  #planFor(how: 'stop' | 'kill', observed: Parameters<typeof planStop>[1]): Plan {
    if (how === 'stop') {
      return planStop(this.#project, observed, { services: [], timeout: this.#timeout });
    }
    const options = { services: [], signal: 'SIGKILL', removeOrphans: false };
    return planKill(this.#project, observed, options);
  }
}
