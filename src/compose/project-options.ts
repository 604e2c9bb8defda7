import { dirname, resolve } from 'node:path';

import { fail, ok } from '../foundation/result.ts';
import type { Result } from '../foundation/result.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { FileAccess } from './files.ts';
import { absoluteFile, filesFromEnvironment, searchFiles } from './find-files.ts';
import type { StringMap } from './model-basics.ts';
import { defaultEnvFile, namedEnvFiles, readEnvFiles } from './project-environment.ts';
import { checkProjectName } from './project-name.ts';
import { locateFile } from './remote-file.ts';
import { isRemotePath } from './remote-path.ts';

/** The root flags that say what the project is. */
export interface ProjectFlags {
  /** `-f`, in order; `-` is standard input. */
  readonly files?: readonly string[];
  readonly projectDirectory?: string;
  /** `--env-file`, in order. */
  readonly envFiles?: readonly string[];
  readonly projectName?: string;
  /** `--profile`. */
  readonly profiles?: readonly string[];
  /** For commands that can do with a project's name alone: no file is no fault. */
  readonly filesOptional?: boolean;
}

/** Where the command runs. */
export interface Surroundings {
  /** The process environment. */
  readonly environment: StringMap;
  /** Absolute. */
  readonly cwd: string;
  readonly files: FileAccess;
}

