import type { Duplex } from 'node:stream';
import type { EngineClient } from '../client.ts';
import { EngineError } from '../errors.ts';

/** A container as users know it. */
export interface NamedContainer {
  readonly id: string;
  readonly name: string;
}

export interface AttachRequest {
  readonly stdin: boolean;
  /** Default: both. */
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly detachKeys?: string;
}

/** Connects with a container's own process; also before it is started. */
export function openSession(
  client: EngineClient,
  container: NamedContainer,
  request: AttachRequest,
  signal: AbortSignal,
): Promise<Duplex> {
  return client.hijack(
    {
      method: 'POST',
      path: `/containers/${container.id}/attach`,
      query: {
        stream: true,
        stdin: request.stdin,
        stdout: request.stdout ?? true,
        stderr: request.stderr ?? true,
        detachKeys: request.detachKeys,
      },
      resource: `container ${container.name}`,
    },
    signal,
  );
}

/** The part of `GET /containers/{id}/json` that a session needs. */
export interface AttachableContainer {
  readonly Config: {
    readonly Tty?: boolean;
    readonly OpenStdin?: boolean;
    /** The input ends with the first session that ends its own. */
    readonly StdinOnce?: boolean;
  };
  readonly State: {
    readonly Running?: boolean;
    readonly Paused?: boolean;
    readonly Restarting?: boolean;
  };
}

/** Asks the engine what a container is like. */
export function inspectAttachable(
  client: EngineClient,
  { id, name }: NamedContainer,
  signal: AbortSignal,
): Promise<AttachableContainer> {
  return client.send<AttachableContainer>(
    { method: 'GET', path: `/containers/${id}/json`, resource: `container ${name}` },
    signal,
  );
}

/** Why nobody can attach to a container now, as the docker command says it; undefined: one can. */
export function whyNotAttachable({ State: state }: AttachableContainer): string | undefined {
  if (state.Running !== true) return 'You cannot attach to a stopped container, start it first';
  if (state.Paused === true) return 'You cannot attach to a paused container, unpause it first';
  if (state.Restarting === true) {
    return 'You cannot attach to a restarting container, wait until it is running';
  }
  return undefined;
}

/** When a wait ends: `next-exit` and `removed` can be asked for before the container starts. */
export type WaitCondition = 'not-running' | 'next-exit' | 'removed';

/** Waits for the end of a container and gives its exit code. */
export async function waitForContainer(
  client: EngineClient,
  { id, name }: NamedContainer,
  condition: WaitCondition,
  signal: AbortSignal,
): Promise<number> {
  const { StatusCode: code, Error: fault } = await client.send<{
    readonly StatusCode: number;
    readonly Error?: { readonly Message?: string } | null;
  }>(
    {
      method: 'POST',
      path: `/containers/${id}/wait`,
      query: { condition },
      resource: `container ${name}`,
    },
    signal,
  );
  if (fault?.Message) throw new EngineError('failed', fault.Message);
  return code;
}

/** Sends a signal to a container's process. */
export async function signalContainer(
  client: EngineClient,
  { id, name }: NamedContainer,
  signalName: string,
  signal: AbortSignal,
): Promise<void> {
  await client.send(
    {
      method: 'POST',
      path: `/containers/${id}/kill`,
      query: { signal: signalName },
      resource: `container ${name}`,
    },
    signal,
  );
}
