import { parseOpenPort, sshSources, WIREGUARD_PORT } from '../addresses.ts';
import { unknownValue } from '../did-you-mean.ts';
import type { Admission, CreateRequest, ProviderContext } from '../provider.ts';
import { isProviderError, ProviderError } from '../provider-error.ts';
import { MACHINE_TAG } from '../machine-tags.ts';
import { nameOf } from '../tags.ts';
import type { DigitalOceanClient } from './client.ts';
import { hasWords, storeWord } from './droplet.ts';
import type { Firewall, FirewallRule } from './model.ts';
import type { Place } from './place.ts';
import type { DigitalOceanSettings } from './settings.ts';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];

interface Wanted {
  readonly name: string;
  readonly tags: readonly string[];
  readonly dropletIds: readonly number[];
  readonly inbound: readonly FirewallRule[];
}

/**
 * The firewall of a store, which droplets come under by their tag, so that none is ever without it. Made once; when
 * this computer has got another address since, a rule is added. One that the settings name is left as it is.
 */
export async function ensureStoreFirewall(place: Place, request: CreateRequest): Promise<void> {
  const { client, settings, context } = place;
  if (settings.firewall !== undefined) return;
  const sources = await sshRanges(settings, context);
  const tag = storeWord(request.tags);
  // Firewalls take only tags that exist.
  await client
    .call({ method: 'POST', path: '/v2/tags', body: { name: tag }, repeatable: true })
    .catch((error: unknown) => {
      if (!isProviderError(error, 'already-exists')) throw error;
    });
  const inbound: FirewallRule[] = [
    { protocol: 'tcp', ports: String(settings.sshPort), sources: { addresses: sources } },
    { protocol: 'udp', ports: String(WIREGUARD_PORT), sources: { addresses: EVERYWHERE } },
  ];
  await ensureFirewall(
    client,
    { name: firewallName(nameOf(request.tags)), tags: [tag], dropletIds: [], inbound },
    request,
  );
}

/**
 * Makes the firewall of a store again when it went while a droplet was made, by a removal of the last one before it:
 * now that there is a droplet, it stays.
 */
export async function keepStoreFirewall(place: Place, request: CreateRequest): Promise<void> {
  const { client, settings } = place;
  if (settings.firewall !== undefined) return;
  const name = firewallName(nameOf(request.tags));
  const there = (await firewallsOf(client)).some((firewall) => firewall.name === name);
  if (!there) await ensureStoreFirewall(place, request);
}

/** From where SSH is let in; throws a ProviderError when that cannot be told. */
export function sshRanges(
  { sshCidr }: Pick<DigitalOceanSettings, 'sshCidr'>,
  context: ProviderContext,
): Promise<readonly string[]> {
  const api = context.env['DIGITALOCEAN_API_URL'] || undefined;
  return sshSources('--digitalocean-ssh-cidr', sshCidr, { ...context, api });
}

/**
 * Lets SSH in from where this computer is now, through the firewall of a store.
 *
 * @throws ProviderError `not-found` when there is none
 */
export async function admit(
  { client, settings, context }: Place,
  tags: Readonly<Record<string, string>>,
): Promise<Admission> {
  const name = firewallName(nameOf(tags));
  const firewall = (await firewallsOf(client)).find((each) => each.name === name);
  if (firewall === undefined) {
    throw new ProviderError('not-found', 'the machines of this store share no firewall', {
      hint: 'Somebody else keeps the one that they have, if any: add a rule for this computer there.',
    });
  }
  const ranges = await sshRanges({ sshCidr: [] }, context);
  const inbound = [
    { protocol: 'tcp', ports: String(settings.sshPort), sources: { addresses: ranges } },
  ] as const;
  const merged = merge(firewall, { name, tags: [], dropletIds: [], inbound });
  if (merged !== undefined) await replace(client, firewall.id, merged);
  return { ranges, changed: merged !== undefined };
}

/** What belongs to one droplet: its open ports, and the firewall that its settings name. */
export async function guardDroplet(
  { client, settings }: Place,
  request: CreateRequest,
  droplet: number,
): Promise<void> {
  const { firewall, openPorts = [] } = settings;
  if (firewall !== undefined && firewall !== 'none') {
    const { id } = await namedFirewall(client, firewall);
    const path = `/v2/firewalls/${id}/droplets`;
    await client.call({
      method: 'POST',
      path,
      body: { droplet_ids: [droplet] },
      repeatable: true,
    });
  }
  if (openPorts.length === 0) return;
  const inbound = openPorts.map((text): FirewallRule => {
    const { protocol, from, to } = parseOpenPort('--digitalocean-open-port', text);
    const ports = from === to ? String(from) : `${from}-${to}`;
    return { protocol, ports, sources: { addresses: EVERYWHERE } };
  });
  const machine = request.tags[MACHINE_TAG] ?? request.name;
  await ensureFirewall(
    client,
    {
      name: firewallName(nameOf(request.tags, machine)),
      tags: [],
      dropletIds: [droplet],
      inbound,
    },
    request,
  );
}

