import type { Instance, MachineState } from '../provider.ts';
import { MACHINE_TAG, STORE_TAG, TAG } from '../machine-tags.ts';
import type { Tags } from '../tags.ts';
import type { Droplet } from './model.ts';

const STATES: Readonly<Record<Droplet['status'], MachineState>> = {
  new: 'Starting',
  active: 'Running',
  off: 'Stopped',
  archive: 'Stopped',
};

const OWN: readonly string[] = [TAG, STORE_TAG, MACHINE_TAG];

/** Tags of DigitalOcean are single words of letters, digits, `:`, `-` and `_`; machines have no `_` in their names. */
export function tagWords(tags: Tags): string[] {
  return Object.entries(tags).map(([key, value]) => tagWord(key, value));
}

/** One tag as a word. */
export function tagWord(key: string, value: string): string {
  return key === TAG ? TAG : `${key}:${value.replace(/[^a-zA-Z0-9\-:]/g, '_')}`;
}

/** The word that tells the machines of a store apart from all others. */
export function storeWord(tags: Tags): string {
  const store = tags[STORE_TAG];
  return store === undefined ? TAG : tagWord(STORE_TAG, store);
}

/** True when a droplet has all of these tags. */
export function isTagged(droplet: Pick<Droplet, 'tags'>, tags: Tags): boolean {
  return hasWords(droplet.tags, tagWords(tags));
}

/** True when a thing has all of these words. Tags keep the capitals that they were first given in an account. */
export function hasWords(tags: readonly string[], words: readonly string[]): boolean {
  const has = new Set(tags.map((word) => word.toLowerCase()));
  return words.every((word) => has.has(word.toLowerCase()));
}

/** A droplet in the words of all providers. */
export function instanceOf(droplet: Droplet): Instance {
  const { networks } = droplet;
  const v4 = (type: 'public' | 'private'): string | undefined =>
    networks.v4?.find((network) => network.type === type)?.ip_address;
  const address = v4('public');
  const privateAddress = v4('private');
  const ipv6Address = networks.v6?.[0]?.ip_address;
  const image = droplet.image.slug ?? droplet.image.name;
  const tags = tagsOf(droplet);
  return {
    id: String(droplet.id),
    name: tags[MACHINE_TAG] ?? droplet.name,
    state: STATES[droplet.status],
    ...(address === undefined ? {} : { address }),
    ...(privateAddress === undefined ? {} : { privateAddress }),
    ...(ipv6Address === undefined ? {} : { ipv6Address }),
    region: droplet.region.slug,
    size: droplet.size_slug,
    ...(image === undefined ? {} : { image }),
    createdAt: droplet.created_at,
    tags,
  };
}

function tagsOf({ tags, name }: Droplet): Record<string, string> {
  return Object.fromEntries(
    tags.map((word) => {
      const at = word.indexOf(':');
      const written = at < 0 ? word : word.slice(0, at);
      const value = at < 0 ? '' : word.slice(at + 1);
      const key = OWN.find((own) => own === written.toLowerCase()) ?? written;
      if (key !== MACHINE_TAG) return [key, value];
      const machine = value.replaceAll('_', '.');
      // The name of the droplet has the capitals that were meant.
      return [key, machine.toLowerCase() === name.toLowerCase() ? name : machine];
    }),
  );
}
