import type { Duplex } from 'node:stream';
import { inspectAttachable, openSession, signalContainer } from '../engine/interactive/attach.ts';
import { resizeTerminal } from '../engine/interactive/resize.ts';
import type { SessionEnd } from '../engine/interactive/streams.ts';
import { expectExit } from '../engine/one-off.ts';
import type { PeerContainer } from '../engine/service-references.ts';
import { planOneOffHooks, planOneOffStart } from '../scheduler/plan-run.ts';
import type { Plan } from '../scheduler/plan.ts';
import type { Convergence } from './converge.ts';
import { clientConfig } from './engine.ts';
import { ForegroundProgress } from './foreground-progress.ts';
import type { OneOffProject } from './one-off-project.ts';
import type { Operation } from './operation.ts';
import { execute } from './run-plan.ts';
import type { RunRequest } from './run-request.ts';
import { brokenSession } from './session-end.ts';
import { proxySignals, type SignalProxy } from './signal-proxy.ts';
import { runTerminalSession } from './terminal-session.ts';
import { deferred } from '../foundation/deferred.ts';

export interface AttachedRun extends Convergence, Pick<OneOffProject, 'service'> {
  readonly container: PeerContainer;
  readonly request: RunRequest;
}

/**
 * The foreground of `run`: starts the container and joins its streams with those of this process.
 * Signals go to the container from then on; before, they break the run off.
 *
 * @returns the exit code of the container, or 0 when the user leaves it running
 */
export async function runAttachedOneOff(given: Operation, attached: AttachedRun): Promise<number> {
  const operation = messagesOnly(given);
  const { session, engine } = operation;
  const { container, request } = attached;
  const condition = request.remove ? 'removed' : 'next-exit';
  const exit = await expectExit(engine.client, container, condition, session.signal);
  const ended = new AbortController();
  let signals: SignalProxy | undefined;
  let hooks: Promise<unknown> = Promise.resolve();
  try {
    const end = await joinContainer(operation, attached, async () => {
      const start = deferred<void>();
      session.signal.throwIfAborted();
      signals = proxySignals(session, handOn(operation, container, start.promise));
      await execute(operation, planOf(planOneOffStart, attached), { ...attached, dryRun: false });
      start.resolve();
      hooks = runHooks(operation, attached, ended.signal);
    });
    if (end.kind === 'broken') brokenSession(engine.client, end.error);
    const code = end.kind === 'detached' ? 0 : await exit();
    if (end.kind === 'ended') ended.abort();
    const fault = await hooks;
    if (code === 0 && fault !== undefined) throw fault;
    return code;
  } finally {
    signals?.[Symbol.dispose]();
  }
}

/** Output of the container follows: of progress, only what people have to know is told. */
function messagesOnly(given: Operation): Operation {
  const progress = new ForegroundProgress(given);
  progress.outputBegins();
  const { operation } = progress;
  return {
    ...operation,
    onEvent: (event) => {
      if (event.type === 'message') operation.onEvent(event);
    },
  };
}

/** Attaches, starts, and passes everything on in both directions until the end. */
function joinContainer(
  { session, global, engine }: Operation,
  { container, request }: AttachedRun,
  start: () => Promise<void>,
): Promise<SessionEnd> {
  const { client } = engine;
  const { tty, interactive: stdin } = request;
  const { detachKeys = '' } = clientConfig(session, global.engine);
  return runTerminalSession(session, {
    tty,
    stdin,
    detachKeys,
    size: {
      resize: (size, signal) =>
        resizeTerminal(client, { kind: 'container', id: container.id }, size, signal),
    },
    open: async () => {
      const keys = detachKeys === '' ? {} : { detachKeys };
      const connection: Duplex = await openSession(
        client,
        container,
        { stdin, ...keys },
        session.signal,
      );
      try {
        await start();
        return connection;
      } catch (error) {
        connection.destroy();
        throw error;
      }
    },
  });
}

/**
 * Hands signals on to the container once it runs. One that goes on after two Ctrl-C is killed by the third,
 * since nothing else could end this command.
 */
function handOn(
  { session, engine }: Operation,
  container: PeerContainer,
  started: Promise<void>,
): (signalName: string) => Promise<void> {
  let interrupts = 0;
  return async (signalName) => {
    if (signalName === 'SIGINT') interrupts += 1;
    await started;
    const last = signalName === 'SIGINT' && interrupts > 2;
    if (signalName === 'SIGINT' && interrupts === 2) {
      session.stderr.write(
        `Container ${container.name} has not ended: press Ctrl+C again to kill it\n`,
      );
    }
    await signalContainer(engine.client, container, last ? 'SIGKILL' : signalName, session.signal);
  };
}

/** Runs post_start hooks beside the container; what they fail with matters when it has ended. */
async function runHooks(
  operation: Operation,
  attached: AttachedRun,
  signal: AbortSignal,
): Promise<unknown> {
  const { service } = attached;
  if ((service.post_start ?? []).length === 0) return undefined;
  try {
    await execute(operation, planOf(planOneOffHooks, attached), {
      ...attached,
      dryRun: false,
      signal,
    });
    return undefined;
  } catch (error) {
    // A container that has ended takes no hooks, and needs none.
    return signal.aborted || !(await isRunning(operation, attached)) ? undefined : error;
  }
}

async function isRunning(
  { session, engine }: Operation,
  { container }: AttachedRun,
): Promise<boolean> {
  try {
    const { State: state } = await inspectAttachable(engine.client, container, session.signal);
    return state.Running === true;
  } catch {
    // Removed already; or the engine cannot be reached, which others tell.
    return false;
  }
}

function planOf(
  make: typeof planOneOffStart,
  { project, observed, service, container }: AttachedRun,
): Plan {
  return make({ project, observed, services: {} }, service, container);
}
