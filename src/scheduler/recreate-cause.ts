import { LABEL } from '../compose/labels.ts';
import type { Project, Service } from '../compose/model.ts';
import type { Hashes } from './config-hashes.ts';
import { imageName, localImage, shortId, type Separator } from './names.ts';
import type { NetworkDecision } from './network-drift.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import { sharedServices } from './service-references.ts';
import type { RecreatePolicy } from './up-options.ts';
import type { VolumeDecision } from './volume-drift.ts';

/** What a container is compared with; the same for all containers of a service. */
export interface Expectation {
  readonly project: Project;
  readonly service: Service;
  readonly observed: Observed;
  readonly policy: RecreatePolicy;
  /** Acceptable configuration hashes. */
  readonly hashes: Hashes;
  readonly networks: ReadonlyMap<string, NetworkDecision>;
  readonly volumes: ReadonlyMap<string, VolumeDecision>;
  /** Services whose containers this plan replaces, as far as it is made. */
  readonly recreated: ReadonlySet<string>;
  readonly separator: Separator;
  /** Container id → fields that differ, as `UpOptions.changes`. */
  readonly changes: ReadonlyMap<string, readonly string[]> | undefined;
  /** Container id → causes, as `UpOptions.contents`. */
  readonly contents: ReadonlyMap<string, readonly string[]> | undefined;
}

/** How many changed fields a cause names. */
const NAMED_FIELDS = 3;

/** The cause where nobody knows which field it was: containers carry only a hash of all. */
const UNEXPLAINED = 'configuration changed';

/** Why a container must be replaced, or undefined when it is up to date. */
export function recreateCause(
  expected: Expectation,
  container: ObservedContainer,
): string | undefined {
  if (expected.policy === 'never') return undefined;
  if (expected.policy === 'force') return 'forced';
  return (
    parentCause(expected) ??
    configurationCause(expected, container) ??
    contentCause(expected, container) ??
    imageCause(expected, container) ??
    imageVolumeCause(expected, container) ??
    networkCause(expected, container) ??
    addressCause(expected) ??
    volumeCause(expected, container)
  );
}

function parentCause({ service, recreated }: Expectation): string | undefined {
  const parent = sharedServices(service).find((name) => recreated.has(name));
  return parent === undefined ? undefined : `service ${parent}, which it builds on, is recreated`;
}

function configurationCause(
  { service, hashes, changes }: Expectation,
  { id, labels }: ObservedContainer,
): string | undefined {
  if (hashes.includes(labels[LABEL.configHash] ?? '')) return undefined;
  const named = (changes?.get(id) ?? []).map((field) => `${field} changed`);
  if (named.length === 0) {
    const parents = sharedServices(service);
    return parents.length === 0
      ? UNEXPLAINED
      : `configuration or container of service ${parents.join(' or ')} changed`;
  }
  return inShort(named);
}

function contentCause({ contents }: Expectation, { id }: ObservedContainer): string | undefined {
  const causes = contents?.get(id) ?? [];
  return causes.length === 0 ? undefined : inShort(causes);
}

/** The first causes, and how many there are besides. */
function inShort(causes: readonly string[]): string {
  const more = causes.length - NAMED_FIELDS;
  return causes.slice(0, NAMED_FIELDS).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** An image that is not here cannot differ: it is about to be pulled, or only needed for creation. */
function imageCause(
  { project, service, observed, separator }: Expectation,
  { labels, imageId, imageManifest }: ObservedContainer,
): string | undefined {
  const image = localImage(observed, project, service, separator);
  if (image === undefined) return undefined;
  const known = new Set([labels[LABEL.image], imageId, imageManifest]);
  if (known.has(image.id) || known.has(image.digest)) return undefined;
  return `image changed: ${shortId(imageId)} → ${shortId(image.id)}`;
}

function imageVolumeCause(
  { project, service, observed, separator }: Expectation,
  { labels }: ObservedContainer,
): string | undefined {
  // Releases before 5.5 do not write down which images they mounted.
  const before = labels[LABEL.imageVolumes]?.split(',');
  if (before === undefined) return undefined;
  for (const { type, source = '', target = '' } of service.volumes ?? []) {
    if (type !== 'image') continue;
    const image =
      observed.images.get(source) ??
      observed.images.get(imageName(project, { name: source }, separator));
    if (image !== undefined && !before.includes(`${target}=${image.digest}`)) {
      return `image volume ${target} changed`;
    }
  }
  return undefined;
}

/** A container that never ran has no ids of networks yet, only their names. */
function networkCause(
  { service, networks }: Expectation,
  { networks: attached }: ObservedContainer,
): string | undefined {
  const missing = Object.keys(service.networks ?? {})
    .sort()
    .find((key) => {
      const { live, verdict } = networks.get(key) ?? {};
      if (live === undefined) return verdict === 'create';
      if (live.scope === 'swarm') return false;
      return !Object.entries(attached).some(
        ([name, id]) => id === live.id || (id === '' && name === live.name),
      );
    });
  return missing === undefined ? undefined : `not connected to network ${missing}`;
}

/** Engines give no MAC address to a container that is connected later. */
function addressCause({ service, networks }: Expectation): string | undefined {
  const lost = Object.entries(service.networks ?? {})
    .filter(([, network]) => (network?.mac_address ?? service.mac_address) !== undefined)
    .map(([key]) => key)
    .sort()
    .find((key) => ['replace', 'rename'].includes(networks.get(key)?.verdict ?? 'keep'));
  return lost === undefined ? undefined : `mac_address on network ${lost}, which is replaced`;
}

function volumeCause(
  { service, volumes }: Expectation,
  { mounts }: ObservedContainer,
): string | undefined {
  const mounted = new Set(mounts.filter(({ type }) => type === 'volume').map(({ name }) => name));
  for (const { type, source } of service.volumes ?? []) {
    const volume = type === 'volume' && source !== undefined ? volumes.get(source) : undefined;
    if (volume === undefined || volume.verdict === 'create') continue;
    if (!mounted.has(volume.name)) return `volume ${volume.key} is not mounted`;
  }
  return undefined;
}
