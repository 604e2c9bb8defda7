import type { RemoteResource } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { MACHINE_TAG, STORE_TAG, TAG } from '../machine-tags.ts';
import { nameOf, type Tags } from '../tags.ts';
import type { DigitalOceanClient } from './client.ts';
import { hasWords, instanceOf, storeWord, tagWord } from './droplet.ts';
import { firewallName, firewallsOf } from './firewall.ts';
import type { Droplet, Firewall, SshKey } from './model.ts';
import { onceFree } from './once-free.ts';
import type { Place } from './place.ts';
import { isOwnKey, machineOfKey } from './ssh-key.ts';

/** Milliseconds between looks whether a droplet is gone, and after which that is given up. */
const INTERVAL = 1500;
const TIMEOUT = 180_000;

/** Everything that was made for the machines of a store, or for one of them; instances come first. */
export async function resourcesOf({ client }: Place, tags: Tags): Promise<RemoteResource[]> {
  const [droplets, keys, firewalls] = await Promise.all([
    client.list<Droplet>('/v2/droplets', 'droplets', { tag_name: storeWord(tags) }),
    tags[STORE_TAG] === undefined ? [] : client.list<SshKey>('/v2/account/keys', 'ssh_keys'),
    tags[STORE_TAG] === undefined ? [] : firewallsOf(client),
  ]);
  const machine = tags[MACHINE_TAG];
  const all = [
    ...droplets.filter(isOurs).map(dropletResource),
    ...keys.filter((key) => isOwnKey(key, nameOf(tags))).map(keyResource),
    ...firewalls.flatMap((firewall) => firewallResource(firewall, tags, droplets)),
  ];
  return all.filter(
    (each) => machine === undefined || each.machine === undefined || each.machine === machine,
  );
}

/** True for a droplet that was made for a machine; others may have got one of the tags by hand. */
function isOurs(droplet: Droplet): boolean {
  const { tags } = instanceOf(droplet);
  return TAG in tags && MACHINE_TAG in tags;
}

function dropletResource(droplet: Droplet): RemoteResource {
  const { id, name, region = '', size = '' } = instanceOf(droplet);
  return {
    kind: 'instance',
    id,
    region,
    machine: name,
    title: `droplet ${id} (${name}, ${size}, ${region})`,
  };
}

function keyResource(key: SshKey): RemoteResource {
  const machine = machineOfKey(key);
  return {
    kind: 'ssh-key',
    id: String(key.id),
    ...(machine === undefined ? {} : { machine }),
    title: `SSH key ${key.name}`,
  };
}

function firewallResource(
  { id, name, tags: own }: Firewall,
  tags: Tags,
  droplets: readonly Droplet[],
): RemoteResource[] {
  const title = `firewall ${name}`;
  const store = firewallName(nameOf(tags));
  if (name === store) {
    return hasWords(own ?? [], [storeWord(tags)]) ? [{ kind: 'firewall', id, title }] : [];
  }
  if (!name.startsWith(`${store}-`)) return [];
  // Names of firewalls are those of machines as they are, for both have letters, digits, dots and dashes only.
  const machine = name.slice(store.length + 1);
  const known = droplets.find((droplet) => instanceOf(droplet).name === machine);
  return [{ kind: 'firewall', id, machine: known === undefined ? machine : known.name, title }];
}

/** Removes one resource and returns when it is gone; false: others still use it. */
export async function removeResource(
  place: Place,
  { kind, id }: Pick<RemoteResource, 'kind' | 'id'>,
): Promise<boolean> {
  switch (kind) {
    case 'instance':
      return await removeDroplet(place, id);
    case 'ssh-key':
      return await removeKey(place, id);
    case 'firewall':
      return await removeFirewall(place, id);
    default:
      throw new ProviderError('invalid', `DigitalOcean has nothing that is called "${kind}"`);
  }
}

async function removeDroplet({ client, context }: Place, id: string): Promise<boolean> {
  const { clock, signal } = context;
  const path = `/v2/droplets/${id}`;
  const found = await client.find<{ droplet: Droplet }>(path);
  if (found === undefined) return true;
  await onceFree(context, () => client.remove(path));
  const deadline = clock.now() + TIMEOUT;
  while ((await client.find(path)) !== undefined) {
    if (clock.now() >= deadline) {
      throw new ProviderError('failed', `the droplet ${id} is still there after it was removed`, {
        hint: 'Try again, or remove it at https://cloud.digitalocean.com/droplets.',
      });
    }
    await clock.sleep(INTERVAL, signal);
  }
  const word = found.droplet.tags.find((tag) => tag.toLowerCase().startsWith(`${MACHINE_TAG}:`));
  if (word !== undefined) await removeTag(client, word);
  return true;
}

async function removeKey({ client }: Place, id: string): Promise<boolean> {
  const path = `/v2/account/keys/${encodeURIComponent(id)}`;
  const key = (await client.find<{ ssh_key: SshKey }>(path))?.ssh_key;
  if (key === undefined) return true;
  if (!key.name.startsWith('tcompose-')) throw foreign(`SSH key ${key.name}`);
  const store = key.name.slice('tcompose-'.length);
  if (machineOfKey(key) === undefined && (await isInUse(client, tagWord(STORE_TAG, store)))) {
    return false;
  }
  await client.remove(path);
  return true;
}

async function removeFirewall({ client, context }: Place, id: string): Promise<boolean> {
  const path = `/v2/firewalls/${id}`;
  const firewall = (await client.find<{ firewall: Firewall }>(path))?.firewall;
  if (firewall === undefined) return true;
  if (!firewall.name.startsWith('tcompose-')) throw foreign(`firewall ${firewall.name}`);
  const tags = firewall.tags ?? [];
  for (const tag of tags) {
    if (await isInUse(client, tag)) return false;
  }
  await client.remove(path);
  for (const tag of tags) await removeTag(client, tag);
  // What is remembered of a firewall that is gone is only clutter as well.
  await context.caller
    .withRules(id, context.signal, async ({ rules, remember }) => {
      if (rules.length > 0) await remember([]);
    })
    .catch(() => undefined);
  return true;
}

async function isInUse(client: DigitalOceanClient, tag: string): Promise<boolean> {
  const droplets = await client.list<Droplet>('/v2/droplets', 'droplets', { tag_name: tag });
  return droplets.length > 0;
}

/** A tag that nothing has any more is only clutter; failing to remove it is no failure. */
async function removeTag(client: DigitalOceanClient, tag: string): Promise<void> {
  try {
    const path = `/v2/tags/${encodeURIComponent(tag)}`;
    const found = await client.find<{ tag: { resources?: { count?: number } } }>(path);
    if (found?.tag.resources?.count === 0) await client.remove(path);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
  }
}

function foreign(title: string): ProviderError {
  return new ProviderError('invalid', `the ${title} was not made by tcompose and is left alone`);
}
