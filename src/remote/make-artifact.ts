import { basename } from 'node:path';

import {
  COMPOSE_FILE_TYPE,
  COMPOSE_VERSION,
  EMPTY_CONFIG_TYPE,
  EMPTY_JSON_TYPE,
  ENV_FILE_NAME,
  ENV_FILE_TYPE,
  FILE_NAME,
  INDEX_TYPE,
  IS_EXTENDED,
  MANIFEST_TYPE,
  PROJECT_TYPE,
} from './artifact.ts';
import { digestOf } from './registry/content.ts';
import type { Descriptor } from './registry/content.ts';

/** `1.1` has a type for the manifest, `1.0` tells it by that of the configuration. */
export type OciVersion = '1.0' | '1.1';

/** A file on its way into an artifact. */
export interface ArtifactFile {
  /**
   * `compose`: one of the project's own; `extended`: services of them extend it; `env`: an env file.
   */
  readonly role: 'compose' | 'extended' | 'env';
  readonly name: string;
  readonly content: Uint8Array;
}

/** Something to be put into a registry, and how manifests refer to it. */
export interface Piece {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** The layer of a file. `version` is that of Compose which the artifact is for. */
export function layerOf({ role, name, content }: ArtifactFile, version: string): Piece {
  const type = role === 'env' ? ENV_FILE_TYPE : COMPOSE_FILE_TYPE;
  return piece(type, content, {
    ...(role === 'extended' && { [IS_EXTENDED]: 'true' }),
    ...(role === 'env' ? { [ENV_FILE_NAME]: basename(name) } : { [FILE_NAME]: basename(name) }),
    [COMPOSE_VERSION]: version,
  });
}

/** The configuration, which says nothing. */
export function configOf(oci: OciVersion): Piece {
  const type = oci === '1.1' ? EMPTY_JSON_TYPE : EMPTY_CONFIG_TYPE;
  return piece(type, Buffer.from('{}'), undefined);
}

export interface ManifestParts {
  readonly oci: OciVersion;
  readonly layers: readonly Piece[];
  /** RFC 3339. */
  readonly created: string;
  readonly version: string;
}

/** The manifest of a project. */
export function manifestOf({ oci, layers, created, version }: ManifestParts): Piece {
  const artifactType = oci === '1.1' ? { artifactType: PROJECT_TYPE } : {};
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    ...artifactType,
    config: configOf(oci).descriptor,
    layers: layers.map(({ descriptor }) => descriptor),
    annotations: { 'org.opencontainers.image.created': created },
  };
  const bytes = Buffer.from(JSON.stringify(manifest));
  return {
    bytes,
    descriptor: {
      mediaType: MANIFEST_TYPE,
      digest: digestOf(bytes),
      size: bytes.length,
      annotations: { [COMPOSE_VERSION]: version },
      ...artifactType,
    },
  };
}

/** The index of an application: the images of its services, as something about the project. */
export function indexOf(
  images: readonly Descriptor[],
  project: Descriptor,
  version: string,
): Piece {
  const annotations = { [COMPOSE_VERSION]: version };
  const index = {
    schemaVersion: 2,
    mediaType: INDEX_TYPE,
    manifests: images,
    subject: project,
    annotations,
  };
  const bytes = Buffer.from(JSON.stringify(index));
  return {
    bytes,
    descriptor: { mediaType: INDEX_TYPE, digest: digestOf(bytes), size: bytes.length, annotations },
  };
}

/** Small content stands in the manifest as well, as Compose does it. */
function piece(
  mediaType: string,
  content: Uint8Array,
  annotations: Readonly<Record<string, string>> | undefined,
): Piece {
  const bytes = Buffer.from(content);
  return {
    bytes,
    descriptor: {
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
      ...(annotations !== undefined && { annotations: sorted(annotations) }),
      ...(bytes.length > 0 && { data: bytes.toString('base64') }),
    },
  };
}

function sorted(map: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(map).toSorted(([left], [right]) => (left < right ? -1 : 1)),
  );
}
