import type { Choice, ChoiceKind } from '../provider.ts';
import type { DigitalOceanClient } from './client.ts';
import { distributionImages } from './image.ts';
import type { Region, Size } from './model.ts';

/** What a flag's value may be, with prices. */
export async function choicesOf(
  client: DigitalOceanClient,
  kind: ChoiceKind,
  region: string,
): Promise<Choice[]> {
  switch (kind) {
    case 'regions': {
      const regions = await client.list<Region>('/v2/regions', 'regions');
      return regions
        .filter(({ available }) => available)
        .map(({ slug, name }) => ({ value: slug, summary: name }));
    }
    case 'sizes': {
      const sizes = await client.list<Size>('/v2/sizes', 'sizes');
      return sizes
        .filter(({ available, regions }) => available && regions.includes(region))
        .sort((a, b) => a.price_monthly - b.price_monthly)
        .map((size) => ({ value: size.slug, summary: describeSize(size) }));
    }
    case 'images': {
      const images = await distributionImages(client);
      return images
        .filter(({ slug, regions }) => slug !== null && regions.includes(region))
        .map(({ slug, distribution, name }) => ({
          value: slug ?? '',
          summary: `${distribution} ${name}`,
        }));
    }
    case 'zones':
      return [];
  }
}

/** `2 vCPU, 4 GiB, 80 GB disk, $24.00 a month` */
function describeSize({ vcpus, memory, disk, price_monthly }: Size): string {
  const gib = Number((memory / 1024).toFixed(1));
  return `${vcpus} vCPU, ${gib} GiB, ${disk} GB disk, $${price_monthly.toFixed(2)} a month`;
}
