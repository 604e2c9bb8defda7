import { containerFiles } from '../../compose/container-files.ts';
import type { Service } from '../../compose/model.ts';
import { imageKey, imageName } from '../../scheduler/names.ts';
import type { ObservedImage } from '../../scheduler/observed.ts';
import type { Call } from '../client.ts';
import { containerRequest, pinnedPlatform, type ContainerContext } from '../container-config.ts';
import { isEngineError, messageOf, EngineError } from '../errors.ts';
import { seccompPaths } from '../host-config.ts';
import { inspectImage } from '../image-identity.ts';
import type { InheritedMount } from '../mounts.ts';
import type { ImageQuery } from '../observe.ts';
import { picksHostPorts } from '../ports.ts';
import type { PeerContainer, Peers } from '../service-references.ts';
import { serviceOf, type ActionOf, type Executor, type StepContext } from './context.ts';
import { inspectContainer } from './inspect.ts';
import { explainPortConflict } from './port-conflict.ts';

/** Creates a container, connected to all of its networks; nothing is left when that fails. */
export const createContainer: Executor<'create-container'> = async (action, context) => {
  const { client, project, signal } = context;
  const service = serviceOf(context, action.service);
  const { body, platform, connect } = containerRequest(
    project,
    service,
    await creationContext(action, service, context),
  );
  await warnOfMissingSecrets(service, context);
  const { Id: id, Warnings } = await client.send<{ Id: string; Warnings: string[] | null }>(
    {
      method: 'POST',
      path: '/containers/create',
      query: { name: action.name, platform },
      body,
      resource: `container ${action.name}`,
    },
    signal,
  );
  for (const warning of Warnings ?? []) context.warn(`${service.name}: ${warning}`);
  try {
    for (const { network, endpoint } of connect) {
      await client.send(
        {
          method: 'POST',
          path: `/networks/${encodeURIComponent(network)}/connect`,
          body: { Container: id, EndpointConfig: endpoint },
          resource: `network ${network}`,
        },
        signal,
      );
    }
  } catch (error) {
    await removeQuietly(context, id);
    throw error;
  }
  context.remember({ id, name: action.name });
  return undefined;
};

