/** What follows the names of machines on command lines. */
import { describe, expect, it } from 'vitest';
import { parseCopyEnd } from '../../../../src/app/machine/copy-ends.ts';
import { splitSshWords } from '../../../../src/app/machine/ssh-words.ts';
import { driverOf } from '../../../../src/commands/run/machine/provider-flags.ts';

describe('words of ssh', () => {
  it.each([
    [[], { known: true, options: [], tty: undefined, command: [] }],
    [['df', '-h'], { known: true, options: [], tty: undefined, command: ['df', '-h'] }],
    [['--', 'ls', '-l'], { known: true, options: [], tty: undefined, command: ['ls', '-l'] }],
    [
      ['-C', 'echo', 'foo'],
      { known: true, options: ['-C'], tty: undefined, command: ['echo', 'foo'] },
    ],
    [['-tt', 'top'], { known: true, options: ['-tt'], tty: true, command: ['top'] }],
    [['-T', '-q'], { known: true, options: ['-T', '-q'], tty: false, command: [] }],
    [
      ['-L', '80:x:80', '-N'],
      { known: false, options: ['-L', '80:x:80', '-N'], tty: undefined, command: [] },
    ],
  ])('%j are options of ssh, then a command', (words, expected) => {
    expect(splitSshWords(words)).toEqual(expected);
  });
});

describe('ends of copies', () => {
  it.each([
    ['notes.txt', { kind: 'local', path: 'notes.txt' }],
    ['localhost:/tmp/a', { kind: 'local', path: '/tmp/a' }],
    ['./a:b', { kind: 'local', path: './a:b' }],
    ['web:/tmp/a', { kind: 'machine', machine: 'web', path: '/tmp/a' }],
    ['web:', { kind: 'machine', machine: 'web', path: '.' }],
    ['me@web:a:b', { kind: 'machine', machine: 'web', user: 'me', path: 'a:b' }],
  ])('%s is a path here or on a machine, as scp reads it', (text, expected) => {
    expect(parseCopyEnd(text)).toEqual(expected);
  });
});

describe('the driver of a line', () => {
  it.each([
    [['-d', 'none', 'a'], {}, 'none'],
    [['-dnone', 'a'], {}, 'none'],
    [['-d=none'], {}, 'none'],
    [['--driver=none'], {}, 'none'],
    [['-driver', 'none'], {}, 'none'],
    [['--provider', 'none'], {}, 'none'],
    [['a'], { MACHINE_DRIVER: 'generic' }, 'generic'],
    [['-d', 'none'], { MACHINE_DRIVER: 'generic' }, 'none'],
    [['--', '-d', 'none'], {}, undefined],
    [['--dry-run', 'a'], {}, undefined],
  ])('%j with %j is %s', (words, env, expected) => {
    expect(driverOf(words, env)).toBe(expected);
  });
});
