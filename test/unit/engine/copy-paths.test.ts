import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  followedSource,
  parseCopyPlace,
  rename,
  resolveTyped,
  routeCopy,
  splitEntry,
  type CopyEnd,
} from '../../../src/engine/copy/paths.ts';

describe('a side of a copy', () => {
  it.each([
    ['web:/etc/hosts', { service: 'web', path: '/etc/hosts' }],
    ['web:relative:with:colons', { service: 'web', path: 'relative:with:colons' }],
    ['web:', { service: 'web', path: '' }],
    ['file', { path: 'file' }],
    ['./web:file', { path: './web:file' }],
    ['../web:file', { path: '../web:file' }],
    ['.hidden:file', { path: '.hidden:file' }],
    ['/a:b', { path: '/a:b' }],
    [':file', { path: 'file' }],
    ['-', { path: '-' }],
  ])('%s is read as docker reads it', (argument, expected) => {
    expect(parseCopyPlace(argument)).toEqual(expected);
  });

  it('keeps the end of what was typed when it becomes absolute', () => {
    expect(
      ['a', 'a/', 'a/.', '.', './', '..', '/', '/.'].map((typed) => resolveTyped('/w', typed)),
    ).toEqual(['/w/a', '/w/a/', '/w/a/.', '/w/.', '/w/.', '/', '/', '/.']);
  });

  it.each([
    ['/a/b', '/a', 'b'],
    ['/a/b/', '/a', 'b'],
    ['/a/b/.', '/a/b', '.'],
    ['/a/./b/../c', '/a', 'c'],
    ['/', '/', '/'],
    ['/.', '/', '.'],
    ['b', '.', 'b'],
    ['', '.', '.'],
  ])('%j is in %j and called %j', (path, directory, base) => {
    expect(splitEntry(path)).toEqual({ directory, base });
  });

  it('that was a link goes by the name that was asked for', () => {
    expect(followedSource('/a/link', '/b/real')).toEqual({ path: '/b/real', name: 'link' });
    expect(followedSource('/a/link/', '/b/real')).toEqual({ path: '/b/real/', name: 'link' });
    expect(followedSource('/a/link/.', '/b/real')).toEqual({ path: '/b/real/.' });
    expect(followedSource('/a/same', '/b/same')).toEqual({ path: '/b/same' });
  });
});

const file = (path: string): CopyEnd => ({ path, exists: true, isDirectory: false });
const folder = (path: string): CopyEnd => ({ path, exists: true, isDirectory: true });
const nothing = (path: string): CopyEnd => ({ path, exists: false, isDirectory: false });

describe('the route of a copy', () => {
  it.each([
    ['a file into a folder', file('/s/f'), folder('/d'), { directory: '/d' }],
    [
      'a file onto a file',
      file('/s/f'),
      file('/d/g'),
      { directory: '/d', renaming: { from: 'f', to: 'g' } },
    ],
    [
      'a file to a new name',
      file('/s/f'),
      nothing('/d/g'),
      { directory: '/d', renaming: { from: 'f', to: 'g' } },
    ],
    ['a folder into a folder', folder('/s/x'), folder('/d'), { directory: '/d' }],
    [
      'a folder to a new name',
      folder('/s/x'),
      nothing('/d/y/'),
      { directory: '/d', renaming: { from: 'x', to: 'y' } },
    ],
    [
      'the contents of a folder to a new name',
      folder('/s/x/.'),
      nothing('/d/y'),
      { directory: '/d', renaming: { from: '.', to: 'y' } },
    ],
    [
      'a link that was followed into a folder',
      { ...folder('/s/real'), name: 'link' },
      folder('/d'),
      { directory: '/d', renaming: { from: 'real', to: 'link' } },
    ],
  ])('%s', (_title, source, destination, expected) => {
    expect(routeCopy(source, destination)).toEqual({ ok: true, value: expected });
  });

  it('does not lead from a folder to a file, nor from a file to a folder that is not there', () => {
    expect(routeCopy(folder('/s'), file('/d'))).toEqual({
      ok: false,
      error: 'cannot copy directory',
    });
    for (const path of ['/d/', '/d/.']) {
      expect(routeCopy(file('/s'), nothing(path))).toEqual({
        ok: false,
        error: 'no such directory',
      });
    }
  });
});

describe('renaming entries', () => {
  it.each([
    ['dir', { from: 'dir', to: 'new' }, 'new'],
    ['dir/', { from: 'dir', to: 'new' }, 'new/'],
    ['dir/dir/f', { from: 'dir', to: 'new' }, 'new/dir/f'],
    ['./a', { from: '.', to: 'new' }, 'new/a'],
    ['/bin', { from: '/', to: 'new' }, 'new/bin'],
    ['dirty', { from: 'dir', to: 'new' }, undefined],
    ['other', { from: 'dir', to: 'new' }, undefined],
  ])('%s by %j is %s', (name, renaming, expected) => {
    expect(rename(name, renaming)).toBe(expected);
  });

  it('keeps what is below the first element', () => {
    const element = fc.stringMatching(/^[a-z .:$\u00fc]{1,8}$/);
    fc.assert(
      fc.property(element, element, fc.array(element), (from, to, rest) => {
        const below = rest.map((each) => `/${each}`).join('');
        expect(rename(from + below, { from, to })).toBe(to + below);
      }),
    );
  });
});
