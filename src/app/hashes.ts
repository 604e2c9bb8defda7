import { networkHash, serviceHash, volumeHash, type HashDialect } from '../compose/hash.ts';
import { LABEL } from '../compose/labels.ts';
import type { Project, Service } from '../compose/model.ts';
import type { ConfigHashes as WrittenHashes } from '../engine/execute/context.ts';
import { isEngineError } from '../engine/errors.ts';
import { resolveServiceReferences } from '../engine/service-references.ts';
import type { ConfigHashes as AcceptableHashes, Hashes } from '../scheduler/config-hashes.ts';
import type { Observed, ObservedImage } from '../scheduler/observed.ts';
import { hashedPlatform } from './hashed-platform.ts';
import { installedComposeVersion } from './hash-dialect.ts';
import type { Operation } from './operation.ts';

/** Hashes that new containers, networks and volumes get, and those that count as up to date. */
export interface ProjectHashes extends WrittenHashes {
  readonly acceptable: AcceptableHashes;
}

const DIALECTS: readonly HashDialect[] = ['v2', 'v2.33', 'v5'];

/** Chooses the dialect of a project's configuration hashes; see docs/decisions/0002. */
export async function chooseHashes(
  operation: Pick<Operation, 'session'>,
  project: Project,
  observed: Observed,
): Promise<ProjectHashes> {
  const version = composeAround(operation, observed);
  const dialect = await chooseDialect(project, version);
  return {
    service: (service) => serviceHash(service, { dialect, ...hashedPlatform(project, service) }),
    network: (network) => networkHash(network, dialect),
    volume: (volume) => volumeHash(volume, dialect),
    image: (image) => imageLabel(image, version),
    acceptable: {
      service: acceptableServiceHashes(project, dialect),
      network: (network) => DIALECTS.map((each) => networkHash(network, each)),
      volume: (volume) => DIALECTS.map((each) => volumeHash(volume, each)),
    },
  };
}

/** Planning asks several times for the same service; the likely dialect comes first. */
function acceptableServiceHashes(
  project: Project,
  likely: HashDialect,
): AcceptableHashes['service'] {
  const dialects = [likely, ...DIALECTS.filter((each) => each !== likely)];
  const alone = new Map<Service, Hashes>();
  return (service, references) => {
    if (Object.keys(references).length > 0) return hashesOf(project, service, references, dialects);
    const known = alone.get(service) ?? hashesOf(project, service, references, dialects);
    alone.set(service, known);
    return known;
  };
}

function hashesOf(
  project: Project,
  service: Service,
  references: Readonly<Record<string, string>>,
  dialects: readonly HashDialect[],
): Hashes {
  const peers = Object.fromEntries(
    Object.entries(references).map(([name, id]) => [name, [{ id, name }]]),
  );
  try {
    const resolved = resolveServiceReferences(service, peers);
    const platform = hashedPlatform(project, service);
    return onDemand([
      ...dialects.map((dialect) => () => serviceHash(resolved, { dialect, ...platform })),
      ...earlyForms(service).map(
        (kept) => () => serviceHash(resolved, { dialect: 'v2.33', kept, ...platform }),
      ),
    ]);
  } catch (error) {
    // A container that it shares something with does not exist yet: nothing can be up to date.
    if (isEngineError(error, 'invalid')) return [];
    throw error;
  }
}

/** Makes each hash when it is first compared: mostly the first one is right. */
function onDemand(makers: readonly (() => string)[]): Hashes {
  const made: string[] = [];
  return {
    includes: (hash) =>
      makers.some((make, index) => {
        made[index] ??= make();
        return made[index] === hash;
      }),
  };
}

/** What releases before 2.34 hashed besides, where the service has it. */
function earlyForms(service: Service): readonly ('depends_on' | 'profiles')[][] {
  const profiles = (service.profiles ?? []).length > 0 ? (['profiles'] as const) : [];
  const dependencies =
    Object.keys(service.depends_on ?? {}).length > 0 ? (['depends_on'] as const) : [];
  return [
    ...(profiles.length > 0 ? [[...profiles]] : []),
    ...(dependencies.length > 0 ? [[...dependencies, ...profiles]] : []),
  ];
}

async function chooseDialect(project: Project, version: ComposeAround): Promise<HashDialect> {
  const hasBinds = Object.values(project.services).some(({ volumes = [] }) =>
    volumes.some(({ type }) => type === 'bind'),
  );
  // Nothing else is hashed differently.
  if (!hasBinds) return 'v2';
  return isAtLeast(await version(), 5) ? 'v5' : 'v2';
}

/**
 * An image that is more than the content for one platform has two digests: releases from 5.4 on name
 * the content, those before name the whole.
 */
async function imageLabel({ id, digest }: ObservedImage, version: ComposeAround): Promise<string> {
  return id === digest || isAtLeast(await version(), 5, 4) ? digest : id;
}

/** Version of the Compose that shares the project; asked for when it matters, and once. */
type ComposeAround = () => Promise<string | undefined>;

function composeAround({ session }: Pick<Operation, 'session'>, observed: Observed): ComposeAround {
  const made = observed.containers.map(({ labels }) => labels[LABEL.version]).find(isCompose);
  let installed: Promise<string | undefined> | undefined;
  return async () => made ?? (await (installed ??= installedComposeVersion(session)));
}

/** Versions of Compose start with 2 or more; those of tcompose say nothing about a dialect. */
function isCompose(version: string | undefined): boolean {
  return isAtLeast(version, 2);
}

function isAtLeast(version: string | undefined, major: number, minor = 0): boolean {
  const [, is = 0, then = 0] = (/^v?(\d+)(?:\.(\d+))?/.exec(version ?? '') ?? []).map((part) =>
    Number(part ?? 0),
  );
  return is > major || (is === major && then >= minor);
}
