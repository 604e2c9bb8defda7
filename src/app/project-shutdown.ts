import type { Project } from '../compose/model.ts';
import type { HookLine } from '../engine/execute/context.ts';
import { planKill } from '../scheduler/plan-kill.ts';
import { planStop } from '../scheduler/plan-stop.ts';
import type { Plan } from '../scheduler/plan.ts';
import { Interrupted } from './interrupts.ts';
import { observeByName } from './observe-project.ts';
import { chooseHashes } from './hashes.ts';
import type { Operation } from './operation.ts';
import { createReporter } from './progress.ts';
import { execute } from './run-plan.ts';
import { deferred } from '../foundation/deferred.ts';

export interface ShutdownRequest {
  /** Services that end; empty: all. What they depend on may have run before, and goes on. */
  readonly services: readonly string[];
  /** Seconds to wait for a container to stop; undefined: its own. */
  readonly timeout: number | undefined;
  /** Shows what hooks print. */
  readonly onHookLine: (line: HookLine) => void;
}

interface Scope {
  readonly activeOnly: boolean;
}

/** Stops what an attached `up` runs: gracefully when asked once, by force when asked again. */
export class ProjectShutdown {
  readonly #operation: Operation;
  readonly #project: Project;
  readonly #request: ShutdownRequest;
  readonly #requested = new AbortController();
  readonly #detached = new AbortController();
  readonly #settled = deferred<void>();
  #stopping: Promise<void> | undefined;
  /** The run of the plan while it goes on; what it has begun, it finishes. */
  #work: Promise<unknown> | undefined;
  #background: () => Promise<void> | undefined = () => undefined;
  #interrupted = false;

  constructor(operation: Operation, project: Project, request: ShutdownRequest) {
    this.#operation = operation;
    this.#project = project;
    this.#request = request;
  }

  /** Runs the work that an interrupt breaks off; containers that it still starts are stopped after it. */
  async during<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.#work = settled;
    try {
      return await work;
    } finally {
      this.#work = undefined;
    }
  }

  /** Tells how to find work that goes on beside this, and ends because of the interrupt. */
  besides(background: () => Promise<void> | undefined): void {
    this.#background = background;
  }

  /** Aborted when nothing more is to be created or started. */
  get requested(): AbortSignal {
    return this.#requested.signal;
  }

  /** Aborted when output is not to be read any more. */
  get detached(): AbortSignal {
    return this.#detached.signal;
  }

  /** Whether the plan still runs. */
  get isWorking(): boolean {
    return this.#work !== undefined;
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
      this.#operation.onEvent({
        type: 'message',
        level: 'info',
        text: 'Gracefully Stopping... press Ctrl+C again to force',
      });
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
    const reporter = createReporter(session, global, { title: how, besideOutput: true });
    // The session's own signal is not aborted here: interrupts come to us instead.
    const operation: Operation = {
      ...this.#operation,
      reporter,
      onEvent: (event) => {
        reporter.report(event);
      },
    };
    try {
      // What is being started now is found by the second look only.
      const work = this.#work;
      const background = this.#background();
      await this.#end(operation, how, { activeOnly: false });
      if (work !== undefined || background !== undefined) {
        await work;
        await background;
        await this.#end(operation, how, { activeOnly: true });
      }
    } catch (error) {
      session.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    } finally {
      reporter.close();
      // A container whose output cannot be read to its end must not hold the command up.
      setTimeout(() => this.#detached.abort(), 2000).unref();
      this.#settled.resolve();
    }
  }

  async #end(operation: Operation, how: 'stop' | 'kill', scope: Scope): Promise<void> {
    const observed = await observeByName(operation, this.#project.name);
    const hashes = await chooseHashes(operation, this.#project, observed);
    const plan = this.#planFor(how, observed, scope);
    const { onHookLine } = this.#request;
    await execute(operation, plan, {
      project: this.#project,
      observed,
      hashes,
      dryRun: false,
      onHookLine,
    });
  }

  #planFor(
    how: 'stop' | 'kill',
    observed: Parameters<typeof planStop>[1],
    { activeOnly }: Scope,
  ): Plan {
    const { services, timeout } = this.#request;
    if (how === 'stop') {
      return planStop(this.#project, observed, { services, timeout, activeOnly });
    }
    const options = { services, signal: 'SIGKILL', removeOrphans: false };
    return planKill(this.#project, observed, options);
  }
}
