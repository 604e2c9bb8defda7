import { isAbsolute, relative, sep } from 'node:path';
import {
  compileIgnoreRules,
  parseDockerignore,
  type IgnoreRules,
} from '../foundation/dockerignore.ts';
import { fail, ok, type Result } from '../foundation/result.ts';

/** Patterns of an ignore file, and the directory they are relative to. */
export interface IgnoreFile {
  /** Absolute. */
  readonly directory: string;
  readonly text: string;
}

/** Which paths below a watched one matter. */
export interface WatchFilter {
  /** True when changes of the absolute path are wanted. */
  accepts(path: string): boolean;
  /** True when nothing below the absolute directory can be wanted. */
  prunes(directory: string): boolean;
}

/** What editors and tools write beside the files they are asked to write, and Git's own files. */
const NEVER_WANTED = [
  '**/.git',
  // JetBrains
  '**/*___jb_old___',
  '**/*___jb_tmp___',
  '**/.idea/**',
  // Emacs
  '**/.#*',
  '**/#*#',
  // Vim
  '**/4913',
  '**/*~',
  '**/.*.swp',
  '**/.*.swx',
  '**/.*.swo',
  '**/.*.swn',
  // Kate
  '**/.*.kate-swp',
  // Go
  '**/*-go-tmp-umask',
];

/** Rules and the directory that their paths are relative to. */
interface Layer {
  readonly directory: string;
  readonly rules: IgnoreRules;
}

/**
 * Compiles what a trigger wants to know of: `include` and `ignore` are relative to its path, the
 * ignore file to its own directory. Fails with a sentence about the first wrong pattern.
 */
export function compileWatchFilter(
  trigger: {
    readonly path: string;
    readonly include?: readonly string[];
    readonly ignore?: readonly string[];
  },
  ignoreFile: IgnoreFile | undefined,
): Result<WatchFilter, string> {
  const { path, include = [], ignore = [] } = trigger;
  const layers: Layer[] = [];
  const sources: [string, readonly string[]][] = [
    [path, NEVER_WANTED],
    [path, relativePatterns(path, ignore)],
  ];
  if (ignoreFile !== undefined) {
    sources.push([ignoreFile.directory, ignoreFilePatterns(ignoreFile.text)]);
  }
  for (const [directory, patterns] of sources) {
    const rules = compileIgnoreRules(patterns);
    if (!rules.ok) return rules;
    layers.push({ directory, rules: rules.value });
  }
  const included = compileIgnoreRules(relativePatterns(path, include));
  if (!included.ok) return fail(included.error);
  const isIncluded = (file: string): boolean =>
    include.length === 0 || matches({ directory: path, rules: included.value }, file);
  return ok({
    accepts: (file) => isIncluded(file) && !layers.some((layer) => matches(layer, file)),
    prunes: (directory) =>
      layers.some((layer) => {
        const below = pathBelow(layer.directory, directory);
        return below !== undefined && layer.rules.excludes(below) && layer.rules.prunes(below);
      }),
  });
}

/** `file` relative to `directory`, with slashes; undefined for the directory itself and what is outside. */
export function pathBelow(directory: string, file: string): string | undefined {
  const path = relative(directory, file);
  if (path === '' || path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)) {
    return undefined;
  }
  return path.replaceAll(sep, '/');
}

function matches({ directory, rules }: Layer, file: string): boolean {
  const path = pathBelow(directory, file);
  return path !== undefined && rules.excludes(path);
}

/** A bare `*` says that images copy nothing; what is synced is not copied by a build. As in Compose. */
function ignoreFilePatterns(text: string): readonly string[] {
  return parseDockerignore(text).filter((pattern) => pattern !== '*');
}

/** Patterns of the Compose file; those below the watched path may be written as absolute ones. */
function relativePatterns(path: string, patterns: readonly string[]): readonly string[] {
  const lines = patterns.map((pattern) => {
    const negated = pattern.startsWith('!') ? '!' : '';
    const text = pattern.slice(negated.length);
    return text.startsWith(`${path}/`) ? `${negated}${text.slice(path.length + 1)}` : pattern;
  });
  return parseDockerignore(lines.join('\n'));
}
