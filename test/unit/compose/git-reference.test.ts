import { describe, expect, test } from 'vitest';

import { parseGitReference } from '../../../src/compose/git-reference.ts';
import { isRemotePath } from '../../../src/compose/remote-path.ts';

// Forms from BuildKit's dfgitutil and sshutil, whose parser Compose asks whether a file is remote.
describe('a git reference', () => {
  test.each([
    ['https://host/a/b.git', { repository: 'https://host/a/b.git' }],
    ['http://host:8080/b.git', { repository: 'http://host:8080/b.git' }],
    ['https://host/b.git#main', { repository: 'https://host/b.git', ref: 'main' }],
    ['https://host/b.git#main:a/b', { repository: 'https://host/b.git', ref: 'main', path: 'a/b' }],
    ['https://host/b.git#:a/c.yaml', { repository: 'https://host/b.git', path: 'a/c.yaml' }],
    ['https://host/b.git#', { repository: 'https://host/b.git' }],
    ['https://host/b.git#a%2Fb', { repository: 'https://host/b.git', ref: 'a/b' }],
    [
      'https://host/b.git?ref=v1&subdir=x',
      { repository: 'https://host/b.git', ref: 'v1', path: 'x' },
    ],
    ['https://host/b.git?tag=v1', { repository: 'https://host/b.git', ref: 'refs/tags/v1' }],
    ['https://host/b.git?branch=x', { repository: 'https://host/b.git', ref: 'refs/heads/x' }],
    ['https://host/b.git?commit=abc', { repository: 'https://host/b.git', ref: 'abc' }],
    ['https://host/b.git?submodules', { repository: 'https://host/b.git' }],
    ['https://user:pw@host/b.git', { repository: 'https://user:pw@host/b.git' }],
    ['git://host/b', { repository: 'git://host/b' }],
    ['ssh://git@host:22/b#v1', { repository: 'ssh://git@host:22/b', ref: 'v1' }],
    ['git@host:a/b', { repository: 'git@host:a/b' }],
    ['git@host:a/b.git#v1:c', { repository: 'git@host:a/b.git', ref: 'v1', path: 'c' }],
    ['github.com/a/b', { repository: 'https://github.com/a/b' }],
    ['github.com/a/b#v1:c', { repository: 'https://github.com/a/b', ref: 'v1', path: 'c' }],
  ])('%s', (text, expected) => {
    expect(parseGitReference(text)).toEqual(expected);
    expect(isRemotePath(text)).toBe(true);
  });

  test.each([
    ['https://host/b.git?depth=1', 'unexpected query "depth"'],
    ['https://host/b.git?ref=', 'query "ref" has no value'],
    ['https://host/b.git?ref=a#b', 'ref conflicts: "b" vs "a"'],
    ['https://host/b.git?subdir=a#:b', 'subdir conflicts: "b" vs "a"'],
  ])('%s is one that says what is wrong: %s', (text, fault) => {
    expect(parseGitReference(text)?.fault).toBe(fault);
  });

  test.each([
    'compose.yaml',
    './git@host:a',
    '../github.com/a/b',
    '/abs/b.git',
    'https://host/compose.yaml',
    'https://github.com/a/b',
    'file:///srv/b.git',
    'ext::sh -c touch% /tmp/x',
    'C:\\a\\b.git',
    'https://',
  ])('%s is a local path', (text) => {
    expect(parseGitReference(text)).toBeUndefined();
    expect(isRemotePath(text)).toBe(false);
  });
});
