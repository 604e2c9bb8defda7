import type { Project, Service } from '../compose/model.ts';
import { isEngineError } from '../engine/errors.ts';
import { parseImageReference } from '../engine/pull/image-reference.ts';
import { encodeAuth, type RegistryAuth } from '../engine/pull/registry-auth.ts';
import { mapLimited } from '../foundation/pool.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { registryAuth } from './image-work.ts';
import { withOperation, type Operation } from './operation.ts';
import type { Session } from './session.ts';

/** Registry questions at a time. */
const PARALLEL = 8;

/**
 * The project with every image pinned to the digest that its registry has now; the engine asks.
 *
 * @throws CommandFailure for images that the registry does not know
 */
export function withDigests(
  session: Session,
  global: GlobalOptions,
  project: Project,
): Promise<Project> {
  return withOperation(session, global, { title: 'config', quiet: true }, async (operation) => {
    const auth = registryAuth(operation);
    const services = await mapLimited(
      Object.entries(project.services),
      PARALLEL,
      async ([name, service]) => [name, await pinned(operation, service, auth)] as const,
    );
    return { ...project, services: Object.fromEntries(services) };
  });
}

/** Only what pins images: an override file for the project's own files. */
export function imagesOnly(project: Project): Project {
  const services = Object.entries(project.services).map(([name, { image, volumes }]) => {
    const mounted = volumes?.filter(({ type }) => type === 'image') ?? [];
    return [
      name,
      {
        name,
        ...(image === undefined ? {} : { image }),
        ...(mounted.length === 0 ? {} : { volumes: mounted }),
      },
    ] as const;
  });
  return {
    ...project,
    name: '',
    services: Object.fromEntries(services),
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    models: {},
    extensions: {},
  };
}

async function pinned(
  operation: Operation,
  service: Service,
  auth: RegistryAuth,
): Promise<Service> {
  if (service.image === undefined) return service;
  return { ...service, image: await digestOf(operation, service.image, auth) };
}

async function digestOf(
  { engine, session }: Operation,
  image: string,
  auth: RegistryAuth,
): Promise<string> {
  const reference = parseImageReference(image);
  if (!reference.ok) throw new CommandFailure(reference.error);
  if (reference.value.digest !== undefined) return image;
  const credentials = await auth.forImage(image);
  try {
    const answer = await engine.client.send<{ readonly Descriptor: { readonly digest: string } }>(
      {
        method: 'GET',
        path: `/distribution/${image}/json`,
        headers: { 'X-Registry-Auth': encodeAuth(credentials ?? {}) },
        resource: `image ${image}`,
      },
      session.signal,
    );
    return `${image}@${answer.Descriptor.digest}`;
  } catch (error) {
    if (!isEngineError(error)) throw error;
    throw new CommandFailure(
      `cannot resolve the digest of ${image}: ${error.message}`,
      'the registry must be in reach, and you logged in to it ("docker login")',
    );
  }
}
