import { imageKey } from '../scheduler/names.ts';
import type {
  ContainerState,
  Observed,
  ObservedContainer,
  ObservedImage,
  ObservedNetwork,
  ObservedVolume,
} from '../scheduler/observed.ts';
import type { EngineClient } from './client.ts';
import { isEngineError } from './errors.ts';
import { inspectImage } from './image-identity.ts';
import { LABEL } from './labels.ts';

/** What to look for besides everything that carries the project's label. */
export interface ObserveQuery {
  /** Project name; the value of the label `com.docker.compose.project`. */
  readonly project: string;
  /** Engine names (or ids) of networks the project uses, external ones included. */
  readonly networks?: readonly string[];
  /** Engine names of volumes the project uses, external ones included. */
  readonly volumes?: readonly string[];
  /** Image references that services use, each with the platform asked for. */
  readonly images?: readonly ImageQuery[];
  /** Also anonymous volumes that the containers mount. */
  readonly anonymousVolumes?: boolean;
}

export interface ImageQuery {
  readonly reference: string;
  /** `linux/arm64`; absent: the engine's own. */
  readonly platform?: string;
}

interface Target {
  readonly client: EngineClient;
  readonly host: string;
}

/**
 * Takes one snapshot of a project: three lists at once, then look-ups for names the lists did not
 * show. An image of another platform than the one pinned counts as absent.
 */
export async function observe(
  { client, host }: Target,
  query: ObserveQuery,
  signal: AbortSignal,
): Promise<Observed> {
  const filters = { label: [`${LABEL.project}=${query.project}`] };
  const [containers, networks, volumes, images] = await Promise.all([
    client.send<ContainerSummary[]>(
      { method: 'GET', path: '/containers/json', query: { all: true, filters } },
      signal,
    ),
    client.send<NetworkResource[]>(
      { method: 'GET', path: '/networks', query: { filters } },
      signal,
    ),
    client.send<{ Volumes: VolumeResource[] | null }>(
      { method: 'GET', path: '/volumes', query: { filters } },
      signal,
    ),
    observeImages(client, query.images ?? [], signal),
  ]);
  const found = {
    networks: networks.map(toNetwork),
    volumes: (volumes.Volumes ?? []).map(toVolume),
  };
  const observed = containers.map(toContainer).sort(byName);
  const [moreNetworks, moreVolumes, anonymous] = await Promise.all([
    missingNetworks(client, query.networks ?? [], found.networks, signal),
    missingVolumes(client, query.volumes ?? [], found.volumes, signal),
    query.anonymousVolumes === true ? anonymousVolumes(client, observed, signal) : [],
  ]);
  return {
    host,
    containers: observed,
    networks: [...found.networks, ...moreNetworks].sort(byName),
    volumes: [...found.volumes, ...moreVolumes, ...anonymous].sort(byName),
    images,
  };
}

/** Part of a row of `GET /containers/json`. */
export interface ContainerSummary {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly ImageID: string;
  /** Since API 1.48, of engines with the containerd image store. */
  readonly ImageManifestDescriptor?: {
    readonly digest: string;
    readonly platform?: { readonly os: string; readonly architecture: string } | null;
  } | null;
  readonly Created: number;
  readonly State: string;
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly NetworkSettings?: {
    readonly Networks: Readonly<Record<string, { readonly NetworkID: string }>> | null;
  };
  readonly Ports?: readonly { readonly PublicPort?: number; readonly Type: string }[] | null;
  readonly Mounts?: readonly {
    readonly Type: string;
    readonly Name?: string;
    readonly Source?: string;
    readonly Destination: string;
    /** Of volumes. */
    readonly Driver?: string;
  }[];
}

/** Turns a row of the container list into what planning looks at. */
export function toContainer(row: ContainerSummary): ObservedContainer {
  const labels = row.Labels ?? {};
  const networks = Object.entries(row.NetworkSettings?.Networks ?? {});
  return {
    id: row.Id,
    name: canonicalName(row.Names),
    service: labels[LABEL.service] ?? '',
    number: Number(labels[LABEL.number] ?? 0) || 0,
    oneOff: labels[LABEL.oneOff] === 'True',
    state: row.State as ContainerState,
    health: healthOf(row.Status),
    exitCode: exitCodeOf(row.Status),
    created: row.Created,
    labels,
    image: row.Image,
    imageId: row.ImageID,
    ...(row.ImageManifestDescriptor ? { imageManifest: row.ImageManifestDescriptor.digest } : {}),
    networks: Object.fromEntries(networks.map(([name, { NetworkID }]) => [name, NetworkID])),
    mounts: (row.Mounts ?? []).map((mount) => ({
      type: mount.Type,
      name: mount.Name ?? '',
      source: mount.Source ?? '',
      destination: mount.Destination,
    })),
    hostPorts: hostPorts(row.Ports ?? []),
  };
}