/** The engine refuses the mount, but names only the path: which secret it was for is told here. */
async function warnOfMissingSecrets(service: Service, context: StepContext): Promise<void> {
  const { project, readFile } = context;
  for (const { kind, delivery, object, reference } of containerFiles(project, service)) {
    if (kind !== 'secret' || delivery !== 'bind') continue;
    const isMissing = await readFile(object.file ?? '').then(
      () => false,
      (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT',
    );
    if (isMissing)
      context.warn(`secret file ${object.name ?? reference.source ?? ''} does not exist`);
  }
}

async function creationContext(
  action: ActionOf<'create-container'>,
  service: Service,
  context: StepContext,
): Promise<ContainerContext> {
  const { client, hashes } = context;
  const inherits = action.replaces?.inheritVolumes === true;
  const [image, imageVolumes, seccompProfiles, mounts] = await Promise.all([
    findImage(context, serviceImage(context, service)),
    imageVolumeDigests(context, service),
    readSeccompProfiles(context, service),
    inherits && action.replaces !== undefined ? mountsOf(context, action.replaces) : [],
  ]);
  return {
    apiVersion: client.apiVersion,
    toolVersion: context.toolVersion,
    hash: (resolved) => hashes.service(resolved),
    number: action.number,
    ...(context.separator === undefined ? {} : { separator: context.separator }),
    peers: peersOf(action, context),
    environment: context.proxies ?? {},
    imageVolumes,
    seccompProfiles,
    ...(image === undefined
      ? {}
      : { image: { label: await hashes.image(image), volumes: image.volumes } }),
    ...(action.replaces === undefined ? {} : { replaces: { mounts } }),
    ...(action.oneOff === undefined ? {} : { oneOff: action.oneOff }),
  };
}

/** Image of a service as it is looked up: reference and pinned platform. */
export function serviceImage({ project, separator }: StepContext, service: Service): ImageQuery {
  const platform = pinnedPlatform(project, service);
  const reference = imageName(project, service, separator);
  return platform === undefined ? { reference } : { reference, platform };
}

/** Identity of a local image, asked for once per run; undefined when it is not there. */
export function findImage(
  { client, images, signal }: StepContext,
  query: ImageQuery,
): Promise<ObservedImage | undefined> {
  const key = imageKey(query.reference, query.platform);
  const known = images.get(key);
  if (known !== undefined) return known;
  const looking = inspectImage(client, query, signal).then(
    ({ image }) => image,
    (error: unknown) => {
      if (isEngineError(error, 'not-found')) return undefined;
      throw error;
    },
  );
  images.set(key, looking);
  return looking;
}

/** A volume of type image may name an image or a service whose image is built here. */
async function imageVolumeDigests(
  context: StepContext,
  service: Service,
): Promise<Record<string, string>> {
  const volumes = (service.volumes ?? []).filter(({ type }) => type === 'image');
  const entries = await Promise.all(
    volumes.map(async ({ source = '', target = '' }): Promise<readonly [string, string][]> => {
      const image =
        (await findImage(context, { reference: source })) ??
        (await findImage(context, { reference: builtName(context, source) }));
      return image === undefined ? [] : [[target, image.digest]];
    }),
  );
  return Object.fromEntries(entries.flat());
}

function builtName({ project, separator }: StepContext, service: string): string {
  return imageName(project, { name: service }, separator);
}

async function readSeccompProfiles(
  context: StepContext,
  service: Service,
): Promise<Record<string, string>> {
  const entries = await Promise.all(
    seccompPaths(service).map(async (path): Promise<[string, string]> => {
      try {
        const text = Buffer.from(await context.readFile(path)).toString('utf8');
        return [path, JSON.stringify(JSON.parse(text))];
      } catch (cause) {
        throw new EngineError(
          'invalid',
          `opening seccomp profile (${path}) failed: ${messageOf(cause)}`,
          { resource: `service ${service.name}`, cause },
        );
      }
    }),
  );
  return Object.fromEntries(entries);
}

async function mountsOf(
  context: StepContext,
  replaced: PeerContainer,
): Promise<readonly InheritedMount[]> {
  const { Mounts = [] } = await inspectContainer(context.client, replaced, context.signal);
  return Mounts.map((mount) => ({
    type: mount.Type,
    source: mount.Type === 'volume' ? (mount.Name ?? '') : mount.Source,
    target: mount.Destination,
    readOnly: !mount.RW,
  }));
}

function peersOf(action: ActionOf<'create-container'>, context: StepContext): Peers {
  return Object.fromEntries(
    Object.entries(action.peers).map(([service, references]) => [
      service,
      references.map((reference) => context.resolve(reference)),
    ]),
  );
}

/** Removes what a failed step made; the failure itself is what matters. */
async function removeQuietly({ client }: StepContext, id: string): Promise<void> {
  const call: Call = { method: 'DELETE', path: `/containers/${id}`, query: { force: true } };
  await client.send(call, AbortSignal.timeout(30_000)).catch(() => undefined);
}

/** Starts a container; a port that is taken is explained by who holds it. */
export const startContainer: Executor<'start-container'> = async (action, context) => {
  const container = context.resolve(action.container);
  const service = context.project.services[action.service];
  const start = (): Promise<undefined> => post(context, container, 'start');
  await context.beforeStart?.(container, action.service);
  try {
    await (service !== undefined && picksHostPorts(service) ? context.startLock(start) : start());
  } catch (error) {
    throw isEngineError(error, 'port-in-use')
      ? await explainPortConflict(error, service, context)
      : error;
  }
  return undefined;
};

/** Stops a container; one that is gone or stopped already is what was wanted. */
export const stopContainer: Executor<'stop-container'> = async (action, context) => {
  const query = { t: action.timeout };
  await unlessGone(post(context, context.resolve(action.container), 'stop', query));
  return undefined;
};

export const restartContainer: Executor<'restart-container'> = async (action, context) => {
  await post(context, context.resolve(action.container), 'restart', { t: action.timeout });
  return undefined;
};

/** Sends a signal; a container that does not run (any more) is what was wanted. */
export const killContainer: Executor<'kill-container'> = async (action, context) => {
  const container = context.resolve(action.container);
  try {
    await post(context, container, 'kill', { signal: action.signal || undefined });
  } catch (error) {
    if (!isEngineError(error, 'not-found', 'conflict')) throw error;
  }
  return undefined;
};

export const pauseContainer: Executor<'pause-container'> = async (action, context) => {
  await post(context, context.resolve(action.container), 'pause');
  return undefined;
};

export const unpauseContainer: Executor<'unpause-container'> = async (action, context) => {
  await post(context, context.resolve(action.container), 'unpause');
  return undefined;
};

export const renameContainer: Executor<'rename-container'> = async (action, context) => {
  const container = context.resolve(action.container);
  await post(context, container, 'rename', { name: action.name });
  context.remember({ id: container.id, name: action.name });
  return undefined;
};

/** Removes a container by force; one that is gone or being removed is what was wanted. */
export const removeContainer: Executor<'remove-container'> = async (action, context) => {
  const { id, name } = context.resolve(action.container);
  const call: Call = {
    method: 'DELETE',
    path: `/containers/${id}`,
    query: { force: true, v: action.volumes || undefined },
    resource: `container ${name}`,
  };
  try {
    await context.client.send(call, context.signal);
  } catch (error) {
    if (!isEngineError(error, 'not-found', 'conflict')) throw error;
  }
  return undefined;
};

async function unlessGone(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!isEngineError(error, 'not-found')) throw error;
  }
}

function post(
  { client, signal }: StepContext,
  { id, name }: PeerContainer,
  verb: string,
  query: Call['query'] = {},
): Promise<undefined> {
  return client.send(
    { method: 'POST', path: `/containers/${id}/${verb}`, query, resource: `container ${name}` },
    signal,
  );
}
