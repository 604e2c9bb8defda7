import { unknownValue } from '../did-you-mean.ts';
import { ProviderError } from '../provider-error.ts';
import type { DigitalOceanClient } from './client.ts';
import type { Image } from './model.ts';

/** Images of distributions, as DigitalOcean publishes them. */
export async function distributionImages(client: DigitalOceanClient): Promise<readonly Image[]> {
  return await client.list<Image>('/v2/images', 'images', { type: 'distribution' });
}

/**
 * What a droplet is to be made from, as the API takes it: the image that was asked for, else the newest Debian.
 *
 * @throws ProviderError with what may have been meant
 */
export async function resolveImage(
  client: DigitalOceanClient,
  { image, region }: { readonly image?: string | undefined; readonly region: string },
): Promise<string | number> {
  if (image !== undefined && /^\d+$/.test(image)) return Number(image);
  const images = (await distributionImages(client)).filter(({ slug }) => slug !== null);
  if (image === undefined) {
    const slug = newestDebian(images.filter(({ regions }) => regions.includes(region)));
    if (slug !== undefined) return slug;
    throw new ProviderError('invalid', `DigitalOcean has no image of Debian in ${region}`, {
      hint: 'Choose one: --digitalocean-image ubuntu-24-04-x64.',
    });
  }
  const found = images.find(({ slug }) => slug === image);
  if (found?.regions.includes(region) === true) return image;
  if (found !== undefined) {
    throw new ProviderError('invalid', `the image "${image}" is not in the region ${region}`, {
      hint: `It is in ${found.regions.join(', ')}: --digitalocean-region.`,
    });
  }
  // Also a private image may have a slug, or be meant by its name.
  const own = await client.list<Image>('/v2/images', 'images', { private: 'true' });
  const mine = own.find(({ slug, name }) => slug === image || name === image);
  if (mine !== undefined) return mine.id;
  const names = [...images.map(({ slug }) => slug ?? ''), ...own.map(({ name }) => name)];
  throw unknownValue('--digitalocean-image', { kind: 'image', value: image }, names);
}

function newestDebian(images: readonly Image[]): string | undefined {
  const versions = images.flatMap(({ slug }) => {
    const version = /^debian-(\d+)-x64$/.exec(slug ?? '')?.[1];
    return version === undefined ? [] : [{ slug: slug ?? '', version: Number(version) }];
  });
  return versions.sort((a, b) => b.version - a.version)[0]?.slug;
}
