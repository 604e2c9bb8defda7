import { execFile } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { pluginDirectories } from '../engine/plugin-directories.ts';
import { makeFolders } from '../foundation/make-folders.ts';
import { PLUGIN_VENDOR } from './identity.ts';
import { isTcompose, originalName } from './own-program.ts';
import type { Session } from './session.ts';

const run = promisify(execFile);

/**
 * Version of the Compose that is installed on this machine (`2.40.3`), or undefined. See
 * docs/decisions/0002: it decides in which dialect configuration hashes are written. Asking costs a
 * process, so the answer is remembered until the program changes.
 */
export async function installedComposeVersion(session: Session): Promise<string | undefined> {
  const program = candidates(session).find((path) => isFile(path) && !isTcompose(path));
  if (program === undefined) return undefined;
  const { mtimeMs, size } = statSync(program);
  const key = `${program}:${size}:${mtimeMs}`;
  const cache = cacheFile(session);
  const known = readCache(cache);
  if (known?.key === key) return known.version;
  const version = await ask(program, session.signal);
  if (version !== undefined) writeCache(cache, { key, version });
  return version;
}

function candidates({ env }: Session): string[] {
  const configDir = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? '/', '.docker');
  const plugins = pluginDirectories({ configDir, extraDirs: [] });
  const path = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const names = ['docker-compose', originalName('docker-compose')];
  return [...plugins, ...path].flatMap((folder) => names.map((name) => join(folder, name)));
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

async function ask(program: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { stdout } = await run(program, ['docker-cli-plugin-metadata'], {
      signal,
      timeout: 5000,
    });
    const metadata = JSON.parse(stdout) as { Vendor?: unknown; Version?: unknown };
    if (metadata.Vendor === PLUGIN_VENDOR || typeof metadata.Version !== 'string') return undefined;
    return metadata.Version.replace(/^v/, '');
  } catch {
    // Compose 1 does not answer; then nobody is there.
    return undefined;
  }
}

interface Known {
  readonly key: string;
  readonly version: string;
}

function cacheFile({ env }: Session): string {
  const base = env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? '/', '.cache');
  return join(base, 'tcompose', 'installed-compose.json');
}

function readCache(path: string): Known | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Known;
  } catch {
    return undefined;
  }
}

function writeCache(path: string, known: Known): void {
  try {
    makeFolders(dirname(path));
    writeFileSync(path, JSON.stringify(known));
  } catch {
    // A cache that cannot be written is asked again next time.
  }
}
