import { findProgram } from '../engine/executable.ts';
import type { Endpoint } from '../engine/endpoint.ts';
import { systemClock } from '../foundation/clock.ts';
import { isMachineError, MachineError } from '../machines/machine-error.ts';
import { SYSTEM_SOCKET } from '../machines/ssh/engine-socket.ts';
import { openTunnel, type Tunnel } from '../machines/ssh/tunnel.ts';
import type { Session } from './session.ts';

/** Ways to log in that ask the user. */
const ASKING = new Set(['password', 'keyboard-interactive']);

/**
 * The way to an engine by the machine's own `ssh`, where a login failed that this may be better at: with certificates,
 * security keys, Kerberos; with passwords as far as docker has them, which is by `SSH_ASKPASS`.
 *
 * @param failure of the login
 * @returns undefined where that is of no use, or there is no `ssh`
 */
export function tunnelInstead(
  session: Session,
  endpoint: Extract<Endpoint, { kind: 'ssh' }>,
  failure: unknown,
): Promise<Tunnel> | undefined {
  // Machines have keys of their own.
  if (endpoint.machine !== undefined || !isMachineError(failure, 'auth')) return undefined;
  const { env, cwd, signal } = session;
  const asks = (env['SSH_ASKPASS'] ?? '') !== '';
  if (!failure.otherWays.some((way) => asks || !ASKING.has(way))) return undefined;
  const program = findProgram('ssh', { path: env['PATH'], cwd });
  if (program === undefined) return undefined;
  const { host, user, port, path: socket = SYSTEM_SOCKET } = endpoint;
  return openTunnel({
    program,
    destination: {
      host,
      ...(user === undefined ? {} : { user }),
      ...(port === undefined ? {} : { port }),
    },
    socket,
    asks,
    env,
    clock: systemClock,
    signal,
  }).catch((error: unknown) => {
    if (!isMachineError(error, 'auth')) throw error;
    const { hint, host: title } = failure;
    throw new MachineError('auth', `${failure.message}; nor does ssh get in: ${error.message}`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
      ...(title === undefined ? {} : { host: title }),
    });
  });
}
