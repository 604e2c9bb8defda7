import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostKeyOrder, verifyHostKey } from '../../../../src/machines/ssh/host-key.ts';
import { resolveTarget, targetSources } from '../../../../src/machines/ssh/resolve-target.ts';
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

  it.each([
    ['it is in', (key: string) => `# lost\n${key}\n`, 'is revoked'],
    ['cannot be read', () => undefined, 'cannot be read'],
    ['is of a kind that is not understood', () => 'SSHKRL\n\0binary', 'cannot be checked'],
    ['it is not in', () => 'ssh-ed25519 AAAA somebody\n', undefined],
  ])('is refused when the list of revoked keys %s', async (_why, list, reason) => {
    using home = sshHome();
    const revokedKeys = join(home.path, 'revoked');
    const text = list(home.publicKey);
    if (text !== undefined) writeFileSync(revokedKeys, text);
    const known = join(home.path, '.ssh/known_hosts');
    home.know('[192.0.2.7]:2222', home.publicKey);
    const verified = verifyHostKey(
      targetOf([known], { revokedKeys }),
      blob(home.publicKey),
      context,
    );
    if (reason === undefined) await verified;
    else await expect(verified).rejects.toThrow(reason);
  });

  it('that nobody knows is told with the words that reach the host by ssh', async () => {
    using home = sshHome();
    home.configure('Host Prod-*\n  HostName 192.0.2.7\n  User admin\n  Port 2200\n');
    const sources = targetSources({}, home.path);
    for (const [destination, command] of [
      [{ host: 'Prod-1' }, '"ssh Prod-1"'],
      [{ host: '192.0.2.7', user: 'me', port: 2222 }, '"ssh -p 2222 me@192.0.2.7"'],
    ] as const) {
      const target = resolveTarget(destination, sources);
      const failed = verifyHostKey(target, blob(home.publicKey), createSshContext({ env: {} }));
      await expect(failed).rejects.toMatchObject({
        hint: expect.stringContaining(`connect once with ${command}`) as string,
      });
    }
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
