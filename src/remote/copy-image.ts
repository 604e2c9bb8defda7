import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ImageReference } from '../engine/pull/image-reference.ts';
import { mapLimited } from '../foundation/pool.ts';
import { readManifest } from './artifact.ts';
import { Repository } from './registry/client.ts';
import type { Manifest, RegistryOptions } from './registry/client.ts';
import type { Descriptor } from './registry/content.ts';
import { RemoteError } from './remote-error.ts';

/** Layers at a time. */
const PARALLEL = 4;

/**
 * Copies an image with all its platforms into the repository `target`, and says how an index refers to
 * it. Content of the same registry is not transferred.
 */
export async function copyImage(
  image: ImageReference,
  target: ImageReference,
  options: RegistryOptions,
): Promise<Descriptor> {
  const from = new Repository(image, options);
  const to = new Repository(target, options);
  const folder = await mkdtemp(join(tmpdir(), 'tcompose-copy-'));
  try {
    const isNear = image.domain === target.domain;
    const copy: Copy = { from, to, mountFrom: isNear ? image.path : undefined, folder };
    const manifest = await from.manifest(image.digest ?? image.tag ?? 'latest');
    await copyManifest(manifest, copy);
    return {
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.bytes.length,
      annotations: { [`containerd.io/distribution.source.${hostOf(image)}`]: image.path },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Copy {
  readonly from: Repository;
  readonly to: Repository;
  /** Repository of the same registry. */
  readonly mountFrom: string | undefined;
  /** For layers on their way. */
  readonly folder: string;
}

async function copyManifest(manifest: Manifest, copy: Copy): Promise<void> {
  const { from, to } = copy;
  const content = readManifest(manifest.bytes);
  if (content === undefined) {
    throw new RemoteError(`the registry answered with something that is no manifest of an image`);
  }
  for (const child of content.manifests ?? []) {
    await copyManifest(await from.manifest(child.digest), copy);
  }
  const { config, layers = [] } = content;
  const blobs = config === undefined ? layers : [config as Descriptor, ...layers];
  await mapLimited(blobs, PARALLEL, (blob) => copyBlob(blob, copy));
  await to.pushManifest(manifest.digest, manifest.mediaType, manifest.bytes);
}

async function copyBlob(blob: Descriptor, { from, to, mountFrom, folder }: Copy): Promise<void> {
  const isThere =
    mountFrom === undefined
      ? await to.hasBlob(blob.digest)
      : await to.mountBlob(blob.digest, mountFrom);
  if (isThere) return;
  const path = join(folder, blob.digest.replace(':', '-'));
  await from.blobToFile(blob, path);
  await to.pushFile(path, blob.digest);
  await rm(path, { force: true });
}

function hostOf({ domain }: ImageReference): string {
  return domain.replace(/:\d+$/, '');
}
