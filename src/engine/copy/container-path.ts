import type { AnswerBody, EngineClient } from '../client.ts';
import { isEngineError } from '../errors.ts';
import type { PeerContainer } from '../service-references.ts';
import { linkDestination } from './paths.ts';

/** What the engine says about a path in a container. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  /** Kind and permissions, in the bits of Go's FileMode. */
  readonly mode: number;
  readonly linkTarget: string;
}

const DIRECTORY = 31;
const SYMLINK = 27;
const DEVICE = 26;
const IRREGULAR = 19;

export function isDirectory({ mode }: PathStat): boolean {
  return hasBit(mode, DIRECTORY);
}

export function isSymlink({ mode }: PathStat): boolean {
  return hasBit(mode, SYMLINK);
}

/** Why nothing can be copied to such a path, in docker's words; undefined: it can. */
export function refusedKind({ mode }: PathStat): string | undefined {
  if (hasBit(mode, DEVICE)) return 'got a device';
  return hasBit(mode, IRREGULAR) ? 'got an irregular file' : undefined;
}

function hasBit(mode: number, bit: number): boolean {
  return Math.floor(mode / 2 ** bit) % 2 === 1;
}

/** Looks at a path; undefined when the engine cannot, most often because there is nothing. */
export async function statPath(
  client: EngineClient,
  { id }: PeerContainer,
  path: string,
  signal: AbortSignal,
): Promise<PathStat | undefined> {
  try {
    const answer = await client.open(
      { method: 'HEAD', path: `/containers/${id}/archive`, query: { path } },
      signal,
    );
    answer.resume();
    return readStat(answer);
  } catch (error) {
    if (isEngineError(error, 'not-found', 'invalid', 'failed', 'conflict')) return undefined;
    throw error;
  }
}

/** The path, or what it leads to when it is a symbolic link, with what is there. */
export async function followPath(
  client: EngineClient,
  container: PeerContainer,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly stat: PathStat | undefined }> {
  const stat = await statPath(client, container, path, signal);
  if (stat === undefined || !isSymlink(stat)) return { path, stat };
  const target = linkDestination(path, stat.linkTarget);
  return { path: target, stat: await statPath(client, container, target, signal) };
}

/** Opens the archive of a path. */
export async function openArchive(
  client: EngineClient,
  { id, name }: PeerContainer,
  path: string,
  signal: AbortSignal,
): Promise<{ readonly archive: AnswerBody; readonly stat: PathStat }> {
  const archive = await client.open(
    {
      method: 'GET',
      path: `/containers/${id}/archive`,
      query: { path },
      resource: `container ${name}`,
    },
    signal,
  );
  return { archive, stat: readStat(archive) };
}

function readStat({ headers }: AnswerBody): PathStat {
  const encoded = String(headers?.['x-docker-container-path-stat'] ?? '');
  return JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as PathStat;
}
