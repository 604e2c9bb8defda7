import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { textIfThere } from './ssh-context.ts';
import type { SshTarget } from './ssh-host.ts';

/** Keys of security keys, which OpenSSH tries unless others are named. */
const SECURITY_KEYS = ['id_ecdsa_sk', 'id_ed25519_sk'];

/**
 * Ways to log in that only `ssh` itself can go, as SSH calls them: `publickey` where there is a certificate or a security
 * key (or the agent has one, `offered`), and whatever else the server takes, such as `password`.
 */
export function otherWays(
  target: Pick<SshTarget, 'keyPaths' | 'certificates' | 'onlyTheseKeys'>,
  methods: readonly string[],
  offered: boolean,
): readonly string[] {
  const others = methods.filter((method) => method !== 'publickey' && method !== 'none');
  return offered || hasOtherKey(target) ? ['publickey', ...others] : others;
}

function hasOtherKey({
  keyPaths,
  certificates = [],
  onlyTheseKeys,
}: Pick<SshTarget, 'keyPaths' | 'certificates' | 'onlyTheseKeys'>): boolean {
  const folders = onlyTheseKeys ? [] : [...new Set(keyPaths.map((path) => dirname(path)))];
  const keys = [
    ...keyPaths,
    ...folders.flatMap((path) => SECURITY_KEYS.map((key) => join(path, key))),
  ];
  return (
    certificates.some((path) => existsSync(path)) ||
    keys.some(
      (path) => existsSync(`${path}-cert.pub`) || textIfThere(`${path}.pub`).startsWith('sk-'),
    )
  );
}