/** @throws ProviderError with what may have been meant */
export async function namedFirewall(client: DigitalOceanClient, name: string): Promise<Firewall> {
  const firewalls = await firewallsOf(client);
  const found = firewalls.find((firewall) => firewall.id === name || firewall.name === name);
  if (found !== undefined) return found;
  throw unknownValue(
    '--digitalocean-firewall',
    { kind: 'firewall', value: name },
    firewalls.map((firewall) => firewall.name),
  );
}

export async function firewallsOf(client: DigitalOceanClient): Promise<readonly Firewall[]> {
  return await client.list<Firewall>('/v2/firewalls', 'firewalls');
}

/** Names of firewalls have no underscore. */
export function firewallName(name: string): string {
  return name.replace(/[^a-zA-Z0-9.-]/g, '-');
}

async function ensureFirewall(
  client: DigitalOceanClient,
  wanted: Wanted,
  request: CreateRequest,
): Promise<void> {
  const find = async (): Promise<Firewall | undefined> =>
    (await firewallsOf(client)).find(({ name }) => name === wanted.name);
  let firewall = await find();
  if (firewall === undefined) {
    request.progress(`making the firewall ${wanted.name}`);
    await request.journal.intend('firewall', wanted.name);
    firewall = await client
      .call<{ firewall: Firewall }>({
        method: 'POST',
        path: '/v2/firewalls',
        body: bodyOf(wanted),
        repeatable: true,
      })
      .then((answer) => answer.firewall)
      .catch(async (error: unknown) => {
        // Another create of this store was faster, or the answer to an earlier try was lost.
        const made = isProviderError(error, 'already-exists') ? await find() : undefined;
        if (made === undefined) throw error;
        return made;
      });
  }
  if (!hasWords(firewall.tags ?? [], wanted.tags)) {
    throw new ProviderError(
      'already-exists',
      `the firewall ${wanted.name} was not made by tcompose for this store`,
      { hint: 'Rename it, or use it as it is: --digitalocean-firewall.' },
    );
  }
  await request.journal.made({
    kind: 'firewall',
    id: firewall.id,
    ...(wanted.dropletIds.length === 0 ? {} : { machine: request.name }),
    title: `firewall ${wanted.name}`,
  });
  const merged = merge(firewall, wanted);
  if (merged !== undefined) await replace(client, firewall.id, merged);
}

async function replace(client: DigitalOceanClient, id: string, wanted: Wanted): Promise<void> {
  await client.call({ method: 'PUT', path: `/v2/firewalls/${id}`, body: bodyOf(wanted) });
}

/** What the firewall has and what it lacks together; undefined: it lacks nothing. */
function merge(firewall: Firewall, wanted: Wanted): Wanted | undefined {
  const rules = firewall.inbound_rules ?? [];
  const covers = (rule: FirewallRule, address: string): boolean =>
    rules.some(
      (known) =>
        known.protocol === rule.protocol &&
        known.ports === rule.ports &&
        known.sources?.addresses?.includes(address) === true,
    );
  const missing = wanted.inbound.flatMap((rule) => {
    const addresses = (rule.sources?.addresses ?? []).filter((address) => !covers(rule, address));
    return addresses.length === 0 ? [] : [{ ...rule, sources: { addresses } }];
  });
  const droplets = new Set([...(firewall.droplet_ids ?? []), ...wanted.dropletIds]);
  const unchanged = droplets.size === (firewall.droplet_ids ?? []).length;
  if (missing.length === 0 && unchanged) return undefined;
  return {
    name: firewall.name,
    tags: firewall.tags ?? [],
    dropletIds: [...droplets],
    inbound: [...rules, ...missing],
  };
}

function bodyOf({ name, tags, dropletIds, inbound }: Wanted): object {
  const out = (protocol: FirewallRule['protocol'], ports: string): FirewallRule => ({
    protocol,
    ports,
    destinations: { addresses: EVERYWHERE },
  });
  return {
    name,
    tags,
    droplet_ids: dropletIds,
    inbound_rules: inbound,
    outbound_rules: [out('tcp', 'all'), out('udp', 'all'), out('icmp', '0')],
  };
}
