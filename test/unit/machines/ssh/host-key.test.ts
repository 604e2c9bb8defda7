import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostKeyOrder, verifyHostKey } from '../../../../src/machines/ssh/host-key.ts';
import { createSshContext } from '../../../../src/machines/ssh/ssh-context.ts';
import type { SshTarget } from '../../../../src/machines/ssh/ssh-host.ts';
import { sshHome } from '../../../support/ssh-home.ts';

const context = createSshContext({ env: {} });

function targetOf(knownHosts: readonly string[], more: Partial<SshTarget> = {}): SshTarget {
  return {
    title: 'web',
    address: '192.0.2.7',
    port: 2222,
    user: 'root',
    keyPaths: [],
    onlyTheseKeys: true,
    knownHosts,
    newHostKey: 'accept',
    jumps: [],
    connectTimeout: 1000,
    ...more,
  };
}

const blob = (publicKey: string): Buffer => Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');

describe('a host key', () => {
  it('is refused when known keys cannot be read: it may be another one', async () => {
    using home = sshHome();
    const file = join(home.path, 'known_hosts');
    mkdirSync(file);
    const verified = verifyHostKey(targetOf([file]), blob(home.publicKey), context);
    await expect(verified).rejects.toMatchObject({ kind: 'host-key' });
    await expect(verified).rejects.toThrow(`${file} cannot be read`);
  });

  it('that is new is remembered in the first file, whatever is missing', async () => {
    using home = sshHome();
    const [file, other] = [join(home.path, 'new/known_hosts'), join(home.path, 'none')];
    await verifyHostKey(targetOf([file, other]), blob(home.publicKey), context);
    const words = home.publicKey.split(' ').slice(0, 2).join(' ');
    expect(readFileSync(file, 'utf8')).toBe(`[192.0.2.7]:2222 ${words}\n`);
  });

  it('of a host that only an authority vouches for can be made known as it is said', async () => {
    using home = sshHome();
    home.know('@cert-authority *', home.publicKey);
    const target = targetOf([join(home.path, '.ssh/known_hosts')], { newHostKey: 'ask' });
    await expect(verifyHostKey(target, blob(home.publicKey), context)).rejects.toMatchObject({
      kind: 'host-key',
      hint: expect.stringContaining('ssh-keyscan -p 2222 192.0.2.7') as string,
    });
  });

  it('is asked for in the kinds that are known, revoked ones left out', () => {
    using home = sshHome();
    home.know('@revoked *', home.publicKey);
    home.know('web', 'ssh-rsa AAAA');
    const target = targetOf([join(home.path, '.ssh/known_hosts')], { hostKeyAlias: 'web' });
    expect(hostKeyOrder(target).slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa']);
    expect(new Set(hostKeyOrder(target)).size).toBe(hostKeyOrder(target).length);
  });
});