/** Links add names such as `/other/alias`; a container's own name has one slash. */
function canonicalName(names: readonly string[]): string {
  const own = names.find((name) => name.lastIndexOf('/') <= 0) ?? names[0] ?? '';
  return own.replace(/^\//, '');
}

/** One port is listed once per address family. */
function hostPorts(ports: NonNullable<ContainerSummary['Ports']>): readonly string[] {
  const published = ports.flatMap(({ PublicPort, Type }) =>
    PublicPort === undefined ? [] : [`${Type}/${PublicPort}`],
  );
  return [...new Set(published)].sort();
}

/** The list gives health only inside of a text: `Up 5 seconds (health: starting)`. */
function healthOf(status: string): ObservedContainer['health'] {
  if (status.includes('(healthy)')) return 'healthy';
  if (status.includes('(unhealthy)')) return 'unhealthy';
  return status.includes('(health: starting)') ? 'starting' : 'none';
}

/** `Exited (137) 2 hours ago`, `Restarting (1) …`, `Dead`. */
function exitCodeOf(status: string): number | undefined {
  const code = /^(?:Exited|Restarting) \((\d+)\)/.exec(status)?.[1];
  return code === undefined ? undefined : Number(code);
}

interface NetworkResource {
  readonly Id: string;
  readonly Name: string;
  readonly Driver: string;
  readonly Scope: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

function toNetwork(network: NetworkResource): ObservedNetwork {
  return {
    id: network.Id,
    name: network.Name,
    driver: network.Driver,
    labels: network.Labels ?? {},
    scope: network.Scope,
  };
}

interface VolumeResource {
  readonly Name: string;
  readonly Driver: string;
  readonly Labels: Readonly<Record<string, string>> | null;
}

function toVolume(volume: VolumeResource): ObservedVolume {
  return { name: volume.Name, driver: volume.Driver, labels: volume.Labels ?? {} };
}

/** One filtered list finds all names; it matches parts of names, so exact ones are picked out. */
async function missingNetworks(
  client: EngineClient,
  names: readonly string[],
  found: readonly ObservedNetwork[],
  signal: AbortSignal,
): Promise<readonly ObservedNetwork[]> {
  const missing = new Set(names.filter((name) => !found.some((network) => network.name === name)));
  if (missing.size === 0) return [];
  const known = new Set(found.map(({ id }) => id));
  const look = (filters: object): Promise<NetworkResource[]> =>
    client.send<NetworkResource[]>(
      { method: 'GET', path: '/networks', query: { filters } },
      signal,
    );
  const byName = await look({ name: [...missing] });
  const named = byName.filter(({ Id, Name }) => missing.has(Name) && !known.has(Id));
  const unnamed = [...missing].filter((name) => !named.some(({ Name }) => Name === name));
  // A network that is declared external may be given by its id.
  const ids = unnamed.filter((name) => /^[0-9a-f]{12,64}$/.test(name));
  const byId = ids.length === 0 ? [] : await look({ id: ids });
  return [...named, ...byId.filter(({ Id }) => !known.has(Id))].map(toNetwork);
}

async function missingVolumes(
  client: EngineClient,
  names: readonly string[],
  found: readonly ObservedVolume[],
  signal: AbortSignal,
): Promise<readonly ObservedVolume[]> {
  const missing = new Set(names.filter((name) => !found.some((volume) => volume.name === name)));
  if (missing.size === 0) return [];
  const { Volumes } = await client.send<{ Volumes: VolumeResource[] | null }>(
    { method: 'GET', path: '/volumes', query: { filters: { name: [...missing] } } },
    signal,
  );
  return (Volumes ?? []).filter(({ Name }) => missing.has(Name)).map(toVolume);
}

/** Volumes that nobody named, as far as these containers mount them; older engines cannot tell. */
async function anonymousVolumes(
  client: EngineClient,
  containers: readonly ObservedContainer[],
  signal: AbortSignal,
): Promise<readonly ObservedVolume[]> {
  const mounted = new Set(containers.flatMap(({ mounts }) => mounts.map(({ name }) => name)));
  if (mounted.size === 0) return [];
  const { Volumes } = await client.send<{ Volumes: VolumeResource[] | null }>(
    { method: 'GET', path: '/volumes', query: { filters: { label: [LABEL.anonymousVolume] } } },
    signal,
  );
  return (Volumes ?? []).filter(({ Name }) => mounted.has(Name)).map(toVolume);
}

async function observeImages(
  client: EngineClient,
  queries: readonly ImageQuery[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ObservedImage>> {
  const wanted = new Map(
    queries.map((query) => [imageKey(query.reference, query.platform), query]),
  );
  const entries = await Promise.all(
    [...wanted].map(async ([key, query]): Promise<[string, ObservedImage] | undefined> => {
      try {
        const image = await inspectImage(client, query, signal);
        return image.satisfied ? [key, image.image] : undefined;
      } catch (error) {
        // What no engine can name it does not have; whoever needs it is told then.
        if (isEngineError(error, 'not-found') || isMalformed(error)) return undefined;
        throw error;
      }
    }),
  );
  return new Map(entries.filter((entry) => entry !== undefined));
}

function isMalformed(error: unknown): boolean {
  return isEngineError(error) && error.message.includes('invalid reference format');
}

function byName(left: { readonly name: string }, right: { readonly name: string }): number {
  return left.name < right.name ? -1 : Number(left.name > right.name);
}
