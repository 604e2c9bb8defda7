import type { Engine } from '../engine/engine.ts';
import {
  inspectAttachable,
  openSession,
  signalContainer,
  waitForContainer,
  whyNotAttachable,
  type AttachableContainer,
  type NamedContainer,
} from '../engine/interactive/attach.ts';
import { resizeTerminal } from '../engine/interactive/resize.ts';
import { toContainer } from '../engine/observe.ts';
import { clientConfig, withEngine } from './engine.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProjectName } from './load-project.ts';
import { requireReplica } from './service-replica.ts';
import { brokenSession, READ_ESCAPE_SEQUENCE } from './session-end.ts';
import type { Session } from './session.ts';
import { proxySignals } from './signal-proxy.ts';
import { requireTerminal, runTerminalSession } from './terminal-session.ts';

export interface AttachCommandRequest {
  readonly service: string;
  /** Replica number; 0: the lowest that runs. */
  readonly index: number;
  /** Empty: as configured. */
  readonly detachKeys: string;
  readonly stdin: boolean;
  readonly proxySignals: boolean;
  readonly dryRun: boolean;
}

/** Exit code after Ctrl-C, as in Compose. */
const INTERRUPTED = 130;

/** `attach`: joins the terminal with the process of a running container; gives its exit code. */
export async function attach(
  session: Session,
  global: GlobalOptions,
  request: AttachCommandRequest,
): Promise<number> {
  const project = await openProjectName(session, global);
  const { service, index } = request;
  return withEngine(session, global.engine, async (engine) => {
    const row = await requireReplica(engine, { project, service, index }, session.signal);
    const container = toContainer(row);
    if (request.dryRun) {
      throw new CommandFailure('interactive run is not supported in dry-run mode');
    }
    const detachKeys =
      request.detachKeys || (clientConfig(session, global.engine).detachKeys ?? '');
    return attachTo(session, engine, { container, request: { ...request, detachKeys } });
  });
}

interface Target {
  readonly container: NamedContainer;
  readonly request: AttachCommandRequest;
}

async function attachTo(
  session: Session,
  engine: Engine,
  { container, request }: Target,
): Promise<number> {
  const { client } = engine;
  // Asked for first, so that an end in between is not missed.
  using ended = new ContainerEnd(engine, container, session.signal);
  const { Config: config } = await requireAttachable(session, engine, container);
  const tty = config.Tty === true;
  const hint = '"attach --no-stdin" shows output without a terminal';
  requireTerminal(session, { tty, stdin: request.stdin }, hint);
  const stdin = request.stdin && config.OpenStdin === true;
  const { detachKeys } = request;
  using proxy =
    request.proxySignals && !tty
      ? proxySignals(session, (name) => signalContainer(client, container, name, ended.signal))
      : undefined;
  const end = await runTerminalSession(session, {
    tty,
    stdin,
    stdinStaysOpen: config.StdinOnce !== true,
    detachKeys,
    size: {
      resize: (size, until) =>
        resizeTerminal(client, { kind: 'container', id: container.id }, size, until),
      redraw: true,
    },
    open: async () => {
      const stream = await openSession(client, container, { stdin, detachKeys }, session.signal);
      // Nothing tells a stream that was opened too late.
      await requireAttachable(session, engine, container);
      return stream;
    },
  });
  if (end.kind === 'detached') throw new CommandFailure(READ_ESCAPE_SEQUENCE);
  if (end.kind === 'broken') {
    const { State: state } = await inspectAttachable(client, container, session.signal);
    if (state.Running === true) brokenSession(client, end.error);
  }
  const code = await ended.code;
  return proxy?.interrupted === true ? INTERRUPTED : code;
}

async function requireAttachable(
  { signal }: Session,
  { client }: Engine,
  container: NamedContainer,
): Promise<AttachableContainer> {
  const found = await inspectAttachable(client, container, signal);
  const fault = whyNotAttachable(found);
  if (fault !== undefined) throw new CommandFailure(fault);
  return found;
}

/** Waits for the end of a container until that or until it is disposed. */
class ContainerEnd implements Disposable {
  readonly #controller = new AbortController();
  readonly signal: AbortSignal;
  readonly code: Promise<number>;

  constructor({ client }: Engine, container: NamedContainer, signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#controller.signal]);
    this.code = waitForContainer(client, container, 'not-running', this.signal);
    // Looked at only where the session ends by itself.
    this.code.catch(() => undefined);
  }

  [Symbol.dispose](): void {
    this.#controller.abort();
  }
}
