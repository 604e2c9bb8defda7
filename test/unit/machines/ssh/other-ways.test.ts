import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { otherWays } from '../../../../src/machines/ssh/other-ways.ts';

let folder: string;
let key: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-keys-'));
  key = join(folder, 'id_ed25519');
  writeFileSync(key, 'private');
  writeFileSync(`${key}.pub`, 'ssh-ed25519 AAAA ada');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('keys that can be used are no reason for another way; what else the server takes is', () => {
  const target = { keyPaths: [key], onlyTheseKeys: false };
  expect(otherWays(target, ['publickey'], false)).toEqual([]);
  expect(otherWays(target, ['none', 'publickey', 'gssapi-with-mic', 'password'], false)).toEqual([
    'gssapi-with-mic',
    'password',
  ]);
});

it('a key that the agent has and nobody here can use is one', () => {
  expect(otherWays({ keyPaths: [], onlyTheseKeys: true }, [], true)).toEqual(['publickey']);
});

it('a certificate beside a key, or one that is named, is one', () => {
  const named = join(folder, 'named.pub');
  const target = { keyPaths: [key], onlyTheseKeys: true, certificates: [named] };
  expect(otherWays(target, ['publickey'], false)).toEqual([]);
  writeFileSync(named, 'ssh-ed25519-cert-v01@openssh.com AAAA');
  expect(otherWays(target, ['publickey'], false)).toEqual(['publickey']);
  writeFileSync(`${key}-cert.pub`, 'ssh-ed25519-cert-v01@openssh.com AAAA');
  expect(otherWays({ ...target, certificates: [] }, ['publickey'], false)).toEqual(['publickey']);
});

it('a security key is one, where it is named or where ssh looks unless others are', () => {
  const target = { keyPaths: [key], onlyTheseKeys: false };
  writeFileSync(join(folder, 'id_ed25519_sk.pub'), 'sk-ssh-ed25519@openssh.com AAAA');
  expect(otherWays(target, ['publickey'], false)).toEqual(['publickey']);
  expect(otherWays({ ...target, onlyTheseKeys: true }, ['publickey'], false)).toEqual([]);
  const named = { keyPaths: [join(folder, 'id_ed25519_sk')], onlyTheseKeys: true };
  expect(otherWays(named, ['publickey'], false)).toEqual(['publickey']);
});
