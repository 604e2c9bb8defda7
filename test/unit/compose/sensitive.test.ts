import { describe, expect, test } from 'vitest';

import {
  findNamedSecrets,
  findSecrets,
  isLiteral,
  isSensitiveName,
} from '../../../src/compose/sensitive.ts';

/** Joined here so that nobody who searches this repository for secrets finds any. */
const made = (...parts: string[]): string => parts.join('');

describe('secrets are known by their form', () => {
  test.each([
    ['private key', made('-----BEGIN RSA ', 'PRIVATE KEY-----')],
    ['private key', made('-----BEGIN ', 'PRIVATE KEY-----')],
    ['AWS access key', made('key: AKIA', 'IOSFODNN7EXAMPLE')],
    ['GitHub token', made('ghp_', 'a'.repeat(36))],
    ['GitLab token', made('glpat-', 'a'.repeat(20))],
    ['Slack token', made('xoxb-', '1234567890-abc')],
    ['Stripe key', made('sk_live_', 'a'.repeat(24))],
    ['Google API key', made('AIza', 'a'.repeat(35))],
    ['npm token', made('npm_', 'a'.repeat(36))],
    ['Docker token', made('dckr_pat_', 'a'.repeat(27))],
    ['JSON web token', made('eyJhbGciOiJI.', 'eyJzdWIiOiIx.', 'SflKxwRJSMeKKF2Q')],
    ['password in an address', made('postgres://user:', 'pw@db/x')],
  ])('%s', (kind, text) => {
    expect(findSecrets(`a: b\n  x: ${text}\n`)).toEqual([{ line: 2, kind }]);
  });

  test.each([
    'image: postgres:16',
    'postgres://user:${PW}@db/x',
    'git@host:a/b.git',
    'http://user@host/x',
    'https://host:80/a@b',
    'digest: sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  ])('and not found in %s', (text) => {
    expect(findSecrets(text)).toEqual([]);
  });
});

test.each([
  ['PASSWORD', true],
  ['DB_PASS', true],
  ['db.passwd', true],
  ['API_KEY', true],
  ['apikey', true],
  ['GITHUB_TOKEN', true],
  ['AWS_SECRET_ACCESS_KEY', true],
  ['POSTGRES_PASSWORD_FILE', false],
  ['TOKEN_TTL', false],
  ['BYPASS', false],
  ['COMPASS', false],
  ['KEYBOARD', false],
  ['MONKEY', false],
  ['NAME', false],
])('the name %s says secret: %s', (name, expected) => {
  expect(isSensitiveName(name)).toBe(expected);
});

test.each([
  ['hunter2', true],
  ['pa$$word', true],
  ['$$ecret', true],
  ['a${B}c', true],
  ['{"a": 1}', true],
  ['${SECRET}', false],
  ['$SECRET', false],
  ['key=${SECRET}', false],
  ['${A:-b}/c', false],
  ['', false],
  ['ab', false],
])('%j is written out: %s', (value, expected) => {
  expect(isLiteral(value)).toBe(expected);
});

test('lines of env files and of YAML are judged by their names as well', () => {
  const text = [
    'NAME=value',
    'export DB_PASSWORD="hunter2"',
    'TOKEN=${TOKEN}',
    '# SECRET=comment',
    'api_key: abcdef',
    '"client_secret": "abcdef",',
    made('PASSWORD=AKIA', 'IOSFODNN7EXAMPLE'),
  ].join('\n');
  expect(findNamedSecrets(text)).toEqual([
    { line: 2, kind: 'value of a name that says secret', name: 'DB_PASSWORD' },
    { line: 5, kind: 'value of a name that says secret', name: 'api_key' },
    { line: 6, kind: 'value of a name that says secret', name: 'client_secret' },
    { line: 7, kind: 'AWS access key' },
  ]);
});
