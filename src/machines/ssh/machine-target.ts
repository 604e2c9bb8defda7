import { isAbsolute, join } from 'node:path';
import type { MachineRecord } from '../store/machine-record.ts';
import { MachineError } from '../machine-error.ts';
import { resolveTarget, type TargetSources } from './resolve-target.ts';
import type { SshTarget } from './ssh-host.ts';

/** File of a machine's folder with its host key, under the machine's name: addresses change. */
export const MACHINE_KNOWN_HOSTS = 'known_hosts';

/**
 * How a machine is reached, by its record: with its own key alone where it has one. What ssh_config says about its
 * address (jumps, agent, timeouts) holds as well. The first key that it shows is remembered, unless its folder
 * knows it already.
 *
 * @throws MachineError `wrong-state` for a machine that has no address yet
 */
export function machineTarget(
  record: MachineRecord,
  folder: string,
  sources: TargetSources,
): SshTarget {
  const { name, address, ssh } = record;
  if (address === undefined) {
    throw new MachineError('wrong-state', `machine "${name}" has no address yet`, {
      host: name,
      hint: 'Is it stopped, or was its creation interrupted? "tcompose machine ls" shows its state.',
    });
  }
  const target = resolveTarget(
    { title: name, host: address, user: ssh.user, port: ssh.port },
    sources,
  );
  return {
    ...target,
    ...(ssh.key === undefined
      ? {}
      : {
          keyPaths: [isAbsolute(ssh.key) ? ssh.key : join(folder, ssh.key)],
          onlyTheseKeys: true,
        }),
    knownHosts: [join(folder, MACHINE_KNOWN_HOSTS)],
    hostKeyAlias: name,
    newHostKey: 'accept',
  };
}
