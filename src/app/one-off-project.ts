import { resolve } from 'node:path';
import { oneOffService } from '../compose/one-off.ts';
import {
  givenEnvironment,
  labelMap,
  mountedVolumes,
  publishedPorts,
} from '../compose/one-off-flags.ts';
import type { Project, Service, StringMap } from '../compose/model.ts';
import type { MapNode } from '../compose/node.ts';
import { restrictServices } from '../compose/selection.ts';
import type { SourceFile } from '../compose/source.ts';
import type { Result } from '../foundation/result.ts';
import { shortId, type Separator } from '../scheduler/names.ts';
import { CommandFailure, InvalidProject } from './failure.ts';
import { localFiles } from './file-access.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProject } from './load-project.ts';
import type { RunRequest } from './run-request.ts';
import { noSuchService } from './scale.ts';
import type { Session } from './session.ts';

/** What `run` works on. */
export interface OneOffProject {
  /** With the service as its one-off container has it. */
  readonly whole: Project;
  /** The same with that service set aside: what comes up first. */
  readonly dependencies: Project;
  /** The service as its one-off container has it; named by `container_name`. */
  readonly service: Service;
  /** Where everything is written. */
  readonly tree: MapNode;
}

/**
 * Loads the project and changes the service as the flags say.
 *
 * @throws InvalidProject, or CommandFailure for flags that cannot be read
 */
export async function openOneOffProject(
  session: Session,
  global: GlobalOptions,
  request: RunRequest,
  container: { readonly slug: string; readonly separator: Separator },
): Promise<OneOffProject> {
  const { service: name } = request;
  const { project: loaded, tree } = await openProject(session, global, { services: [name] });
  if (!Object.hasOwn(loaded.services, name)) throw noSuchService(name, loaded);
  const project = request.create.noDependencies ? alone(loaded, name) : loaded;
  const own = project.services[name];
  if (own === undefined) throw noSuchService(name, project);
  if (own.provider !== undefined) {
    throw new CommandFailure(
      `service "${name}" has no container: it is run by provider ${own.provider.type ?? ''}`,
    );
  }
  const service = oneOffService(own, {
    ...request,
    containerName:
      request.name ??
      [project.name, name, 'run', shortId(container.slug)].join(container.separator),
    environment: environmentOf(session, project, request),
    labels: readable(labelMap(request.labels)),
    volumes: readable(mountedVolumes(request.volumes, (path) => resolve(session.cwd, path))),
    ports: request.ports === 'service' ? 'service' : readable(publishedPorts(request.ports)),
  });
  const whole = { ...project, services: { ...project.services, [name]: service } };
  return { whole, dependencies: setAside(whole, name), service, tree };
}

/** The project with one service set aside among those that are disabled. */
export function setAside(project: Project, name: string): Project {
  const { [name]: service, ...services } = project.services;
  if (service === undefined) return project;
  const disabledServices = { ...project.disabledServices, [name]: service };
  return { ...project, services, disabledServices };
}

function alone(project: Project, name: string): Project {
  const restricted = restrictServices(project, [name], 'alone');
  if (restricted.ok) return restricted.value;
  throw new InvalidProject(restricted.error);
}

function environmentOf(
  session: Session,
  project: Project,
  { environment, environmentFiles }: RunRequest,
): StringMap {
  const files = environmentFiles.map((path) => readEnvironmentFile(session, path));
  const given = givenEnvironment(environment, files, (name) =>
    Object.hasOwn(project.environment, name) ? project.environment[name] : undefined,
  );
  if (given.ok) return given.value;
  throw new InvalidProject(given.error);
}

function readEnvironmentFile({ cwd, env }: Session, path: string): SourceFile {
  const read = localFiles(env).read(resolve(cwd, path));
  if (!read.ok) {
    const reason = read.error === 'not-found' ? 'no such file or directory' : read.detail;
    throw new CommandFailure(`open ${path}: ${reason}`, 'it was given by --env-from-file');
  }
  return { path: resolve(cwd, path), text: new TextDecoder().decode(read.bytes) };
}

function readable<T>(result: Result<T, string>): T {
  if (result.ok) return result.value;
  throw new CommandFailure(result.error);
}
