import { describe, expect, it } from 'vitest';
import {
  compileIgnoreRules,
  parseDockerignore,
  type IgnoreRules,
} from '../../../src/foundation/dockerignore.ts';

function rules(...lines: string[]): IgnoreRules {
  const compiled = compileIgnoreRules(parseDockerignore(lines.join('\n')));
  if (!compiled.ok) throw new Error(compiled.error);
  return compiled.value;
}

describe('ignore files', () => {
  it('are read without comments, blanks and needless parts of paths', () => {
    const text = '\uFEFF# comment\r\n\r\n  a/  \n/b\n! c/./d \n./e/../f\n #kept\n';
    expect(parseDockerignore(text)).toEqual(['a', 'b', '!c/d', 'f', '#kept']);
  });

  it.each<[string[], string, boolean]>([
    [['*.log'], 'a.log', true],
    [['*.log'], 'd/a.log', false],
    [['**/*.log'], 'a.log', true],
    [['**/*.log'], 'd/e/a.log', true],
    [['*/temp*'], 'x/temporary', true],
    [['*/temp*'], 'x/y/temporary', false],
    [['temp?'], 'tempa', true],
    [['temp?'], 'temp', false],
    [['temp?'], 'temp/', false],
    [['dir'], 'dir/deep/file', true],
    [['dir'], 'directory', false],
    [['dir/'], 'dir/file', true],
    [['/dir'], 'dir/file', true],
    [['dir/**'], 'dir/a/b', true],
    [['dir/**'], 'dir', false],
    [['**/dir'], 'a/b/dir/file', true],
    [['a/**/z'], 'a/z', true],
    [['a/**/z'], 'a/b/c/z', true],
    [['**'], 'anything/at/all', true],
    [['*.md', '!README.md'], 'README.md', false],
    [['*.md', '!README.md', 'README*'], 'README.md', true],
    [['*', '!src'], 'src/deep/file', false],
    [['*', '!src', 'src/*.tmp'], 'src/x.tmp', true],
    [['dir', '!dir/keep'], 'dir/keep/a', false],
    [['dir', '!dir/keep'], 'dir/other', true],
    [['!a', 'a'], 'a', true],
    [['[a-c].txt'], 'b.txt', true],
    [['[^a-c].txt'], 'b.txt', false],
    [['a\\*b'], 'a*b', true],
    [['a\\*b'], 'axb', false],
    [['a.b'], 'axb', false],
    [['a+(b)$'], 'a+(b)$', true],
  ])('%j: %s is left out: %s', (lines, path, excluded) => {
    expect(rules(...lines).excludes(path)).toBe(excluded);
  });

  it('say when nothing below a directory can come back', () => {
    const found = rules('*', '!src/app', '!docs/*.md');
    expect(found.prunes('node_modules')).toBe(true);
    expect(found.prunes('src')).toBe(false);
    expect(found.prunes('src/app')).toBe(false);
    expect(found.prunes('src/other')).toBe(true);
    expect(found.prunes('docs')).toBe(false);
    expect(rules('*').prunes('a')).toBe(true);
    expect(rules('*', '!**/keep').prunes('a')).toBe(false);
  });

  it.each([
    ['!', 'illegal exclusion pattern: "!"'],
    ['a[', 'syntax error in pattern: "a["'],
    ['a\\', 'syntax error in pattern: "a\\\\"'],
  ])('refuse %s', (line, error) => {
    expect(compileIgnoreRules(parseDockerignore(line))).toEqual({ ok: false, error });
  });
});
