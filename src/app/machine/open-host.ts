import { isAbsolute, join } from 'node:path';
import { MachineError } from '../../machines/machine-error.ts';
import { openSshHost } from '../../machines/ssh/open-ssh-host.ts';
import type { SshContext } from '../../machines/ssh/ssh-context.ts';
import type { SshHost } from '../../machines/ssh/ssh-host.ts';
import type { MachineRecord } from '../../machines/store/machine-record.ts';

/** Milliseconds that a machine may take to take a connection. */
const CONNECT_TIMEOUT = 10_000;

/** A machine as a host of SSH, by its record. */
export function openMachineHost(
  { name, address, ssh }: MachineRecord,
  folder: string,
  context: SshContext,
): SshHost {
  if (address === undefined) {
    throw new MachineError('wrong-state', `machine ${name} has no address yet`);
  }
  const { key, port, user, hostKeyAlias } = ssh;
  const agent = context.env['SSH_AUTH_SOCK'] ?? '';
  return openSshHost(
    {
      title: name,
      address,
      port,
      user,
      keyPaths: key === undefined ? [] : [isAbsolute(key) ? key : join(folder, key)],
      onlyTheseKeys: key !== undefined,
      ...(agent === '' ? {} : { agentSocket: agent }),
      knownHosts: [join(folder, 'known_hosts')],
      ...(hostKeyAlias === undefined ? {} : { hostKeyAlias }),
      newHostKey: 'accept',
      jumps: [],
      connectTimeout: CONNECT_TIMEOUT,
    },
    context,
  );
}
