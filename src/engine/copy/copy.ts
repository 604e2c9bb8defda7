import type { Readable } from 'node:stream';
import type { EngineClient } from '../client.ts';
import { EngineError } from '../errors.ts';
import type { PeerContainer } from '../service-references.ts';
import {
  followPath,
  isDirectory,
  isSymlink,
  openArchive,
  refusedKind,
  statPath,
} from './container-path.ts';
import { checkOutputPath, localDestination, localSource } from './local-paths.ts';
import { packPath } from './pack.ts';
import {
  followedSource,
  linkDestination,
  routeCopy,
  type CopyEnd,
  type CopyRoute,
} from './paths.ts';
import { unpack } from './unpack.ts';

/** One copy between a container and this machine. */
export interface CopyTask {
  readonly client: EngineClient;
  readonly container: PeerContainer;
  /** In the container. */
  readonly remote: string;
  readonly followLink: boolean;
  readonly signal: AbortSignal;
}

export interface Upload extends CopyTask {
  /** Absolute path, or a tar archive. */
  readonly source: string | Readable;
  /** Give the files to the user and group that the container runs as. */
  readonly ownedByUser: boolean;
  /** Check everything but send nothing. */
  readonly dryRun: boolean;
}

/** Copies to a container as docker cp does. */
export async function copyToContainer(upload: Upload): Promise<void> {
  const { client, container, remote, signal, source } = upload;
  const { path, stat } = await followPath(client, container, remote, signal);
  const refused = stat === undefined ? undefined : refusedKind(stat);
  const shown = JSON.stringify(`${container.name}:${remote}`);
  if (refused !== undefined) {
    const must = `destination ${shown} must be a directory or a regular file`;
    throw new EngineError('invalid', `${must}: ${refused}`);
  }
  const destination: CopyEnd = {
    path,
    exists: stat !== undefined,
    isDirectory: stat !== undefined && isDirectory(stat),
  };
  if (typeof source !== 'string') {
    if (!destination.isDirectory) {
      throw new EngineError('invalid', `destination ${shown} must be a directory`, {
        hint: 'an archive is unpacked in a directory that exists',
      });
    }
    return send(upload, path, source);
  }
  const found = await localSource(source, upload.followLink);
  const { directory, renaming } = routed(found, destination);
  if (upload.dryRun) return;
  await send(upload, directory, packPath(found.path, renaming));
}

async function send(upload: Upload, directory: string, archive: Readable): Promise<void> {
  const { client, container, signal, ownedByUser, dryRun } = upload;
  if (dryRun) return;
  try {
    await client.send(
      {
        method: 'PUT',
        path: `/containers/${container.id}/archive`,
        query: {
          path: directory,
          noOverwriteDirNonDir: true,
          ...(ownedByUser ? { copyUIDGID: true } : {}),
        },
        archive,
        resource: `container ${container.name}`,
      },
      signal,
    );
  } finally {
    archive.destroy();
  }
}

export interface Download extends CopyTask {
  /** Absolute. */
  readonly destination: string;
  readonly dryRun: boolean;
}

/** Copies from a container as docker cp does; owners are those of the caller. */
export async function copyFromContainer(download: Download): Promise<void> {
  const { client, container, destination, signal } = download;
  await checkOutputPath(destination);
  const { path, name } = await remoteSource(download);
  const target = await localDestination(destination);
  const { archive, stat } = await openArchive(client, container, path, signal);
  try {
    const source = { path, exists: true, isDirectory: isDirectory(stat) };
    const route = routed(name === undefined ? source : { ...source, name }, target);
    if (!download.dryRun) await unpack(archive, route, client.address);
  } finally {
    archive.destroy();
  }
}

/** Opens the archive that a copy from a container would unpack. */
export async function readFromContainer(task: CopyTask): Promise<Readable> {
  const { path } = await remoteSource(task);
  const { archive } = await openArchive(task.client, task.container, path, task.signal);
  return archive;
}

async function remoteSource(task: CopyTask): Promise<Pick<CopyEnd, 'path' | 'name'>> {
  const { client, container, remote, signal } = task;
  if (!task.followLink) return { path: remote };
  const stat = await statPath(client, container, remote, signal);
  if (stat === undefined || !isSymlink(stat)) return { path: remote };
  return followedSource(remote, linkDestination(remote, stat.linkTarget));
}

function routed(source: CopyEnd, destination: CopyEnd): CopyRoute {
  const route = routeCopy(source, destination);
  if (route.ok) return route.value;
  throw new EngineError('invalid', route.error, { hint: HINTS[route.error] ?? '' });
}

const HINTS: Readonly<Record<string, string>> = {
  'cannot copy directory': 'the destination is a file; choose a directory or a new name',
  'no such directory':
    'a path that ends with a slash has to exist: create it, or leave the slash out',
};
