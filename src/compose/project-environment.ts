import { join, resolve } from 'node:path';

import type { Diagnostic } from './diagnostic.ts';
import { parseDotenv } from './dotenv.ts';
import type { FileAccess } from './files.ts';
import type { StringMap } from './model-basics.ts';
import type { SourceFile } from './source.ts';

type Report = (diagnostic: Diagnostic) => void;

/** Go's strconv.ParseBool; undefined where the text is none of its words. */
export function parseGoBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined;
}

/** Env files asked for by name (--env-file, else COMPOSE_ENV_FILES), absolute, `~` expanded. */
export function namedEnvFiles(
  flag: readonly string[],
  environment: StringMap,
  around: { readonly cwd: string; readonly files: Pick<FileAccess, 'home'> },
): string[] {
  const listed = (environment['COMPOSE_ENV_FILES'] ?? '').split(',').filter((name) => name !== '');
  return (flag.length > 0 ? flag : listed).map((name) => {
    const expanded = /^~(?:\/|$)/.test(name) ? join(around.files.home, name.slice(1)) : name;
    return resolve(around.cwd, expanded);
  });
}

/** The `.env` of a directory, unless there is none or COMPOSE_DISABLE_ENV_FILE says no. */
export function defaultEnvFile(
  directory: string,
  process: StringMap,
  files: Pick<FileAccess, 'kind'>,
  report: Report,
): string[] {
  const switched = process['COMPOSE_DISABLE_ENV_FILE'];
  if (switched !== undefined) {
    const isDisabled = parseGoBool(switched);
    if (isDisabled === undefined) {
      report({
        severity: 'error',
        code: 'project/environment-value',
        message: `strconv.ParseBool: parsing ${JSON.stringify(switched)}: invalid syntax`,
        hint: 'COMPOSE_DISABLE_ENV_FILE must be true or false',
      });
    }
    if (isDisabled !== false) return [];
  }
  const path = join(directory, '.env');
  const kind = files.kind(path);
  return kind === 'missing' || kind === 'directory' ? [] : [path];
}

/**
 * Variables of env files: later files override earlier ones, each may refer to `environment`, to
 * the files before it and to its own earlier keys. Every file must exist.
 */
export function readEnvFiles(
  paths: readonly string[],
  environment: StringMap,
  files: FileAccess,
  report: Report,
): ReadonlyMap<string, string> {
  const all = new Map<string, string>();
  for (const path of paths) {
    const source = readEnvFile(path, files, report);
    if (source === undefined) continue;
    const parsed = parseDotenv(source, (name) => ownValue(environment, name), all);
    for (const fault of parsed.diagnostics) {
      const isWarning = fault.severity === 'warning';
      const message = isWarning ? fault.message : `failed to read ${path}: ${fault.message}`;
      report({ ...fault, message });
    }
    for (const [name, value] of parsed.variables) all.set(name, value);
  }
  return all;
}

function ownValue(environment: StringMap, name: string): string | undefined {
  return Object.hasOwn(environment, name) ? environment[name] : undefined;
}

function readEnvFile(path: string, files: FileAccess, report: Report): SourceFile | undefined {
  const fault = (code: string, message: string): undefined => {
    report({ severity: 'error', code, message });
  };
  const kind = files.kind(path);
  if (kind === 'missing') {
    return fault('env-file/not-found', `couldn't find env file: ${path}`);
  }
  if (kind === 'directory') return fault('env-file/directory', `${path} is a directory`);
  const read = files.read(path);
  if (!read.ok) return fault('env-file/unreadable', `failed to read ${path}: ${read.detail}`);
  return { path, text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(read.bytes) };
}
