import type { ImageReference } from '../engine/pull/image-reference.ts';
import { configOf, indexOf, layerOf, manifestOf } from './make-artifact.ts';
import type { ArtifactFile, OciVersion, Piece } from './make-artifact.ts';
import { copyImage } from './copy-image.ts';
import { Repository } from './registry/client.ts';
import type { RegistryOptions } from './registry/client.ts';
import { RemoteError } from './remote-error.ts';

export interface PublishOptions extends RegistryOptions {
  /** Undefined: 1.1, or 1.0 where the registry refuses that. */
  readonly oci: OciVersion | undefined;
  /** Images of an application, which are copied along. */
  readonly images: readonly ImageReference[];
  /** Version of Compose that the artifact is for. */
  readonly version: string;
  /** RFC 3339. */
  readonly created: string;
}

/** Statuses that say nothing about what a registry can do. */
const AUTHORISATION = new Set([401, 403, 407, 429]);

/**
 * Puts a project into a registry, the manifest last: until then nobody sees any of it.
 *
 * @throws RemoteError
 */
export async function publishArtifact(
  target: ImageReference,
  files: readonly ArtifactFile[],
  options: PublishOptions,
): Promise<void> {
  const repository = new Repository(target, options);
  const layers = files.map((file) => layerOf(file, options.version));
  for (const { bytes } of layers) await repository.pushBlob(bytes);
  const manifest = await pushProject(repository, target.tag ?? 'latest', { layers, options });
  if (options.images.length === 0) return;
  const copies = [];
  for (const image of options.images) copies.push(await copyImage(image, target, options));
  const index = indexOf(copies, manifest.descriptor, options.version);
  const { mediaType, digest } = index.descriptor;
  await repository.pushManifest(digest, mediaType, index.bytes);
}

async function pushProject(
  repository: Repository,
  tag: string,
  { layers, options }: { readonly layers: readonly Piece[]; readonly options: PublishOptions },
): Promise<Piece> {
  const push = async (oci: OciVersion): Promise<Piece> => {
    await repository.pushBlob(configOf(oci).bytes);
    const manifest = manifestOf({ ...options, oci, layers });
    await repository.pushManifest(tag, manifest.descriptor.mediaType, manifest.bytes);
    return manifest;
  };
  if (options.oci !== undefined) return push(options.oci);
  try {
    return await push('1.1');
  } catch (error) {
    const status = error instanceof RemoteError ? (error.status ?? 0) : 0;
    if (status < 400 || status >= 500 || AUTHORISATION.has(status)) throw error;
    return push('1.0');
  }
}
