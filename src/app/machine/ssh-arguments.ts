import { isAbsolute, join } from 'node:path';
import type { KnownMachine } from './target.ts';

/**
 * What OpenSSH's programs need to reach a machine as tcompose does: its key, and its host key where that is known
 * already. Options in the form of `-o`, which ssh, scp, sshfs and rsync's ssh all understand.
 */
export function sshOptions({ record, path }: KnownMachine): readonly string[] {
  const { key, port, hostKeyAlias } = record.ssh;
  const file = key === undefined || isAbsolute(key) ? key : join(path, key);
  const options = [
    `Port=${port}`,
    `UserKnownHostsFile=${join(path, 'known_hosts')}`,
    'StrictHostKeyChecking=accept-new',
    ...(hostKeyAlias === undefined ? [] : [`HostKeyAlias=${hostKeyAlias}`]),
    ...(file === undefined ? [] : [`IdentityFile=${file}`, 'IdentitiesOnly=yes']),
  ];
  return options.flatMap((option) => ['-o', option]);
}

/** `user@address`, for OpenSSH's programs. */
export function sshDestination({ record }: KnownMachine, user = record.ssh.user): string {
  const address = record.address ?? '';
  return `${user}@${address.includes(':') ? `[${address}]` : address}`;
}
