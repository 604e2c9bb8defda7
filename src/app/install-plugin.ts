import { execFile } from 'node:child_process';
import { lstatSync, realpathSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { clientConfigDir } from '../engine/client-config.ts';
import { LOCAL_PLUGINS, pluginDirectories, userPlugins } from '../engine/plugin-directories.ts';
import { makeFolders } from '../foundation/make-folders.ts';
import { clientConfig, endpointSources } from './engine.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { identityOf } from './identity.ts';
import { isTcompose, originalName } from './own-program.ts';
import type { Session } from './session.ts';

export interface InstallPluginRequest {
  /** The word after `docker` that is to run tcompose. */
  readonly word: string;
  /** For all users of this machine. */
  readonly system: boolean;
  /** Take the place of a program that is not tcompose; it is kept. */
  readonly force: boolean;
  readonly uninstall: boolean;
  readonly dryRun: boolean;
}

/** One change to the plugin directory. */
type Change =
  | { readonly kind: 'keep' | 'restore'; readonly from: string; readonly to: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | { readonly kind: 'unlink'; readonly path: string };

/** What is at a path. */
type Occupant = 'nothing' | 'this' | 'tcompose' | 'foreign';

/**
 * `install-plugin`: makes tcompose a plugin of the docker command, or takes that back. Says what it
 * changes, and checks that docker finds it. Running it again changes nothing.
 */
export async function installPlugin(
  session: Session,
  global: GlobalOptions,
  request: InstallPluginRequest,
): Promise<number> {
  const path = join(directoryFor(session, global, request), `docker-${request.word}`);
  const changes = request.uninstall
    ? changesToUninstall(path)
    : changesToInstall(path, executableOf(session), request);
  if (changes.length === 0) session.stdout.write(`${unchanged(path, request)}\n`);
  for (const change of changes) {
    if (!request.dryRun) apply(change, request);
    session.stdout.write(`${describe(change, request.dryRun)}\n`);
  }
  if (!request.uninstall && !request.dryRun) await checkWithDocker(session, global, request);
  return 0;
}

function directoryFor(
  session: Session,
  { engine }: GlobalOptions,
  { system }: InstallPluginRequest,
): string {
  return system ? LOCAL_PLUGINS : userPlugins(clientConfigDir(endpointSources(session, engine)));
}

function executableOf({ executable }: Session): string {
  if (executable === undefined) throw new Error('internal error: tcompose does not know its path');
  return realpathSync(executable);
}

function changesToInstall(
  path: string,
  target: string,
  { word, force }: InstallPluginRequest,
): readonly Change[] {
  const link: Change = { kind: 'link', path, target };
  const kept = join(dirname(path), originalName(`docker-${word}`));
  switch (occupantOf(path, target)) {
    case 'nothing':
    case 'tcompose':
      return [link];
    case 'this':
      return [];
    case 'foreign':
      break;
  }
  if (!force) {
    throw new CommandFailure(
      `${path} is there already and is not tcompose`,
      `--force puts tcompose in its place and keeps it as ${kept}; --uninstall puts it back`,
    );
  }
  if (occupantOf(kept) !== 'nothing') {
    throw new CommandFailure(
      `${kept}, which an earlier --force kept, is still there`,
      'move one of the two away: only one can be kept',
    );
  }
  return [{ kind: 'keep', from: path, to: kept }, link];
}

function changesToUninstall(path: string): readonly Change[] {
  const kept = join(dirname(path), originalName(path.slice(dirname(path).length + 1)));
  const occupant = occupantOf(path);
  if (occupant === 'foreign') {
    throw new CommandFailure(`${path} is not tcompose`, 'nothing was changed');
  }
  const unlink: readonly Change[] = occupant === 'nothing' ? [] : [{ kind: 'unlink', path }];
  const restore: readonly Change[] =
    occupantOf(kept) === 'nothing' ? [] : [{ kind: 'restore', from: kept, to: path }];
  return [...unlink, ...restore];
}

function occupantOf(path: string, target?: string): Occupant {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return 'nothing';
  if (!isTcompose(path)) return 'foreign';
  return realpathSync(path) === target ? 'this' : 'tcompose';
}

function apply(change: Change, { system }: InstallPluginRequest): void {
  try {
    applyUnchecked(change);
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    throw new CommandFailure(
      `could not set up the plugin: ${message}`,
      system
        ? 'run it as root, or without --system for yourself only'
        : 'check who owns the directory of the docker configuration',
    );
  }
}

function applyUnchecked(change: Change): void {
  switch (change.kind) {
    case 'keep':
    case 'restore':
      renameSync(change.from, change.to);
      return;
    case 'unlink':
      unlinkSync(change.path);
      return;
    case 'link': {
      makeFolders(dirname(change.path));
      // Renamed into its place, so that docker never finds nothing.
      const temporary = join(dirname(change.path), `.tcompose-${process.pid}`);
      symlinkSync(change.target, temporary);
      renameSync(temporary, change.path);
    }
  }
}

const WORDS: Readonly<Record<Change['kind'], readonly [done: string, planned: string]>> = {
  keep: ['Kept', 'Would keep'],
  restore: ['Put back', 'Would put back'],
  link: ['Linked', 'Would link'],
  unlink: ['Removed', 'Would remove'],
};

function describe(change: Change, dryRun: boolean): string {
  const verb = WORDS[change.kind][dryRun ? 1 : 0];
  switch (change.kind) {
    case 'keep':
      return `${verb} ${change.from} as ${change.to}`;
    case 'restore':
      return `${verb} ${change.to}`;
    case 'link':
      return `${verb} ${change.path} to ${change.target}`;
    case 'unlink':
      return `${verb} ${change.path}`;
  }
}

function unchanged(path: string, { uninstall }: InstallPluginRequest): string {
  return uninstall ? `${path} is not there: nothing to do` : `${path} is tcompose already`;
}

async function checkWithDocker(
  session: Session,
  global: GlobalOptions,
  { word }: InstallPluginRequest,
): Promise<void> {
  const command = `docker ${word}`;
  const { version } = identityOf(command, session.version);
  const answer = await askDocker(session, global, word);
  if (answer === 'no docker') {
    session.stdout.write('The docker command is not on PATH: install it to use the plugin\n');
  } else if (answer === version) {
    session.stdout.write(`${command} is tcompose now, version ${version}\n`);
  } else {
    const sources = {
      configDir: clientConfigDir(endpointSources(session, global.engine)),
      extraDirs: clientConfig(session, global.engine).cliPluginsExtraDirs ?? [],
    };
    const first = pluginDirectories(sources)
      .map((directory) => join(directory, `docker-${word}`))
      .find((path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
    throw new CommandFailure(
      `${command} does not run this tcompose: ${answer === '' ? 'it does not start' : `it is version ${answer}`}`,
      `docker takes the first plugin that it finds, which is ${first ?? 'none'}`,
    );
  }
}

/** The version that docker's plugin says it has; empty when it does not start. */
async function askDocker(
  session: Session,
  { engine }: GlobalOptions,
  word: string,
): Promise<string> {
  const flags = engine.configDirectory === undefined ? [] : ['--config', engine.configDirectory];
  try {
    const args = [...flags, word, 'version', '--short'];
    const { stdout } = await promisify(execFile)('docker', args, {
      env: session.env,
      signal: session.signal,
    });
    return stdout.trim();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no docker' : '';
  }
}
