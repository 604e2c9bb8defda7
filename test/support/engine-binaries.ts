/** Finds or fetches the programs of one Docker Engine version and lays them side by side. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { run } from './command.ts';
import { unpackPackage } from './debian.ts';

/** The engine generations that tests run on: the oldest supported one, and a current one. */
export const engineVersions = ['20.10', '28'] as const;

/** See `engineVersions`. */
export type EngineVersion = (typeof engineVersions)[number];

/** The Debian suite that has this version. */
const suites: Readonly<Record<EngineVersion, string>> = { '20.10': 'bookworm', '28': 'sid' };

/**
 * Fills `folder` with links to dockerd and all that it starts, in the wanted version: the machine's
 * own programs when they have it, else those of the Debian suite that does. It belongs into PATH and
 * LD_LIBRARY_PATH.
 * @throws when the version is to be had neither way.
 */
export async function linkEngineBinaries(version: EngineVersion, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (await installed(version)) {
    linkDaemons(folder, machinePath());
    return;
  }
  const suite = suites[version];
  const packages = await Promise.all(
    ['docker.io', 'containerd', 'runc', 'tini-static'].map(async (name) => {
      if (suite === 'bookworm' && name === 'tini-static') return unpackPackage(suite, 'tini');
      return unpackPackage(suite, name);
    }),
  );
  const folders = packages.flatMap(({ root }) => [join(root, 'usr/sbin'), join(root, 'usr/bin')]);
  linkDaemons(folder, [...folders, ...machinePath()]);
  if (!existsSync(join(folder, 'runc'))) {
    const { root } = await unpackPackage(suites['20.10'], 'runc');
    link('runc', [join(root, 'usr/sbin'), join(root, 'usr/bin')], folder);
  }
  if (suite === 'bookworm') await linkDeviceMapper(suite, folder);
  const env = { ...process.env, LD_LIBRARY_PATH: folder };
  const got = await run(join(folder, 'dockerd'), ['--version'], { env });
  if (!got.stdout.includes(`version ${version}.`)) {
    const answer = `${got.stdout}${got.stderr}`.trim();
    throw new Error(`no engine ${version}: dockerd of Debian ${suite} says "${answer}"`);
  }
}

/** The only library of that dockerd that a Debian without it lacks. */
async function linkDeviceMapper(suite: string, folder: string): Promise<void> {
  const { root } = await unpackPackage(suite, 'libdevmapper1.02.1');
  const library = 'libdevmapper.so.1.02.1';
  const path = readdirSync(root, { recursive: true, encoding: 'utf8' }).find(
    (file) => basename(file) === library,
  );
  if (path !== undefined) symlinkSync(join(root, path), join(folder, library));
}

async function installed(version: EngineVersion): Promise<boolean> {
  const dockerd = machinePath()
    .map((folder) => join(folder, 'dockerd'))
    .find((path) => existsSync(path));
  if (dockerd === undefined) return false;
  return (await run(dockerd, ['--version'])).stdout.includes(`version ${version}.`);
}

function linkDaemons(folder: string, path: readonly string[]): void {
  for (const program of ['dockerd', 'containerd', 'docker-proxy', 'ctr'])
    link(program, path, folder);
  for (const directory of path) {
    for (const name of existsSync(directory) ? readdirSync(directory) : []) {
      if (name.startsWith('containerd-shim')) link(name, [directory], folder);
    }
  }
  const runc = path.map((directory) => join(directory, 'runc')).find((file) => runs(file));
  if (runc !== undefined) symlinkSync(runc, join(folder, 'runc'));
  const init = ['tini-static', 'docker-init']
    .flatMap((name) => path.map((directory) => join(directory, name)))
    .find((file) => existsSync(file));
  if (init !== undefined) symlinkSync(init, join(folder, 'docker-init'));
}

/** A runc of a newer suite may want a newer C library than this machine has. */
function runs(program: string): boolean {
  return existsSync(program) && spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

function link(program: string, path: readonly string[], folder: string): void {
  const found = path.map((directory) => join(directory, program)).find((file) => existsSync(file));
  if (found === undefined || existsSync(join(folder, program))) return;
  symlinkSync(found, join(folder, program));
}

function machinePath(): string[] {
  const usual = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return [...new Set([...(process.env['PATH'] ?? '').split(delimiter), ...usual])];
}
