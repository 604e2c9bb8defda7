import type { MachineContext } from '../../machines/machine-context.ts';
import type { SshStreams } from '../../machines/ssh/ssh-host.ts';
import type { KnownMachine } from './target.ts';

/** Gives the same host, and so the same connection, for a machine however often it is asked. */
export type HostOf = (machine: KnownMachine) => SshStreams;

/** One host for each machine that is asked for; nothing is connected yet. */
export function hostsOf(context: Pick<MachineContext, 'openHost'>): HostOf {
  const hosts = new Map<string, SshStreams>();
  return ({ record, path }) => {
    const known = hosts.get(path);
    if (known !== undefined) return known;
    const host = context.openHost(record, path);
    hosts.set(path, host);
    return host;
  };
}
