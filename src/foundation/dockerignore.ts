import { posix } from 'node:path';
import { fail, ok, type Result } from './result.ts';

/** Which files of a build context are left out (rules of moby/patternmatcher). */
export interface IgnoreRules {
  /** True when the path, relative to the context with slashes, is left out. */
  excludes(path: string): boolean;
  /** True when nothing below this excluded directory can be taken in again. */
  prunes(directory: string): boolean;
}

interface Pattern {
  readonly text: string;
  readonly regex: RegExp;
  /** `!pattern`: takes in again what earlier patterns left out. */
  readonly negated: boolean;
}

/** Patterns of a `.dockerignore` file: comments and blank lines removed, paths cleaned. */
export function parseDockerignore(text: string): string[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const negated = line.startsWith('!');
      const pattern = negated ? line.slice(1).trim() : line;
      if (pattern === '') return line;
      const clean = posix.normalize(pattern);
      const bare = clean.length > 1 ? clean.replace(/^\//, '').replace(/\/$/, '') : clean;
      return negated ? `!${bare}` : bare;
    });
}

/** Compiles patterns; fails with a sentence about the first wrong one. */
export function compileIgnoreRules(patterns: readonly string[]): Result<IgnoreRules, string> {
  const compiled: Pattern[] = [];
  for (const source of patterns) {
    const negated = source.startsWith('!');
    const text = negated ? source.slice(1) : source;
    if (text === '') return fail('illegal exclusion pattern: "!"');
    const regex = toRegex(text);
    if (regex === undefined) return fail(`syntax error in pattern: ${JSON.stringify(text)}`);
    compiled.push({ text, regex, negated });
  }
  const negatedPrefixes = compiled
    .filter(({ negated }) => negated)
    .map(({ text }) => literalPrefix(text));
  return ok({
    excludes: (path) => isExcluded(compiled, path),
    prunes: (directory) =>
      !negatedPrefixes.some(
        (prefix) => `${directory}/`.startsWith(prefix) || prefix.startsWith(`${directory}/`),
      ),
  });
}

/** The last pattern that matches a path, or a directory above it, decides. */
function isExcluded(patterns: readonly Pattern[], path: string): boolean {
  const parts = path.split('/');
  const paths = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
  let excluded = false;
  for (const { regex, negated } of patterns) {
    if (negated === excluded && paths.some((candidate) => regex.test(candidate))) {
      excluded = !negated;
    }
  }
  return excluded;
}

/** What a path must begin with to match; up to the first special character. */
function literalPrefix(pattern: string): string {
  const special = pattern.search(/[*?[\\]/);
  return special < 0 ? `${pattern}/` : pattern.slice(0, special);
}

/** `*` and `?` stay within a directory, `**` does not, `[a-z]` and `\x` are as in Go's Match. */
function toRegex(pattern: string): RegExp | undefined {
  let source = '';
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at] ?? '';
    at += 1;
    if (char === '*' && pattern[at] === '*') {
      at += 1;
      if (pattern[at] === '/') at += 1;
      source += at >= pattern.length ? '.*' : '(?:.*/)?';
    } else if (char === '*') {
      source += '[^/]*';
    } else if (char === '?') {
      source += '[^/]';
    } else if (char === '\\') {
      if (at >= pattern.length) return undefined;
      source += escape(pattern[at] ?? '');
      at += 1;
    } else if (char === '[') {
      const end = classEnd(pattern, at);
      if (end < 0) return undefined;
      source += `[${pattern.slice(at, end)}]`;
      at = end + 1;
    } else {
      source += escape(char);
    }
  }
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    return undefined;
  }
}

/** Position of the bracket that closes a class which begins before `from`; -1 when there is none. */
function classEnd(pattern: string, from: number): number {
  let at = pattern[from] === '^' ? from + 1 : from;
  while (at < pattern.length && pattern[at] !== ']') at += pattern[at] === '\\' ? 2 : 1;
  return at < pattern.length && at > from ? at : -1;
}

function escape(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
