import { isMachineError } from '../machine-error.ts';
import type { SshHost } from '../ssh/ssh-host.ts';
import { second } from './step.ts';

/** Ends the sshd process that serves this connection: the first one of that name among the script's parents. */
const END_SESSION = `pid=$$
while [ "$pid" -gt 1 ]; do
  pid=$(sed 's/.*) [A-Z] \\([0-9]*\\) .*/\\1/' "/proc/$pid/stat") || exit 1
  case "$(cat "/proc/$pid/comm")" in sshd*) kill -TERM "$pid"; exit;; esac
done
exit 1
`;

/**
 * Has the connection opened anew, as groups that a user was added to are only known to new ones. The host opens it by
 * itself at the next call.
 */
export async function renewSession(host: SshHost, signal: AbortSignal): Promise<void> {
  try {
    await host.run(['sh', '-c', END_SESSION], { signal, timeout: 10 * second });
  } catch (error) {
    if (!isMachineError(error, 'connection-lost', 'timeout')) throw error;
  }
}
