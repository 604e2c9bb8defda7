import { unknownValue } from '../did-you-mean.ts';
import type { CreateRequest, ProviderContext } from '../provider.ts';
import { isProviderError, ProviderError } from '../provider-error.ts';
import { limitUserData, requireFile } from '../user-files.ts';
import type { DigitalOceanClient } from './client.ts';
import { namedFirewall, sshRanges } from './firewall.ts';
import { resolveImage } from './image.ts';
import type { Project, Region, Size, Vpc } from './model.ts';
import type { DigitalOceanSettings } from './settings.ts';
import { requireKey } from './ssh-key.ts';

/** What DigitalOcean takes. */
const USER_DATA_LIMIT = 64 * 1024;

/** Says whether a droplet could be made; nothing is. */
export async function checkCreation(
  client: DigitalOceanClient,
  settings: DigitalOceanSettings,
  context: ProviderContext,
  request: Pick<CreateRequest, 'userData'>,
): Promise<void> {
  limitUserData('--digitalocean-userdata', request.userData, USER_DATA_LIMIT);
  await requireFile('--digitalocean-userdata', settings.userData, context);
  await requireFile('--digitalocean-ssh-key-path', settings.keyPath, context);
  await checkAccount(client);
  await checkRegion(client, settings.region);
  await Promise.all([
    checkSize(client, settings),
    resolveImage(client, settings),
    settings.keyFingerprint === undefined ? undefined : requireKey(client, settings.keyFingerprint),
    settings.vpc === undefined ? undefined : resolveVpc(client, settings.vpc, settings.region),
    settings.project === undefined ? undefined : resolveProject(client, settings.project),
    settings.firewall === undefined || settings.firewall === 'none'
      ? undefined
      : namedFirewall(client, settings.firewall),
  ]);
  // Last, because others are asked for it: what is wrong with the flags or the account is told before.
  if (settings.firewall === undefined) {
    await sshRanges(settings, context);
  }
}

async function checkAccount(client: DigitalOceanClient): Promise<void> {
  const found = await client
    .get<{ account: { readonly status: string; readonly status_message: string } }>('/v2/account')
    .catch((error: unknown) => {
      // Not every token may look at the account; whether it may do what is needed is seen then.
      if (!isProviderError(error, 'denied') || error.code !== '403') throw error;
    });
  if (found?.account.status !== 'locked') return;
  throw new ProviderError(
    'denied',
    `the DigitalOcean account is locked: ${found.account.status_message}`,
  );
}

async function checkRegion(client: DigitalOceanClient, region: string): Promise<void> {
  const regions = await client.list<Region>('/v2/regions', 'regions');
  const open = regions.filter(({ available }) => available).map(({ slug }) => slug);
  if (open.includes(region)) return;
  const closed = regions.some(({ slug }) => slug === region);
  if (!closed) throw unknownValue('--digitalocean-region', { kind: 'region', value: region }, open);
  throw new ProviderError('capacity', `the region ${region} takes no new droplets`, {
    hint: `Choose another one: ${open.join(', ')}.`,
  });
}

async function checkSize(
  client: DigitalOceanClient,
  { size, region }: DigitalOceanSettings,
): Promise<void> {
  const sizes = await client.list<Size>('/v2/sizes', 'sizes');
  const here = sizes.filter(({ available, regions }) => available && regions.includes(region));
  if (here.some(({ slug }) => slug === size)) return;
  const names = here.map(({ slug }) => slug);
  if (!sizes.some(({ slug }) => slug === size)) {
    throw unknownValue('--digitalocean-size', { kind: 'size', value: size }, names);
  }
  throw new ProviderError('capacity', `the size ${size} is not available in ${region}`, {
    hint: `There are in ${region}: ${names.slice(0, 12).join(', ')}.`,
  });
}

/** The id of a VPC by its id or name. */
export async function resolveVpc(
  client: DigitalOceanClient,
  vpc: string,
  region: string,
): Promise<string> {
  const vpcs = await client.list<Vpc>('/v2/vpcs', 'vpcs');
  const here = vpcs.filter((each) => each.region === region);
  const found = here.find(({ id, name }) => id === vpc || name === vpc);
  if (found !== undefined) return found.id;
  throw unknownValue(
    '--digitalocean-vpc',
    { kind: `VPC in ${region}`, value: vpc },
    here.map(({ name }) => name),
  );
}

/** The id of a project by its id or name. */
export async function resolveProject(client: DigitalOceanClient, project: string): Promise<string> {
  const projects = await client.list<Project>('/v2/projects', 'projects');
  const found = projects.find(({ id, name }) => id === project || name === project);
  if (found !== undefined) return found.id;
  throw unknownValue(
    '--digitalocean-project',
    { kind: 'project', value: project },
    projects.map(({ name }) => name),
  );
}
