import {
  changedFields,
  fieldHashes,
  formatFieldHashes,
  parseFieldHashes,
} from '../compose/field-hashes.ts';
import { LABEL } from '../compose/labels.ts';
import type { Project, Service } from '../compose/model.ts';
import { imageKey, imageName, shortId, type Separator } from './names.ts';
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
  readonly hashes: readonly string[];
  readonly networks: ReadonlyMap<string, NetworkDecision>;
  readonly volumes: ReadonlyMap<string, VolumeDecision>;
  /** Services whose containers this plan replaces, as far as it is made. */
  readonly recreated: ReadonlySet<string>;
  readonly separator: Separator;
}

/** How many changed fields a cause names. */
const NAMED_FIELDS = 3;

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
    imageCause(expected, container) ??
    imageVolumeCause(expected, container) ??
    networkCause(expected, container) ??
    volumeCause(expected, container)
  );
}

function parentCause({ service, recreated }: Expectation): string | undefined {
  const parent = sharedServices(service).find((name) => recreated.has(name));
  return parent === undefined ? undefined : `service ${parent}, which it builds on, is recreated`;
}

function configurationCause(
  { service, hashes }: Expectation,
  { labels }: ObservedContainer,
): string | undefined {
  if (hashes.includes(labels[LABEL.configHash] ?? '')) return undefined;
  const before = parseFieldHashes(labels[LABEL.fields]);
  if (before === undefined) return 'configuration changed';
  const after = parseFieldHashes(formatFieldHashes(fieldHashes(service))) ?? new Map();
  const changes = changedFields(before, after);
  if (changes.length > 0) {
    const more = changes.length - NAMED_FIELDS;
    return changes.slice(0, NAMED_FIELDS).join(', ') + (more > 0 ? ` and ${more} more` : '');
  }
  const parents = sharedServices(service);
  return parents.length === 0
    ? 'configuration changed'
    : `container of service ${parents.join(' or ')} changed`;
}

/** An image that is not here cannot differ: it is about to be pulled, or only needed for creation. */
function imageCause(
  { project, service, observed, separator }: Expectation,
  { labels, imageId }: ObservedContainer,
): string | undefined {
  const reference = imageName(project, service, separator);
  const image = observed.images.get(imageKey(reference, service.platform));
  if (image === undefined) return undefined;
  const before = labels[LABEL.image] ?? imageId;
  if ([before, imageId].some((id) => id === image.digest || id === image.id)) return undefined;
  return `image changed: ${shortId(before)} → ${shortId(image.digest)}`;
}

function imageVolumeCause(
  { project, service, observed, separator }: Expectation,
  { labels }: ObservedContainer,
): string | undefined {
  const before = (labels[LABEL.imageVolumes] ?? '').split(',');
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

function networkCause(
  { service, networks }: Expectation,
  { state, networks: attached }: ObservedContainer,
): string | undefined {
  if (state !== 'running') return undefined;
  const ids = new Set(Object.values(attached));
  const missing = Object.keys(service.networks ?? {})
    .sort()
    .find((key) => {
      const live = networks.get(key)?.live;
      return live !== undefined && live.scope !== 'swarm' && !ids.has(live.id);
    });
  return missing === undefined ? undefined : `not connected to network ${missing}`;
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
