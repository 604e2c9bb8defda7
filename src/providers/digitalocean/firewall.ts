import {
  parseOpenPort,
  plainRange,
  sshSources,
  type SshSources,
  WIREGUARD_PORT,
} from '../addresses.ts';
import { unknownValue } from '../did-you-mean.ts';
import type { Admission, CreateRequest, ProviderContext } from '../provider.ts';
import { isProviderError, ProviderError } from '../provider-error.ts';
import { MACHINE_TAG } from '../machine-tags.ts';
import { nameOf } from '../tags.ts';
import type { DigitalOceanClient } from './client.ts';
import { hasWords, storeWord } from './droplet.ts';
import { addRules, followCaller, keepRanges, remarksOn } from './follow-caller.ts';
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
 * The firewall of a store, which droplets come under by their tag, so that none is ever without it. Made once; the
 * rule of this computer follows it when its address changes. One that the settings name is left as it is.
 */
export async function ensureStoreFirewall(place: Place, request: CreateRequest): Promise<void> {
  const { client, settings, context } = place;
  if (settings.firewall !== undefined) return;
  const { ranges, caller } = await sshRanges(settings, context);
  const tag = storeWord(request.tags);
  // Firewalls take only tags that exist.
  await client
    .call({ method: 'POST', path: '/v2/tags', body: { name: tag }, repeatable: true })
    .catch((error: unknown) => {
      if (!isProviderError(error, 'already-exists')) throw error;
    });
  const asked: FirewallRule = {
    protocol: 'tcp',
    ports: String(settings.sshPort),
    sources: { addresses: ranges },
  };
  const wireGuard: FirewallRule = {
    protocol: 'udp',
    ports: String(WIREGUARD_PORT),
    sources: { addresses: EVERYWHERE },
  };
  const firewall = await ensureFirewall(
    client,
    {
      name: firewallName(nameOf(request.tags)),
      tags: [tag],
      dropletIds: [],
      inbound: caller ? [wireGuard] : [asked, wireGuard],
    },
    request,
  );
  if (caller) await followAndTell(place, firewall, { range: ranges[0] ?? '', request });
  else await keepRanges(place, firewall, ranges);
}

async function followAndTell(
  place: Place,
  firewall: Firewall,
  { range, request }: { readonly range: string; readonly request: CreateRequest },
): Promise<void> {
  const { removed, remarks } = await followCaller(place, firewall, range);
  if (removed.length > 0) request.progress(`no longer letting SSH in from ${removed.join(', ')}`);
  for (const remark of remarks) request.progress(remark);
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
): Promise<SshSources> {
  const api = context.env['DIGITALOCEAN_API_URL'] || undefined;
  return sshSources('--digitalocean-ssh-cidr', sshCidr, { ...context, api });
}

/**
 * Lets SSH in from where this computer is now, and only from there, through the firewall of a store.
 *
 * @throws ProviderError `not-found` when there is none
 */
export async function admit(
  place: Place,
  tags: Readonly<Record<string, string>>,
): Promise<Admission> {
  const { client, context } = place;
  const name = firewallName(nameOf(tags));
  const firewall = (await firewallsOf(client)).find((each) => each.name === name);
  if (firewall === undefined) {
    throw new ProviderError('not-found', 'the machines of this store share no firewall', {
      hint: 'Somebody else keeps the one that they have, if any: add a rule for this computer there.',
    });
  }
  const [range = ''] = (await sshRanges({ sshCidr: [] }, context)).ranges;
  const admission = await followCaller(place, firewall, range);
  // Those that were removed are in the list that was made before.
  const strays = await remarksOn(place, withoutRules(firewall, admission.removed), range);
  return { ...admission, remarks: [...admission.remarks, ...strays] };
}

function withoutRules(firewall: Firewall, ranges: readonly string[]): Firewall {
  const gone = new Set(ranges.map((range) => plainRange(range)));
  const rules = firewall.inbound_rules ?? [];
  const stays = ({ sources }: FirewallRule): boolean =>
    sources?.addresses?.some((address) => gone.has(plainRange(address))) !== true;
  return { ...firewall, inbound_rules: rules.filter((rule) => stays(rule)) };
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
    await assignDroplets(client, id, [droplet]);
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
): Promise<Firewall> {
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
  await complete(client, firewall, wanted);
  return firewall;
}

/** Adds what a firewall lacks, and nothing else: others may change it at the same time. */
async function complete(
  client: DigitalOceanClient,
  firewall: Firewall,
  wanted: Wanted,
): Promise<void> {
  const { id, droplet_ids: there } = firewall;
  const missing = lacking(firewall.inbound_rules ?? [], wanted.inbound);
  if (missing.length > 0) {
    await addRules(client, id, missing).catch((error: unknown) => {
      // Another create was faster.
      if (!isProviderError(error, 'already-exists')) throw error;
    });
  }
  const droplets = wanted.dropletIds.filter((droplet) => there?.includes(droplet) !== true);
  if (droplets.length > 0) await assignDroplets(client, id, droplets);
}

async function assignDroplets(
  client: DigitalOceanClient,
  id: string,
  droplets: readonly number[],
): Promise<void> {
  const path = `/v2/firewalls/${id}/droplets`;
  await client.call({ method: 'POST', path, body: { droplet_ids: droplets }, repeatable: true });
}

/** What of rules is not among those that a firewall has. */
function lacking(
  rules: readonly FirewallRule[],
  wanted: readonly FirewallRule[],
): readonly FirewallRule[] {
  const covers = (rule: FirewallRule, address: string): boolean =>
    rules.some(
      (known) =>
        known.protocol === rule.protocol &&
        known.ports === rule.ports &&
        known.sources?.addresses?.some((each) => plainRange(each) === plainRange(address)) === true,
    );
  return wanted.flatMap((rule) => {
    const addresses = (rule.sources?.addresses ?? []).filter((address) => !covers(rule, address));
    return addresses.length === 0 ? [] : [{ ...rule, sources: { addresses } }];
  });
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
