/** Test hosts as tcompose reaches them, with a key of this process. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSshHost } from '../../src/machines/ssh/open-ssh-host.ts';
import { createSshContext } from '../../src/machines/ssh/ssh-context.ts';
import type { SshHost } from '../../src/machines/ssh/ssh-host.ts';
import { keyPair } from './key-pair.ts';

const keys = keyPair('tcompose-provision');

/** Public half of the key that `sshTo` logs in with. */
export const sshKey = keys.public;

let folder: string | undefined;

/** A host at an address; connected to when it is first used. */
export function sshTo(
  address: string,
  { user = 'root', port = 22 }: { readonly user?: string; readonly port?: number } = {},
): SshHost {
  folder ??= mkdtempSync(join(tmpdir(), 'tcompose-key-'));
  const keyPath = join(folder, 'id_ed25519');
  writeFileSync(keyPath, keys.private, { mode: 0o600 });
  return openSshHost(
    {
      title: address,
      address,
      port,
      user,
      keyPaths: [keyPath],
      onlyTheseKeys: true,
      knownHosts: [join(folder, 'known_hosts')],
      newHostKey: 'accept',
      jumps: [],
      connectTimeout: 10_000,
    },
    createSshContext({ env: {} }),
  );
}
