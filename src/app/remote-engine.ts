import type { Endpoint } from '../engine/endpoint.ts';
import type { Engine } from '../engine/engine.ts';
import type { ConnectStream } from '../engine/connection.ts';
import { EngineError, type EngineErrorKind } from '../engine/errors.ts';
import {
  isMachineError,
  type MachineError,
  type MachineErrorKind,
} from '../machines/machine-error.ts';
import type { SshHost, SshTarget } from '../machines/ssh/ssh-host.ts';
import type { EngineStreams } from '../machines/ssh/engine-streams.ts';
import { machineProgram } from './identity.ts';
import type { Session } from './session.ts';

/** The way to an engine over SSH. */
export interface RemoteEngine {
  readonly connect: ConnectStream;
  /** The engine's host itself. */
  host(): Promise<SshHost>;
  /** Ends the connection to the host. */
  close(): void;
}

const remotes = new WeakMap<Engine['client'], RemoteEngine>();

/** Notes by which way an engine is reached. */
export function reachedBy(engine: Engine, remote: RemoteEngine): void {
  remotes.set(engine.client, remote);
}

/** The way to an engine over SSH; undefined for all others. */
export function remoteOf(engine: Engine): RemoteEngine | undefined {
  return remotes.get(engine.client);
}

type SshEndpoint = Extract<Endpoint, { kind: 'ssh' }>;

/** One connection to the engine's host, over which everything goes; opened when it is first needed. */
export function remoteEngine(session: Session, endpoint: SshEndpoint): RemoteEngine {
  let streams: Promise<EngineStreams> | undefined;
  let closed = false;
  return {
    connect: async () => {
      try {
        streams ??= openStreams(session, endpoint);
        const open = await streams;
        if (closed) open.close();
        return await open.open();
      } catch (error) {
        throw isMachineError(error) ? asEngineError(error) : error;
      }
    },
    host: async () => {
      streams ??= openStreams(session, endpoint);
      return (await streams).host;
    },
    close: () => {
      closed = true;
      void streams?.then(
        (open) => open.close(),
        () => undefined,
      );
    },
  };
}

async function openStreams(session: Session, endpoint: SshEndpoint): Promise<EngineStreams> {
  const { EngineStreams: Streams } = await import('../machines/ssh/engine-streams.ts');
  const { openSshHost } = await import('../machines/ssh/open-ssh-host.ts');
  const { sshContextOf } = await import('./ssh.ts');
  const target = await targetOf(session, endpoint);
  const context = sshContextOf(session);
  return new Streams(() => openSshHost(target, context), endpoint.path, session.signal);
}

/** How the host of an endpoint is reached: as a machine, or as ssh would. */
async function targetOf(session: Session, endpoint: SshEndpoint): Promise<SshTarget> {
  const { sshSources } = await import('./ssh.ts');
  const sources = sshSources(session);
  const { host, user, port, machine } = endpoint;
  if (machine === undefined) {
    const { resolveTarget } = await import('../machines/ssh/resolve-target.ts');
    return resolveTarget(
      {
        host,
        ...(user === undefined ? {} : { user }),
        ...(port === undefined ? {} : { port }),
      },
      sources,
    );
  }
  const { openMachineStore, storePath } = await import('../machines/store/open-store.ts');
  const { machineTarget } = await import('../machines/ssh/machine-target.ts');
  const store = openMachineStore({
    path: storePath(session.env, sources.home),
    command: session.programName,
    program: machineProgram(session.programName),
  });
  const found = await store.get(machine);
  if ('fault' in found) {
    throw new EngineError('invalid', `machine "${machine}" cannot be used: ${found.fault}`);
  }
  return machineTarget(found.record, found.path, sources);
}

const KINDS: Partial<Readonly<Record<MachineErrorKind, EngineErrorKind>>> = {
  auth: 'permission-denied',
  'connection-lost': 'connection-lost',
  'host-key': 'failed',
  invalid: 'invalid',
  'not-found': 'invalid',
  failed: 'failed',
};

/** A failure on the way to an engine, as the engine's client tells it. */
export function asEngineError(error: MachineError): EngineError {
  return new EngineError(KINDS[error.kind] ?? 'no-engine', error.message, {
    cause: error,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
  });
}
