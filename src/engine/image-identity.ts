import type { ObservedImage } from '../scheduler/observed.ts';
import type { EngineClient } from './client.ts';
import { matchesPlatform, parsePlatform, type Platform } from './platform.ts';

/** Part of the answer of `GET /images/{name}/json`. */
export interface ImageInspect {
  readonly Id: string;
  readonly Architecture: string;
  readonly Os: string;
  readonly Variant?: string;
  readonly Config?: { readonly Volumes?: Readonly<Record<string, object>> | null } | null;
  readonly Metadata?: { readonly LastTagTime?: string };
  /** Since API 1.48, of engines with the containerd image store. */
  readonly Manifests?: readonly ImageManifest[] | null;
}

export interface ImageManifest {
  readonly ID: string;
  readonly Kind: string;
  readonly Available: boolean;
  readonly ImageData?: {
    readonly Platform: {
      readonly os: string;
      readonly architecture: string;
      readonly variant?: string;
    };
  } | null;
}

export interface InspectedImage {
  readonly image: ObservedImage;
  /** False when the local image is of another platform than the one asked for. */
  readonly satisfied: boolean;
}

/** Looks an image up by reference. Throws `not-found` when it is not there. */
export async function inspectImage(
  client: EngineClient,
  query: { readonly reference: string; readonly platform?: string },
  signal: AbortSignal,
): Promise<InspectedImage> {
  const answer = await client.send<ImageInspect>(
    {
      method: 'GET',
      path: `/images/${encodeReference(query.reference)}/json`,
      ...(client.supports('1.48') ? { query: { manifests: true } } : {}),
      resource: `image ${query.reference}`,
    },
    signal,
  );
  return identifyImage(answer, query.platform);
}

/** References keep their slashes in paths; everything else that is special is encoded. */
export function encodeReference(reference: string): string {
  return reference.split('/').map(encodeURIComponent).join('/').replaceAll('%3A', ':');
}

/**
 * What identifies an image: its id, and for the runnable content the manifest of the platform where the
 * engine lists manifests (an index also covers attestations, which change with every build).
 */
export function identifyImage(inspect: ImageInspect, platform?: string): InspectedImage {
  const pinned = platform !== undefined && platform !== '';
  const flat = platformOf(inspect.Os, inspect.Architecture, inspect.Variant);
  const wanted = pinned ? parsePlatform(platform) : flat;
  const available = (inspect.Manifests ?? []).filter(
    ({ Kind, Available }) => Kind === 'image' && Available,
  );
  const own = available.find(
    ({ ImageData }) =>
      ImageData !== undefined &&
      ImageData !== null &&
      matchesPlatform(
        wanted,
        platformOf(
          ImageData.Platform.os,
          ImageData.Platform.architecture,
          ImageData.Platform.variant,
        ),
      ),
  );
  const only = available.length === 1 ? available[0] : undefined;
  const flatFits = matchesPlatform(wanted, flat);
  const satisfied =
    own !== undefined ||
    (only !== undefined
      ? (only.ImageData === undefined || only.ImageData === null) && flatFits
      : (inspect.Manifests ?? []).length === 0 && (!pinned || flatFits));
  const lastTagged = Date.parse(inspect.Metadata?.LastTagTime ?? '');
  return {
    satisfied: satisfied || !pinned,
    image: {
      id: inspect.Id,
      digest: (own ?? only)?.ID ?? inspect.Id,
      platform: `${inspect.Os}/${inspect.Architecture}${inspect.Variant ? `/${inspect.Variant}` : ''}`,
      volumes: Object.keys(inspect.Config?.Volumes ?? {}).sort(),
      // The zero time of Go, year 1, stands for "never".
      lastTagged: lastTagged > 0 ? lastTagged : undefined,
    },
  };
}

function platformOf(os: string, architecture: string, variant?: string): Platform {
  return parsePlatform([os, architecture, ...(variant ? [variant] : [])].join('/'));
}
