import type { CreateRequest, Instance } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { compact } from '../flag-values.ts';
import { resolveProject, resolveVpc } from './check.ts';
import type { DigitalOceanClient } from './client.ts';
import { instanceOf, isTagged, storeWord, tagWords } from './droplet.ts';
import { mayHaveBeenAccepted } from './failure.ts';
import { ensureStoreFirewall, guardDroplet, keepStoreFirewall } from './firewall.ts';
import { resolveImage } from './image.ts';
import type { Droplet } from './model.ts';
import type { Place } from './place.ts';
import { ensureKeys } from './ssh-key.ts';

/** How often a droplet is posted at most, and how often one is looked for that may be under way. */
const POSTS = 3;
const LOOKS = 3;
/** Milliseconds between looks at a droplet, and after which one without an address is given up. */
const INTERVAL = 1500;
const ADDRESS_TIMEOUT = 300_000;

/** Makes a droplet with what belongs to it, or goes on with the one that an earlier try has made. */
export async function createDroplet(place: Place, request: CreateRequest): Promise<Instance> {
  const { client, settings } = place;
  let droplet = await findDroplet(client, request);
  if (droplet === undefined) {
    const keys = await ensureKeys(client, settings, request);
    await ensureStoreFirewall(place, request);
    const body = await bodyOf(place, request, keys);
    request.progress(`creating a droplet ${settings.size} in ${settings.region}`);
    await request.journal.intend('instance', request.token, { name: request.name });
    droplet = await post(place, request, body);
  }
  const { id } = droplet;
  await request.journal.made({
    kind: 'instance',
    id: String(id),
    region: settings.region,
    machine: request.name,
    title: `droplet ${id} (${settings.size}, ${settings.region})`,
  });
  await keepStoreFirewall(place, request);
  await guardDroplet(place, request, id);
  if (settings.project !== undefined) {
    const project = await resolveProject(client, settings.project);
    await client.call({
      method: 'POST',
      path: `/v2/projects/${project}/resources`,
      body: { resources: [`do:droplet:${id}`] },
      repeatable: true,
    });
  }
  return await waitForAddress(place, id, request.progress);
}

/**
 * The droplet of a machine by its tags; of two, which a lost answer could have led to, the older one. Else the one
 * that the journal knows although the account does not list it yet.
 */
async function findDroplet(
  client: DigitalOceanClient,
  { tags, name, journal }: Pick<CreateRequest, 'tags' | 'name' | 'journal'>,
): Promise<Droplet | undefined> {
  const droplets = await client.list<Droplet>('/v2/droplets', 'droplets', {
    tag_name: storeWord(tags),
  });
  const [oldest] = droplets
    .filter((droplet) => droplet.name === name && isTagged(droplet, tags))
    .sort((a, b) => a.id - b.id);
  if (oldest !== undefined) return oldest;
  for (const { kind, id } of journal.earlier) {
    if (kind !== 'instance' || id === undefined) continue;
    const found = await client.find<{ droplet: Droplet }>(`/v2/droplets/${id}`);
    if (found !== undefined) return found.droplet;
  }
  return undefined;
}

async function bodyOf(
  { client, settings }: Place,
  { name, tags, userData }: CreateRequest,
  keys: readonly (string | number)[],
): Promise<object> {
  const { region, size, vpc, backups, ipv6, monitoring } = settings;
  return {
    name,
    region,
    size,
    image: await resolveImage(client, settings),
    ssh_keys: keys,
    tags: [...new Set([...tagWords(tags), ...(settings.tags ?? [])])],
    ...compact({
      backups,
      ipv6,
      monitoring,
      user_data: userData === '' ? undefined : userData,
      vpc_uuid: vpc === undefined ? undefined : await resolveVpc(client, vpc, region),
    }),
  };
}

/**
 * Droplets have no idempotency token: after a call of which nobody knows whether it was carried out, the droplet is
 * looked for by its tags before another one is made.
 */
async function post(
  { client, context: { clock, signal } }: Place,
  request: CreateRequest,
  body: object,
): Promise<Droplet> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const call = { method: 'POST', path: '/v2/droplets', body } as const;
      return (await client.call<{ droplet: Droplet }>(call)).droplet;
    } catch (error) {
      if (!mayHaveBeenAccepted(error)) throw error;
      request.progress('looking whether the droplet was made, for its call got no answer');
      for (let look = 1; look <= LOOKS; look += 1) {
        const made = await findDroplet(client, request);
        if (made !== undefined) return made;
        await clock.sleep(INTERVAL * look, signal);
      }
      if (attempt === POSTS) throw error;
    }
  }
}

async function waitForAddress(
  { client, context: { clock, signal } }: Place,
  id: number,
  progress: (text: string) => void,
): Promise<Instance> {
  progress('waiting for the address of the droplet');
  const deadline = clock.now() + ADDRESS_TIMEOUT;
  for (;;) {
    const found = await client.find<{ droplet: Droplet }>(`/v2/droplets/${id}`);
    if (found === undefined) {
      throw new ProviderError('failed', `the droplet ${id} vanished while it was being made`, {
        hint: 'Somebody removed it, or DigitalOcean did; see the history of the account.',
      });
    }
    const instance = instanceOf(found.droplet);
    if (instance.address !== undefined && instance.state === 'Running') return instance;
    if (clock.now() >= deadline) {
      throw new ProviderError(
        'failed',
        `the droplet ${id} has got no address within ${ADDRESS_TIMEOUT / 60_000} minutes (it is ${found.droplet.status})`,
        { hint: 'See https://status.digitalocean.com; run create again to go on waiting.' },
      );
    }
    await clock.sleep(INTERVAL, signal);
  }
}
