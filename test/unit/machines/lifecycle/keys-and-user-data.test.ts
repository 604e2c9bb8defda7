import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { utils } from 'ssh2';
import { generateKey, publicKeyOf } from '../../../../src/machines/lifecycle/openssh-key.ts';
import { isPublicKey, userPublicKey } from '../../../../src/machines/lifecycle/ssh-keys.ts';
import { combineUserData, hostKeyUserData } from '../../../../src/machines/lifecycle/user-data.ts';
import { parseYaml } from '../../../../src/compose/yaml.ts';
import { toPlain } from '../../../../src/compose/node.ts';

const folder = mkdtempSync(join(tmpdir(), 'tcompose-keys-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
let count = 0;

/** A key made by ssh-keygen itself. */
function keygen(...args: readonly string[]): string {
  count += 1;
  const path = join(folder, `key-${count}`);
  execFileSync('ssh-keygen', ['-q', '-f', path, '-C', 'ada', ...args]);
  return path;
}

const words = (text: string): string => text.split(' ').slice(0, 2).join(' ');

describe('keys that tcompose makes', () => {
  it('are read by ssh2, with the public half that was told', () => {
    for (let round = 0; round < 200; round += 1) {
      const { privateKey, publicKey } = generateKey(`c${'x'.repeat(round % 9)}`);
      const parsed = utils.parseKey(privateKey);
      if (parsed instanceof Error) throw parsed;
      const key = Array.isArray(parsed) ? parsed[0] : parsed;
      expect(`${key?.type} ${key?.getPublicSSH().toString('base64')}`).toBe(words(publicKey));
      expect(publicKeyOf(privateKey)).toBe(words(publicKey));
      expect(isPublicKey(publicKey)).toBe(true);
    }
  });

  it('are read by OpenSSH', () => {
    const { privateKey, publicKey } = generateKey('tcompose-web');
    const path = join(folder, 'ours');
    writeFileSync(path, privateKey, { mode: 0o600 });
    expect(execFileSync('ssh-keygen', ['-y', '-f', path], { encoding: 'utf8' }).trim()).toBe(
      publicKey,
    );
  });
});

describe('keys of users', () => {
  it.each([
    ['ed25519', ['-t', 'ed25519', '-N', '']],
    ['ed25519 with a passphrase', ['-t', 'ed25519', '-N', 'secret']],
    ['rsa', ['-t', 'rsa', '-b', '2048', '-N', '']],
    ['rsa as PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', '']],
    ['ecdsa', ['-t', 'ecdsa', '-b', '384', '-N', '']],
    ['ecdsa as PEM', ['-t', 'ecdsa', '-b', '521', '-m', 'PEM', '-N', '']],
  ])('have a public half without their .pub: %s', async (_title, args) => {
    const path = keygen(...args);
    const beside = await userPublicKey(path);
    rmSync(`${path}.pub`);
    expect(await userPublicKey(path)).toBe(words(beside));
    expect(beside).toMatch(/ ada$/);
  });

  it('that cannot be used are refused with what would help', async () => {
    const open = keygen('-t', 'ed25519', '-N', '');
    chmodSync(open, 0o644);
    await expect(userPublicKey(open)).rejects.toMatchObject({
      message: `permissions 0644 of the SSH key ${open} are too open`,
      hint: `chmod 600 ${open}`,
    });
    await expect(userPublicKey(join(folder, 'none'))).rejects.toThrow('SSH key does not exist: ');
    const text = join(folder, 'text');
    writeFileSync(text, 'no key', { mode: 0o600 });
    await expect(userPublicKey(text)).rejects.toThrow('is no private key that can be read');
    const old = keygen('-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'secret');
    rmSync(`${old}.pub`);
    await expect(userPublicKey(old)).rejects.toMatchObject({
      hint: expect.stringContaining(`ssh-keygen -y -f ${old} > ${old}.pub`) as string,
    });
  });
});

describe('user data', () => {
  const key = generateKey('web');
  const ours = hostKeyUserData(key);

  it('has the host key as cloud-init wants it', () => {
    const [node] = parseYaml({ path: '/ud', text: ours }).documents;
    if (node === undefined) throw new Error('no document');
    expect(ours.startsWith('#cloud-config\n')).toBe(true);
    expect(toPlain(node)).toEqual({
      ssh_deletekeys: true,
      ssh_keys: { ed25519_private: key.privateKey, ed25519_public: key.publicKey },
    });
  });

  it('is ours alone when there is none of the user', () => {
    expect(combineUserData(ours, undefined)).toBe(ours);
    expect(combineUserData(ours, ' \n')).toBe(ours);
  });

  it.each([
    ['#!/bin/sh\necho hello\n', 'text/x-shellscript'],
    ['#cloud-config\npackages: [jq]\n', 'text/cloud-config'],
    ['#include\nhttp://example.com\n', 'text/x-include-url'],
    ['## template: jinja\n#cloud-config\n', 'text/jinja2'],
  ])('is combined with that of the user: %j', (theirs, type) => {
    const combined = combineUserData(ours, theirs);
    expect(combineUserData(ours, theirs)).toBe(combined);
    const boundary = /boundary="([^"]+)"/.exec(combined)?.[1] ?? '?';
    const parts = combined.split(`--${boundary}`);
    expect(parts).toHaveLength(4);
    const read = (part = ''): string =>
      Buffer.from(part.split('\n\n')[1] ?? '', 'base64').toString();
    expect(parts[1]).toContain(`Content-Type: ${type};`);
    expect([read(parts[1]), read(parts[2]), parts[3]]).toEqual([theirs, ours, '--\n']);
  });

  it.each([
    ['hello', 'the first line of the user data in /f says nothing to cloud-init'],
    ['MIME-Version: 1.0\n', 'the user data in /f is a MIME archive'],
  ])('that cloud-init would not understand is refused: %j', (theirs, message) => {
    expect(() => combineUserData(ours, theirs, '/f')).toThrow(message);
  });
});
