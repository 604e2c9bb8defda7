import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { OCI_PREFIX } from '../compose/remote-path.ts';
import { parseImageReference } from '../engine/pull/image-reference.ts';
import type { ImageReference } from '../engine/pull/image-reference.ts';
import { mapLimited } from '../foundation/pool.ts';
import { PROJECT_TYPE, otherType, readManifest, unpackArtifact } from './artifact.ts';
import type { ArtifactLayer, ArtifactManifest } from './artifact.ts';
import { fillDirectory } from './cache.ts';
import type { FetchedFile, FetchSettings } from './fetched-file.ts';
import { Repository } from './registry/client.ts';
import type { Manifest, RegistryOptions } from './registry/client.ts';
import { hasDigest, hexOf } from './registry/content.ts';
import type { Descriptor } from './registry/content.ts';
import { RemoteError } from './remote-error.ts';

/** Layers at a time. */
const PARALLEL = 8;
const LAYER_LIMIT = 64 * 1024 * 1024;

/**
 * The Compose file of the artifact that `oci://REGISTRY/REPOSITORY[:TAG|@DIGEST]` means now, in a copy
 * of everything that was published with it. A copy that is there already is not fetched again.
 *
 * @throws RemoteError
 */
export async function fetchFromRegistry(
  text: string,
  settings: Pick<FetchSettings, 'cache'>,
  options: RegistryOptions,
): Promise<FetchedFile> {
  const parsed = parseImageReference(text.slice(OCI_PREFIX.length));
  if (!parsed.ok) {
    throw new RemoteError(parsed.error, {
      hint: `an artifact is named ${OCI_PREFIX}REGISTRY/REPOSITORY[:TAG|@DIGEST], unlike ${text}`,
    });
  }
  const name = fullName(parsed.value);
  try {
    return await fetchProject(name, parsed.value, { cache: settings.cache, options });
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error;
    const { message, hint, status } = error;
    throw new RemoteError(`failed to pull OCI resource ${JSON.stringify(name)}: ${message}`, {
      cause: error,
      ...(hint !== undefined && { hint }),
      ...(status !== undefined && { status }),
    });
  }
}

async function fetchProject(
  name: string,
  reference: ImageReference,
  { cache, options }: { readonly cache: string; readonly options: RegistryOptions },
): Promise<FetchedFile> {
  const repository = new Repository(reference, options);
  const top = await repository.manifest(reference.digest ?? reference.tag ?? 'latest');
  const root = join(cache, hexOf(top.digest) ?? '');
  const path = join(root, 'compose.yaml');
  await fillDirectory(
    root,
    () => existsSync(path),
    async (directory) => {
      const manifest = await projectManifest(name, read(top, name), repository);
      for (const [file, content] of await filesOf(manifest, repository)) {
        await writeFile(join(directory, file), content, { mode: 0o600, flag: 'wx' });
      }
    },
  );
  return { path, root };
}

/** The manifest of the project itself, which an index may only refer to. */
async function projectManifest(
  name: string,
  top: ArtifactManifest,
  repository: Repository,
): Promise<ArtifactManifest> {
  let manifest = top;
  if (top.manifests !== undefined) {
    const found = top.manifests.findLast(({ artifactType }) => artifactType === PROJECT_TYPE);
    if (found === undefined) {
      throw new RemoteError(`OCI index ${name} doesn't refer to compose artifacts`, {
        hint: 'it is an image; what "publish" made can be used as a Compose file',
      });
    }
    manifest = read(await repository.manifest(found.digest), name);
  }
  const other = otherType(manifest);
  if (other === undefined) return manifest;
  throw new RemoteError(`${name} is not a compose project OCI artifact, but ${other}`, {
    hint: 'what "publish" made can be used as a Compose file; an image cannot',
  });
}

async function filesOf(
  { layers = [] }: ArtifactManifest,
  repository: Repository,
): Promise<ReadonlyMap<string, string>> {
  const content = await mapLimited(
    layers,
    PARALLEL,
    async (descriptor): Promise<ArtifactLayer> => ({
      descriptor,
      content: (await layer(descriptor, repository)).toString('utf8'),
    }),
  );
  const unpacked = unpackArtifact(content);
  if (unpacked.ok) return unpacked.files;
  throw new RemoteError(unpacked.message, { hint: 'it is damaged, or meant to do harm' });
}

/** A small layer may stand in the manifest itself. */
async function layer(descriptor: Descriptor, repository: Repository): Promise<Buffer> {
  const { data, digest, size } = descriptor;
  if (size < 0 || size > LAYER_LIMIT) {
    throw new RemoteError(`invalid OCI artifact: a layer of ${size} bytes`);
  }
  const inline = typeof data === 'string' ? Buffer.from(data, 'base64') : undefined;
  if (inline?.length === size && hasDigest(inline, digest)) return inline;
  return repository.blob(descriptor);
}

function read({ bytes }: Manifest, name: string): ArtifactManifest {
  const manifest = readManifest(bytes);
  if (manifest !== undefined) return manifest;
  throw new RemoteError(`the registry answered with something that is no manifest of ${name}`, {
    hint: 'check the address: a proxy or a login page may answer in its place',
  });
}

/** With everything that was left out, as Compose shows it. */
export function fullName({ domain, path, tag, digest }: ImageReference): string {
  if (digest !== undefined) return `${domain}/${path}@${digest}`;
  return `${domain}/${path}:${tag ?? 'latest'}`;
}
