import { join } from 'node:path';
import { privateKeyPath, type MachineRecord } from '../store/machine-record.ts';
import { MachineError } from '../machine-error.ts';
import { resolveTarget, type TargetSources } from './resolve-target.ts';
import type { SshTarget } from './ssh-host.ts';

/** File of a machine's folder with its host key. */
export const KNOWN_HOSTS_FILE = 'known_hosts';

/**
 * How a machine is reached, by its record: with its own key alone where it has one. What ssh_config says about its
 * address (jumps, agent, timeouts) holds as well. Its host key is looked up in its folder, under its name when
 * tcompose gave it one, because addresses change; the first key of any other machine is remembered there.
 *
 * @throws MachineError `wrong-state` for a machine that has no address yet
 */
export function machineTarget(
  { name, address, ssh, taggedBy }: Pick<MachineRecord, 'name' | 'address' | 'ssh' | 'taggedBy'>,
  folder: string,
  sources: TargetSources,
): SshTarget {
  if (address === undefined) {
    throw new MachineError('wrong-state', `machine "${name}" has no address yet`, {
      host: name,
      hint: 'Is it stopped, or was its creation interrupted? "tcompose machine ls" shows its state.',
    });
  }
  const { hostKeyAlias: _alias, ...target } = resolveTarget(
    { title: name, host: address, user: ssh.user, port: ssh.port },
    sources,
  );
  const own = join(folder, KNOWN_HOSTS_FILE);
  const key = privateKeyPath(ssh, folder);
  return {
    ...target,
    ...(key === undefined ? {} : { keyPaths: [key], onlyTheseKeys: true }),
    ...(ssh.hostKeyAlias === undefined
      ? { knownHosts: [own, ...target.knownHosts] }
      : { knownHosts: [own], hostKeyAlias: ssh.hostKeyAlias }),
    newHostKey: 'accept',
    // A machine of a colleague's: who has made it has the key.
    ...(taggedBy === undefined
      ? {}
      : {
          howIn: `Somebody whom it lets in lets you in: "machine authorize --key FILE.pub ${name}".`,
        }),
  };
}
