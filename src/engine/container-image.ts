import type { EngineClient } from './client.ts';
import { isEngineError } from './errors.ts';
import { encodeReference, type ImageInspect } from './image-identity.ts';
import type { ContainerSummary } from './observe.ts';
import { familiarName, parseImageReference } from './pull/image-reference.ts';

/** The image that a container was made from. */
export interface ContainerImage {
  /** `sha256:…`. */
  readonly id: string;
  /** Name without tag, as users write it; empty when the container only knows an id. */
  readonly repository: string;
  readonly tag: string;
  /** `linux/arm64`, or `unknown`. */
  readonly platform: string;
  readonly size: number;
  /** RFC 3339; undefined when the image does not say. */
  readonly created: string | undefined;
  /** RFC 3339; undefined when it never was tagged here. */
  readonly lastTagged: string | undefined;
}

interface SizedImage extends ImageInspect {
  readonly Size: number;
  readonly Created?: string;
}

/**
 * Describes a container's image. Of an image that was removed meanwhile only what the container itself
 * knows is told.
 */
export async function describeContainerImage(
  client: EngineClient,
  container: ContainerSummary,
  signal: AbortSignal,
): Promise<ContainerImage> {
  const name = nameOf(container.Image);
  const inspect = (platform?: object): Promise<SizedImage> =>
    client.send<SizedImage>(
      {
        method: 'GET',
        path: `/images/${encodeReference(container.Image)}/json`,
        ...(platform === undefined ? {} : { query: { platform } }),
        resource: `image ${container.Image}`,
      },
      signal,
    );
  try {
    const own = await inspect();
    const platform = container.ImageManifestDescriptor?.platform;
    // Of an image for several platforms, what the container runs on; its id stays that of the whole.
    const shown = client.supports('1.49') && platform ? await inspect(platform) : own;
    return { id: own.Id, ...name, ...factsOf(shown) };
  } catch (error) {
    if (!isEngineError(error, 'not-found')) throw error;
    const unknown = { platform: 'unknown', size: 0, created: undefined, lastTagged: undefined };
    return { id: container.ImageID, ...name, ...unknown };
  }
}

function nameOf(image: string): Pick<ContainerImage, 'repository' | 'tag'> {
  const parsed = parseImageReference(image);
  // What has no name any more is listed by its id, `sha256:…`.
  if (!parsed.ok || /^sha256:[0-9a-f]{64}$/.test(image)) return { repository: '', tag: '' };
  const { tag, digest } = parsed.value;
  return {
    repository: familiarName(parsed.value),
    tag: digest === undefined ? (tag ?? 'latest') : '',
  };
}

function factsOf(image: SizedImage): Omit<ContainerImage, 'id' | 'repository' | 'tag'> {
  const { Os, Architecture, Variant, Size, Created, Metadata } = image;
  return {
    platform: [Os || 'unknown', Architecture, Variant].filter(Boolean).join('/'),
    size: Size,
    created: Created === undefined || Created === '' ? undefined : goTime(Created),
    lastTagged: isZeroTime(Metadata?.LastTagTime) ? undefined : goTime(Metadata?.LastTagTime ?? ''),
  };
}

/** The first moment of year 1 is what Go calls no time. */
function isZeroTime(time: string | undefined): boolean {
  return time === undefined || time.startsWith('0001-01-01T00:00:00');
}

/** As Go prints times: no zeros at the end of the fraction, `Z` for UTC. */
function goTime(time: string): string {
  return time
    .replace(/\.(\d*?)0+(?=\D)/, (_whole, digits: string) => (digits === '' ? '' : `.${digits}`))
    .replace(/\+00:00$/, 'Z');
}
