/** Test hosts as tcompose reaches them, with a key of this process. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSshHost } from '../../src/machines/ssh/open-ssh-host.ts';
import { createSshContext } from '../../src/machines/ssh/ssh-context.ts';
import type { SshHost } from '../../src/machines/ssh/ssh-host.ts';
import { newKey } from './ssh-key.ts';

const keys = newKey('tcompose-provision');

/** Public half of the key that `sshTo` logs in with. */
export const sshKey = keys.public;

let folder: string | undefined;

/** A host at an address; connected to when it is first used. */
export function sshTo(
  address: string,
  {
    user = 'root',
    port = 22,
    hostKey,
  }: {
    readonly user?: string;
    readonly port?: number;
    /** What is known of it already, instead of nothing. */
    readonly hostKey?: string;
  } = {},
): SshHost {
  folder ??= mkdtempSync(join(tmpdir(), 'tcompose-key-'));
  const keyPath = join(folder, 'id_ed25519');
  writeFileSync(keyPath, keys.private, { mode: 0o600 });
  const known = join(folder, hostKey === undefined ? 'known_hosts' : 'other_known_hosts');
  if (hostKey !== undefined) writeFileSync(known, `${address} ${hostKey}\n`);
  return openSshHost(
    {
      title: address,
      address,
      port,
      user,
      keyPaths: [keyPath],
      onlyTheseKeys: true,
      knownHosts: [known],
      newHostKey: 'accept',
      jumps: [],
      connectTimeout: 10_000,
    },
    createSshContext({ env: {} }),
  );
}
