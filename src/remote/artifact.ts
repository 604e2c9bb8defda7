import type { Descriptor } from './registry/content.ts';

/**
 * Compose projects as OCI artifacts, as Compose makes them: the type of the manifest (OCI 1.1) or, where
 * a registry takes none, that of its empty configuration (OCI 1.0), and the types of the layers.
 */
export const PROJECT_TYPE = 'application/vnd.docker.compose.project';
export const EMPTY_CONFIG_TYPE = 'application/vnd.docker.compose.config.empty.v1+json';
export const COMPOSE_FILE_TYPE = 'application/vnd.docker.compose.file+yaml';
export const ENV_FILE_TYPE = 'application/vnd.docker.compose.envfile';
export const EMPTY_JSON_TYPE = 'application/vnd.oci.empty.v1+json';
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

/** Annotations of layers: the name of the file, and whether it is only extended by others. */
export const FILE_NAME = 'com.docker.compose.file';
export const ENV_FILE_NAME = 'com.docker.compose.envfile';
export const IS_EXTENDED = 'com.docker.compose.extends';
export const COMPOSE_VERSION = 'com.docker.compose.version';

/** A manifest or an index, as far as it is looked at. */
export interface ArtifactManifest {
  readonly artifactType?: string;
  readonly config?: { readonly mediaType?: string };
  readonly layers?: readonly Descriptor[];
  /** Of an index. */
  readonly manifests?: readonly Descriptor[];
}

/** Reads JSON of a registry; undefined where it is no manifest. */
export function readManifest(bytes: Uint8Array): ArtifactManifest | undefined {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof read !== 'object' || read === null || Array.isArray(read)) return undefined;
    const { layers, manifests } = read as ArtifactManifest;
    const areDescriptors = [...(layers ?? []), ...(manifests ?? [])].every(isDescriptor);
    return areDescriptors ? read : undefined;
  } catch {
    return undefined;
  }
}

function isDescriptor(value: Partial<Descriptor> | null): boolean {
  return (
    typeof value?.digest === 'string' &&
    typeof value.mediaType === 'string' &&
    Number.isSafeInteger(value.size)
  );
}

/** Undefined for a Compose project; otherwise what the manifest says that it is. */
export function otherType({ artifactType = '', config }: ArtifactManifest): string | undefined {
  const configType = config?.mediaType ?? '';
  if (artifactType === '' ? configType === EMPTY_CONFIG_TYPE : artifactType === PROJECT_TYPE)
    return undefined;
  return artifactType === '' ? configType : artifactType;
}

export interface ArtifactLayer {
  readonly descriptor: Descriptor;
  readonly content: string;
}

/** The files that the layers stand for, or why they are none. */
export type Unpacked =
  | { readonly ok: true; readonly files: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly message: string };

/**
 * Unpacks layers as Compose does: the project's files one after the other into compose.yaml, as YAML
 * documents, and beside it the files that they extend and their env files. Names are names, never
 * paths.
 */
export function unpackArtifact(layers: readonly ArtifactLayer[]): Unpacked {
  const files = new Map<string, string>();
  for (const [index, { descriptor, content }] of layers.entries()) {
    const { mediaType, annotations = {}, digest } = descriptor;
    if (mediaType === COMPOSE_FILE_TYPE) {
      const isExtended = annotations[IS_EXTENDED] !== undefined;
      const name = isExtended ? (annotations[FILE_NAME] ?? '') : 'compose.yaml';
      if (!isFileName(name)) return invalid(name);
      const isFollowing = index > 0 && annotations[FILE_NAME] !== undefined;
      files.set(name, `${files.get(name) ?? ''}${isFollowing ? '\n---\n' : ''}${content}`);
    } else if (mediaType === ENV_FILE_TYPE) {
      const name = annotations[ENV_FILE_NAME];
      if (name === undefined) {
        return {
          ok: false,
          message: `missing annotation ${ENV_FILE_NAME} in layer ${JSON.stringify(digest)}`,
        };
      }
      if (!isFileName(name)) return invalid(name);
      files.set(name, content);
    }
  }
  if (files.has('compose.yaml')) return { ok: true, files };
  return { ok: false, message: 'invalid OCI artifact: it has no Compose file' };
}

function isFileName(name: string): boolean {
  return name !== '' && name !== '.' && name !== '..' && !/[/\\\0]/.test(name);
}

function invalid(name: string): Unpacked {
  return { ok: false, message: `invalid OCI artifact: ${JSON.stringify(name)} is no file name` };
}
