import { join } from 'node:path';
import { KNOWN_HOSTS_FILE } from '../../machines/ssh/machine-target.ts';
import { privateKeyPath } from '../../machines/store/machine-record.ts';
import { CommandFailure } from '../failure.ts';
import type { KnownMachine } from './target.ts';

/**
 * What OpenSSH's programs need to reach a machine as tcompose does: its key, and its host key where that is known
 * already. Options in the form of `-o`, which ssh, scp, sshfs and rsync's ssh all understand.
 */
export function sshOptions({ record, path }: KnownMachine): readonly string[] {
  const { port, hostKeyAlias } = record.ssh;
  const key = privateKeyPath(record.ssh, path);
  const options = [
    `Port=${port}`,
    `UserKnownHostsFile=${fileWord(join(path, KNOWN_HOSTS_FILE))}`,
    'StrictHostKeyChecking=accept-new',
    ...(hostKeyAlias === undefined ? [] : [`HostKeyAlias=${hostKeyAlias}`]),
    ...(key === undefined ? [] : [`IdentityFile=${fileWord(key)}`, 'IdentitiesOnly=yes']),
  ];
  return options.flatMap((option) => ['-o', option]);
}

/** A path as ssh's configuration takes it: there blanks end a word, and `%` begins what is replaced. */
function fileWord(path: string): string {
  const text = path.replaceAll('%', '%%');
  return /\s/.test(text) ? `"${text}"` : text;
}

/** `user@address`, for ssh itself. */
export function sshHost({ record }: KnownMachine): string {
  return destination(record.ssh.user, record.address ?? '');
}

/** `user@address` in the form of those programs of OpenSSH that take a path behind it. */
export function sshDestination({ record }: KnownMachine, user = record.ssh.user): string {
  const address = record.address ?? '';
  return destination(user, address.includes(':') ? `[${address}]` : address);
}

/** @throws CommandFailure for what would be taken for an option: machines come from files of others as well */
function destination(user: string, address: string): string {
  const strange = [user, address].find((word) => word.startsWith('-'));
  if (strange === undefined) return `${user}@${address}`;
  throw new CommandFailure(
    `${JSON.stringify(strange)} begins with a dash and is neither a user nor an address`,
  );
}