/** Everything that is known before the first Compose file is read. */
export interface ProjectOptions {
  /** In the order in which they are merged: absolute paths, those of the copies of remote files, or `-`. */
  readonly composeFiles: readonly string[];
  /** Absolute; relative paths of the project resolve against it. */
  readonly workingDir: string;
  /** Whose name is that of the project if nothing else gives it one; `workingDir` when absent. */
  readonly nameDirectory?: string;
  /** For interpolation: the process environment, then what env files add. */
  readonly environment: StringMap;
  /** Files named by --env-file or COMPOSE_ENV_FILES, absolute; empty when `.env` was used. */
  readonly envFiles: readonly string[];
  /** Every env file that was read, `.env` included; the one that wins first. */
  readonly readEnvFiles: readonly string[];
  /** Active profiles, `*` for all. */
  readonly profiles: readonly string[];
  /** Set by --project-name or COMPOSE_PROJECT_NAME; beats `name:` in the files. */
  readonly projectName?: string;
  /** See `dotenvExports`. */
  readonly exports: StringMap;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Resolves flags, environment and env files into what loading needs, as the reference does: the
 * `.env` beside the files named by `-f` (else of the current directory) may set COMPOSE_FILE, and
 * the `.env` beside the files found that way adds what is still missing. The process environment
 * always wins over env files.
 */
export function resolveProjectOptions(
  flags: ProjectFlags,
  around: Surroundings,
): Result<ProjectOptions, readonly Diagnostic[]> {
  const { diagnostics, report } = collector();
  const { cwd, files } = around;
  const named = namedEnvFiles(flags.envFiles ?? [], around.environment, around);
  const exports = readExports(flags, around, report);
  const process = { ...around.environment, ...exports };
  let environment: StringMap = { ...process, PWD: process['PWD'] ?? cwd };
  let composeFiles = (flags.files ?? []).map((name) => absoluteFile(name, cwd));
  const read = new Set<string>();
  const addEnvFiles = (): void => {
    const directory = directoryOf(flags, composeFiles, cwd);
    const paths = named.length > 0 ? named : defaultEnvFile(directory, process, files, report);
    const added = Object.fromEntries(readEnvFiles(paths, environment, files, report));
    environment = { ...added, ...environment };
    for (const path of paths.toReversed()) read.add(path);
  };
  addEnvFiles();
  if (composeFiles.length === 0) {
    composeFiles = filesFromEnvironment(environment, cwd, files, report);
  }
  if (composeFiles.length === 0) {
    composeFiles = searchFiles(directoryOf(flags, composeFiles, cwd), files, report);
  }
  addEnvFiles();
  const projectName = explicitName(flags, environment, report);
  if (composeFiles.length === 0 && flags.filesOptional !== true)
    report(noFile(directoryOf(flags, composeFiles, cwd)));
  const located = composeFiles.map((file) => locate(file, files, report));
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return fail(errors);
  const remote = located[composeFiles.findIndex(isRemotePath)];
  const nameDirectory = directoryOf(flags, composeFiles, cwd);
  return ok({
    composeFiles: located,
    workingDir: remote === undefined ? nameDirectory : dirname(remote),
    ...(remote !== undefined && { nameDirectory }),
    environment,
    envFiles: named,
    readEnvFiles: [...read],
    profiles: activeProfiles(flags, environment),
    ...(projectName !== undefined && { projectName }),
    exports,
    warnings: diagnostics,
  });
}

/**
 * The `COMPOSE_*` variables that an env file sets and the process does not: they act on the command
 * itself (COMPOSE_ANSI, COMPOSE_REMOVE_ORPHANS …) as if they had been exported.
 */
export function dotenvExports(
  flags: ProjectFlags,
  around: Surroundings,
): Result<StringMap, readonly Diagnostic[]> {
  const { diagnostics, report } = collector();
  const exports = readExports(flags, around, report);
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return errors.length > 0 ? fail(errors) : ok(exports);
}

function readExports(
  flags: ProjectFlags,
  { environment, cwd, files }: Surroundings,
  report: (diagnostic: Diagnostic) => void,
): StringMap {
  if ((flags.files ?? []).some(isRemotePath)) return {};
  const named = namedEnvFiles(flags.envFiles ?? [], environment, { cwd, files });
  const directory = directoryOf(
    flags,
    (flags.files ?? []).map((name) => absoluteFile(name, cwd)),
    cwd,
  );
  const paths = named.length > 0 ? named : defaultEnvFile(directory, environment, files, report);
  const exports: Record<string, string> = {};
  for (const [name, value] of readEnvFiles(paths, environment, files, report)) {
    if (name.startsWith('COMPOSE_') && !Object.hasOwn(environment, name)) exports[name] = value;
  }
  return exports;
}

/** The local copy of a file that lies elsewhere; any other file as it is. */
function locate(file: string, files: FileAccess, report: (fault: Diagnostic) => void): string {
  if (!isRemotePath(file)) return file;
  const found = locateFile(file, '', files);
  if (found.ok) return found.value.path;
  report({ severity: 'error', code: 'load/remote-file', ...found.error });
  return file;
}

/** Collects diagnostics; the same fault found again in a second reading counts once. */
function collector(): {
  readonly diagnostics: readonly Diagnostic[];
  readonly report: (diagnostic: Diagnostic) => void;
} {
  const diagnostics: Diagnostic[] = [];
  const seen = new Set<string>();
  return {
    diagnostics,
    report(diagnostic) {
      const { span, message } = diagnostic;
      const key = JSON.stringify([span?.file.path, span?.start, message]);
      if (!seen.has(key)) diagnostics.push(diagnostic);
      seen.add(key);
    },
  };
}

/** --project-directory, else the directory of the first file that has one, else `cwd`. */
function directoryOf(flags: ProjectFlags, composeFiles: readonly string[], cwd: string): string {
  if (flags.projectDirectory !== undefined && flags.projectDirectory !== '') {
    return resolve(cwd, flags.projectDirectory);
  }
  const first = composeFiles.find((path) => path !== '-');
  return first === undefined || isRemotePath(first) ? cwd : dirname(first);
}

function explicitName(
  flags: ProjectFlags,
  environment: StringMap,
  report: (diagnostic: Diagnostic) => void,
): string | undefined {
  const asked = flags.projectName ?? '';
  const name = asked === '' ? (environment['COMPOSE_PROJECT_NAME'] ?? '') : asked;
  if (name === '') return undefined;
  const fault = checkProjectName(name);
  if (fault !== undefined) report(fault);
  return name;
}

function activeProfiles(flags: ProjectFlags, environment: StringMap): readonly string[] {
  const asked = flags.profiles ?? [];
  if (asked.length > 0) return asked;
  const listed = (environment['COMPOSE_PROFILES'] ?? '').split(',').map((name) => name.trim());
  return listed.filter((name) => name !== '');
}

function noFile(directory: string): Diagnostic {
  return {
    severity: 'error',
    code: 'project/no-file',
    message: 'no configuration file provided: not found',
    hint: `there is no compose.yaml in ${directory} or above; name one with -f`,
  };
}
