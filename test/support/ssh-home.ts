/** Home directories with an SSH configuration of their own, for programs under test. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyPair } from './key-pair.ts';

/** A user who can log in to test hosts. Disposing removes the directory. */
export interface SshHome extends Disposable {
  readonly path: string;
  /** `~/.ssh/id_ed25519` */
  readonly keyPath: string;
  /** For `authorizedKeys`. */
  readonly publicKey: string;
  /** Environment of programs that this user runs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Makes a host key known, by its address or another name. */
  know(name: string, hostKey: string): void;
  /** Replaces `~/.ssh/config`. */
  configure(text: string): void;
}

export interface SshHomeOptions {
  readonly passphrase?: string;
}

/** Makes a home directory with a key. */
export function sshHome({ passphrase }: SshHomeOptions = {}): SshHome {
  const path = mkdtempSync(join(tmpdir(), 'tcompose-home-'));
  const folder = join(path, '.ssh');
  mkdirSync(folder, { mode: 0o700 });
  const pair = keyPair('somebody', passphrase);
  const keyPath = join(folder, 'id_ed25519');
  writeFileSync(keyPath, pair.private, { mode: 0o600 });
  writeFileSync(`${keyPath}.pub`, `${pair.public}\n`);
  let known = '';
  const know = (name: string, hostKey: string): void => {
    known += `${name} ${hostKey}\n`;
    writeFileSync(join(folder, 'known_hosts'), known);
  };
  const { PATH, TMPDIR } = process.env;
  return {
    path,
    keyPath,
    publicKey: pair.public,
    env: { PATH, TMPDIR, HOME: path, LANG: 'C.UTF-8', DOCKER_CONFIG: join(path, '.docker') },
    know,
    configure: (text) => writeFileSync(join(folder, 'config'), text),
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}
