import type { Duplex } from 'node:stream';
import { isMachineError } from '../machine-error.ts';
import type { SshHost } from './ssh-host.ts';

/** Where engines that belong to the system have their socket. */
export const SYSTEM_SOCKET = '/var/run/docker.sock';

const OWN = 'own=${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/docker.sock; [ -S "$own" ] && echo "$own"';

/**
 * A stream to the engine of a host: the system's, or the rootless one of the user where that of the system does not
 * answer them.
 */
export async function forwardEngine(host: SshHost, signal: AbortSignal): Promise<Duplex> {
  try {
    return await host.forward({ socket: SYSTEM_SOCKET }, signal);
  } catch (error) {
    if (isMachineError(error)) throw error;
    signal.throwIfAborted();
    const { stdout } = await host.run(['sh', '-c', OWN], { signal, timeout: 20_000 });
    const socket = stdout.trim();
    if (socket === '') throw error;
    return host.forward({ socket }, signal);
  }
}
