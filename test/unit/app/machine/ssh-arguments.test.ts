/** What OpenSSH makes of the arguments that it is given. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { sshDestination, sshHost, sshOptions } from '../../../../src/app/machine/ssh-arguments.ts';
import type { KnownMachine } from '../../../../src/app/machine/target.ts';

function machine(path: string, address: string, user = 'admin'): KnownMachine {
  const ssh = { user, port: 2222, key: 'id_ed25519', hostKeyAlias: 'web' };
  return { name: 'web', path, record: { name: 'web', address, ssh } } as unknown as KnownMachine;
}

function understood(known: KnownMachine): Map<string, string> {
  const args = ['-F', '/dev/null', '-G', ...sshOptions(known), sshHost(known)];
  const text = execFileSync('ssh', args, { encoding: 'utf8', stdio: 'pipe' });
  return new Map(
    text.split('\n').map((line) => {
      const at = line.indexOf(' ');
      return [line.slice(0, at), line.slice(at + 1)] as const;
    }),
  );
}

describe('arguments of ssh', () => {
  it.each([
    ['/home/me/.tcompose/machines/web', '192.0.2.7'],
    ['/home/me/My Machines/web', '192.0.2.7'],
    ['/home/100%/h/web', 'web.example'],
    ['/home/me/web', '2001:db8::7'],
  ])('a machine in %s at %s', (path, address) => {
    const config = understood(machine(path, address));
    expect(config.get('hostname')).toBe(address);
    expect(config.get('user')).toBe('admin');
    expect(config.get('port')).toBe('2222');
    expect(config.get('hostkeyalias')).toBe('web');
    const plain = (name: string): string => (config.get(name) ?? '').replaceAll('%%', '%');
    expect(plain('identityfile')).toBe(`${path}/id_ed25519`);
    expect(plain('userknownhostsfile')).toBe(`${path}/known_hosts`);
  });

  it('addresses of IPv6 are in brackets where a path follows', () => {
    expect(sshDestination(machine('/m', '2001:db8::7'))).toBe('admin@[2001:db8::7]');
    expect(sshDestination(machine('/m', '192.0.2.7'), 'root')).toBe('root@192.0.2.7');
  });

  it.each([
    ['192.0.2.7', '-oProxyCommand=touch /tmp/x;'],
    ['-oProxyCommand=x', ''],
  ])('nobody takes %s of the user %j for an option', (address, user) => {
    expect(() => sshHost(machine('/m', address, user))).toThrow('begins with a dash');
    expect(() => sshDestination(machine('/m', address, user))).toThrow('begins with a dash');
  });
});
