import { isProviderError } from '../../providers/provider-error.ts';
import type { MachineContext } from '../machine-context.ts';
import { isMachineError } from '../machine-error.ts';
import type { MachineRecord } from '../store/machine-record.ts';
import { messageOf } from './accounts.ts';

/** Milliseconds for a machine to say what is on it. */
const PATIENCE = 20_000;
/** Containers that are named; of others, there is a number. */
const NAMED = 3;

/** Names of running containers, an empty line, names of volumes; 3: the engine does not answer. */
const SCRIPT = `command -v docker >/dev/null 2>&1 || { echo; exit 0; }
if docker version >/dev/null 2>&1; then d() { docker "$@"; }; else d() { sudo -n docker "$@"; }; fi
d ps --format '{{.Names}}' 2>/dev/null || exit 3
echo
d volume ls --quiet 2>/dev/null || exit 3`;

/** What is lost when a machine is removed, as far as it can be looked at now; never fails because of that. */
export async function lossesWith(context: MachineContext, record: MachineRecord): Promise<string> {
  try {
    const provider = await context.provider(record.provider);
    if (!provider.makesInstances) return 'the server itself stays as it is';
    return await lookAt(context, record);
  } catch (error) {
    context.signal.throwIfAborted();
    const silent = error instanceof Error && error.name === 'TimeoutError';
    if (!silent && !isMachineError(error) && !isProviderError(error)) throw error;
    const reason = silent ? 'it does not answer' : messageOf(error);
    return `what runs on it is lost, and could not be looked at: ${reason}`;
  }
}

async function lookAt(context: MachineContext, record: MachineRecord): Promise<string> {
  const { path } = await context.store.get(record.name);
  const host = context.openHost(record, path);
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(PATIENCE)]);
  try {
    const { code, stdout } = await host.run(['sh', '-c', SCRIPT], { signal, timeout: PATIENCE });
    if (code !== 0)
      return 'what runs on it is lost, and could not be looked at: its engine is silent';
    const [containers = [], volumes = []] = stdout
      .split(/^$/m)
      .map((part) => part.split('\n').filter((line) => line !== ''));
    return lossesOf(containers, volumes.length);
  } finally {
    host.close();
  }
}

/** Words for what is lost. */
export function lossesOf(containers: readonly string[], volumes: number): string {
  const named = containers.slice(0, NAMED).join(', ');
  const more = containers.length > NAMED ? `, … ${containers.length - NAMED} more` : '';
  const lost = [
    ...(containers.length > 0
      ? [`${count(containers.length, 'running container')} (${named}${more})`]
      : []),
    ...(volumes > 0 ? [count(volumes, 'volume')] : []),
  ];
  return lost.length === 0 ? 'nothing runs on it' : `lost with it: ${lost.join(' and ')}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
