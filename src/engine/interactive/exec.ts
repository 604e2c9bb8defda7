import type { Duplex } from 'node:stream';
import { systemClock } from '../../foundation/clock.ts';
import type { EngineClient } from '../client.ts';
import type { TerminalSize } from './resize.ts';

/** A command to be run in a running container. */
export interface ExecRequest {
  readonly command: readonly string[];
  /** `NAME=value`; a name alone takes the variable away. */
  readonly env?: readonly string[];
  readonly user?: string;
  readonly workdir?: string;
  readonly privileged?: boolean;
  readonly tty: boolean;
  readonly stdin?: boolean;
  /** False: it runs in the background and nobody reads what it writes. */
  readonly attach: boolean;
  readonly detachKeys?: string;
  /** Of the terminal that it gets. */
  readonly size?: TerminalSize;
}

/** A command that the engine knows; where it runs is for errors. */
export interface Exec {
  readonly id: string;
  readonly request: ExecRequest;
  readonly resource: string;
}

/** Makes the command known to the engine; nothing runs yet. */
export async function createExec(
  client: EngineClient,
  container: { readonly id: string; readonly name: string },
  request: ExecRequest,
  signal: AbortSignal,
): Promise<Exec> {
  const resource = `container ${container.name}`;
  const { Id: id } = await client.send<{ Id: string }>(
    {
      method: 'POST',
      path: `/containers/${container.id}/exec`,
      body: {
        Cmd: request.command,
        Env: request.env,
        User: request.user,
        WorkingDir: request.workdir,
        Privileged: request.privileged === true,
        Tty: request.tty,
        AttachStdin: request.stdin === true,
        AttachStdout: request.attach,
        AttachStderr: request.attach,
        DetachKeys: request.detachKeys,
        ...consoleSize(client, request),
      },
      resource,
    },
    signal,
  );
  return { id, request, resource };
}

/** Starts the command and gives the connection to it. */
export function startExec(client: EngineClient, exec: Exec, signal: AbortSignal): Promise<Duplex> {
  return client.hijack(startCall(client, exec), signal);
}

/** Starts the command in the background. */
export async function startDetachedExec(
  client: EngineClient,
  exec: Exec,
  signal: AbortSignal,
): Promise<void> {
  await client.send(startCall(client, exec), signal);
}

function startCall(client: EngineClient, { id, request, resource }: Exec) {
  return {
    method: 'POST',
    path: `/exec/${id}/start`,
    body: { Detach: !request.attach, Tty: request.tty, ...consoleSize(client, request) },
    resource,
  } as const;
}

/** Engines before 23 only know how to resize a terminal that is there. */
function consoleSize(client: EngineClient, { tty, size }: ExecRequest): object {
  if (!tty || size === undefined || !client.supports('1.42')) return {};
  return { ConsoleSize: [size.rows, size.columns] };
}

interface ExecState {
  readonly Running: boolean;
  readonly ExitCode: number | null;
}

/** What the engine knows of a command: its exit code, or undefined while it runs. */
export async function execExitCode(
  client: EngineClient,
  { id, resource }: Exec,
  signal: AbortSignal,
): Promise<number | undefined> {
  const call = { method: 'GET', path: `/exec/${id}/json`, resource } as const;
  const state = await client.send<ExecState>(call, signal);
  return state.Running || state.ExitCode === null ? undefined : state.ExitCode;
}

const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 250;

/**
 * Waits for the exit code of a command whose output has ended. The engine notes it a moment later, or much
 * later when the command has closed its output itself; it has no call that waits for it.
 */
export async function awaitExecExit(
  client: EngineClient,
  exec: Exec,
  signal: AbortSignal,
): Promise<number> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const code = await execExitCode(client, exec, signal);
    if (code !== undefined) return code;
    await systemClock.sleep(pause, signal);
  }
}
