import type { Duplex } from 'node:stream';
import type { Endpoint } from '../engine/endpoint.ts';
import type { Engine } from '../engine/engine.ts';
import type { ConnectStream } from '../engine/connection.ts';
import { EngineError, type EngineErrorKind } from '../engine/errors.ts';
import {
  isMachineError,
  type MachineError,
  type MachineErrorKind,
} from '../machines/machine-error.ts';
import type { SshHost, SshStreams, SshTarget } from '../machines/ssh/ssh-host.ts';
import type { Tunnel } from '../machines/ssh/tunnel.ts';
import type { EngineStreams } from '../machines/ssh/engine-streams.ts';
import { CommandFailure } from './failure.ts';
import { machineProgram } from './identity.ts';
import type { KnownMachine } from './machine/target.ts';
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

/** Files cannot be seen or copied by a way that leads to the engine alone. */
function onlyEngine(host: string): EngineError {
  const text = `only ssh itself can log in to ${host}, which leads to its engine, but not to its files`;
  return new EngineError('permission-denied', text, {
    hint: 'Bind mounts, configs and secrets of this computer need a login with a key of ed25519, ECDSA or RSA. What is on the host already can be named by paths outside of the project and your home.',
  });
}

type SshEndpoint = Extract<Endpoint, { kind: 'ssh' }>;

/** One connection to the engine's host, over which everything goes; opened when it is first needed. */
export function remoteEngine(session: Session, endpoint: SshEndpoint): RemoteEngine {
  let streams: Promise<EngineStreams> | undefined;
  let tunnel: Promise<Tunnel> | undefined;
  let closed = false;
  const stream = async (): Promise<Duplex> => {
    if (tunnel === undefined) {
      try {
        streams ??= openStreams(session, endpoint);
        const open = await streams;
        if (closed) open.close();
        return await open.open();
      } catch (error) {
        const { tunnelInstead } = await import('./ssh-tunnel.ts');
        tunnel ??= tunnelInstead(session, endpoint, error);
        if (tunnel === undefined) throw error;
      }
    }
    const open = await tunnel;
    if (closed) open.close();
    return await open.open();
  };
  return {
    connect: async () => {
      try {
        return await stream();
      } catch (error) {
        throw isMachineError(error) ? asEngineError(error) : error;
      }
    },
    host: async () => {
      if (tunnel !== undefined) throw onlyEngine(endpoint.host);
      streams ??= openStreams(session, endpoint);
      return (await streams).host;
    },
    close: () => {
      closed = true;
      for (const way of [streams, tunnel]) {
        void way?.then(
          (open) => open.close(),
          () => undefined,
        );
      }
    },
  };
}

async function openStreams(session: Session, endpoint: SshEndpoint): Promise<EngineStreams> {
  const { EngineStreams: Streams } = await import('../machines/ssh/engine-streams.ts');
  const { openSshHost } = await import('../machines/ssh/open-ssh-host.ts');
  const { sshContextOf, sshSources } = await import('./ssh.ts');
  const context = sshContextOf(session);
  const { machine } = endpoint;
  if (machine === undefined) {
    const { resolveTarget } = await import('../machines/ssh/resolve-target.ts');
    const { host, user, port } = endpoint;
    const target = resolveTarget(
      {
        host,
        ...(user === undefined ? {} : { user }),
        ...(port === undefined ? {} : { port }),
      },
      sshSources(session),
    );
    return new Streams(() => openSshHost(target, context), endpoint.path, session.signal);
  }
  const { machineTarget } = await import('../machines/ssh/machine-target.ts');
  const targetAt = ({ record, path }: KnownMachine): SshTarget =>
    machineTarget(record, path, sshSources(session));
  const known = await storedMachine(session, machine);
  let target = targetAt(known);
  let connected: SshStreams | undefined = openSshHost(target, context);
  try {
    await connected.connect(session.signal);
  } catch (error) {
    connected.close();
    const moved = await whereNow(session, known, error);
    if (moved === undefined) throw error;
    target = targetAt(moved);
    connected = undefined;
  }
  const open = (): SshStreams => {
    const host = connected ?? openSshHost(target, context);
    connected = undefined;
    return host;
  };
  return new Streams(open, endpoint.path, session.signal);
}

async function storedMachine(session: Session, name: string): Promise<KnownMachine> {
  const { openMachineStore, storePath } = await import('../machines/store/open-store.ts');
  const { sshSources } = await import('./ssh.ts');
  const path = storePath(session.env, sshSources(session).home);
  const store = openMachineStore({
    path,
    command: session.programName,
    program: machineProgram(session.programName),
  });
  const found = await store.get(name);
  if ('record' in found) return found;
  throw new EngineError('invalid', `machine "${name}" cannot be used: ${found.fault}`);
}

/** Asks the provider of a machine that was not reached where it is now. */
async function whereNow(
  session: Session,
  machine: KnownMachine,
  failure: unknown,
): Promise<KnownMachine | undefined> {
  const { withMachines } = await import('./machine/context.ts');
  const { movedMachine } = await import('./machine/running.ts');
  const options = { storagePath: undefined, progress: undefined, ansi: undefined, verbose: false };
  const { programName: title } = session;
  try {
    return await withMachines(session, options, { title, quiet: true }, (context) =>
      movedMachine(context, machine, failure),
    );
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    const { name } = machine;
    throw new EngineError('no-engine', `machine ${JSON.stringify(name)} is not running`, {
      cause: error,
      hint: `"machine start ${name}" starts it`,
    });
  }
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
