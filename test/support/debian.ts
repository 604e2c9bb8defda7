/**
 * Binaries out of Debian packages: engines and reference tools of other versions than the machine's,
 * unpacked into a cache instead of installed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { succeed } from './command.ts';

/** The root of this checkout. */
export const checkout = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Where downloads are kept; `TCOMPOSE_CACHE` lets several checkouts share them. */
export const cache = process.env['TCOMPOSE_CACHE'] ?? join(checkout, '.cache');

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** An unpacked package. */
export interface Unpacked {
  readonly version: string;
  /** What would be `/` if the package were installed. */
  readonly root: string;
}

interface Listed {
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
}

/**
 * Unpacks the package `name` of a Debian suite (`bookworm`, `sid`) and returns where it lies. Once
 * unpacked it is used again without asking the mirror; delete the cache to follow the suite.
 * @throws when neither the cache nor the mirror has it, or a checksum or signature is wrong.
 */
export function unpackPackage(suite: string, name: string): Promise<Unpacked> {
  const key = `${suite} ${name}`;
  const unpacking = unpacked.get(key) ?? unpackOnce(suite, name);
  unpacked.set(key, unpacking);
  return unpacking;
}

/** What was unpacked, or is being unpacked by somebody else in this process. */
const unpacked = new Map<string, Promise<Unpacked>>();

async function unpackOnce(suite: string, name: string): Promise<Unpacked> {
  const home = join(cache, 'debian', suite);
  const note = join(home, `${name}.json`);
  if (existsSync(note)) {
    const known = JSON.parse(readFileSync(note, 'utf8')) as { version: string };
    const root = join(home, `${name}_${known.version}`);
    if (existsSync(root)) return { version: known.version, root };
  }
  const mirror = await debianMirror();
  const listed = await lookUp(mirror, suite, name);
  const root = join(home, `${name}_${listed.version}`);
  const temporary = `${root}.${process.pid}`;
  mkdirSync(temporary, { recursive: true });
  try {
    const deb = join(temporary, 'package.deb');
    await download(`${mirror}/${listed.file}`, deb);
    if (sha256(readFileSync(deb)) !== listed.sha256) {
      throw new Error(`${listed.file}: the checksum is not the one that ${suite} lists`);
    }
    await succeed('dpkg-deb', ['-x', deb, join(temporary, 'root')]);
    rmSync(root, { recursive: true, force: true });
    renameSync(join(temporary, 'root'), root);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  writeFileSync(note, JSON.stringify({ version: listed.version }));
  return { version: listed.version, root };
}

/** The Debian archive that apt uses on this machine, or `TCOMPOSE_DEBIAN_MIRROR`. */
export async function debianMirror(): Promise<string> {
  const chosen = process.env['TCOMPOSE_DEBIAN_MIRROR'];
  if (chosen !== undefined && chosen !== '') return chosen.replace(/\/$/, '');
  const targets = await succeed('apt-get', [
    'indextargets',
    '--format',
    '$(URI)',
    'Created-By: Packages',
  ]);
  for (const uri of targets.split('\n')) {
    const match = /^(https?:\/\/.+)\/dists\/(?!.*-security)[^/]+\/main\//.exec(uri);
    if (match?.[1]?.endsWith('/debian') === true) return match[1];
  }
  throw new Error(
    "apt's sources name no Debian archive: set TCOMPOSE_DEBIAN_MIRROR to the address of one",
  );
}

const indexes = new Map<string, Promise<string>>();

async function lookUp(mirror: string, suite: string, name: string): Promise<Listed> {
  const index = indexes.get(suite) ?? fetchIndex(mirror, suite);
  indexes.set(suite, index);
  const stanza = (await index).split('\n\n').find((text) => text.startsWith(`Package: ${name}\n`));
  if (stanza === undefined) throw new Error(`Debian ${suite} has no package ${name}`);
  const field = (key: string): string => {
    const value = new RegExp(`^${key}: (.*)$`, 'm').exec(stanza)?.[1];
    if (value === undefined) throw new Error(`Debian ${suite}: ${name} has no ${key}`);
    return value;
  };
  return { version: field('Version'), file: field('Filename'), sha256: field('SHA256') };
}

/** The suite's list of packages, after checking Debian's signature where its keys are installed. */
async function fetchIndex(mirror: string, suite: string): Promise<string> {
  const architecture = (await succeed('dpkg', ['--print-architecture'])).trim();
  const path = `main/binary-${architecture}/Packages.xz`;
  const place = join(cache, 'debian', suite);
  mkdirSync(place, { recursive: true });
  const release = join(place, `InRelease.${process.pid}`);
  const packed = join(place, `Packages.${process.pid}.xz`);
  try {
    await download(`${mirror}/dists/${suite}/InRelease`, release);
    await download(`${mirror}/dists/${suite}/${path}`, packed);
    if (existsSync(keyring)) {
      await succeed('gpgv', ['--quiet', '--keyring', keyring, release]);
    } else {
      process.stderr.write(`${keyring} is missing: packages are checked by checksum only\n`);
    }
    const digest = sha256(readFileSync(packed));
    if (!new RegExp(`^ ${digest} +\\d+ ${path}$`, 'm').test(readFileSync(release, 'utf8'))) {
      throw new Error(`${path}: the checksum is not the one in the InRelease file of ${suite}`);
    }
    return await succeed('xz', ['-dc', packed]);
  } finally {
    rmSync(release, { force: true });
    rmSync(packed, { force: true });
  }
}

async function download(url: string, file: string): Promise<void> {
  await succeed('curl', ['-fsSL', '--retry', '3', '--retry-all-errors', '-o', file, url]);
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
