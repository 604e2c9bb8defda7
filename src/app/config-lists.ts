import { dependencyGraph } from '../compose/dependency-graph.ts';
import type { LoadRequest } from '../compose/load.ts';
import { serviceHash } from '../compose/hash.ts';
import type { Project } from '../compose/model.ts';
import { imageName } from '../scheduler/names.ts';
import { configVariables } from './config-variables.ts';
import type { GlobalOptions } from './global-options.ts';
import { hashedPlatform } from './hashed-platform.ts';
import { openProject } from './load-project.ts';
import type { Session } from './session.ts';

/** What `config` can print instead of the project, one entry a line. */
export type ConfigList =
  | {
      readonly kind:
        | 'services'
        | 'volumes'
        | 'networks'
        | 'models'
        | 'profiles'
        | 'images'
        | 'variables'
        | 'environment';
    }
  /** Services by name with commas, or `*`. */
  | { readonly kind: 'hash'; readonly services: string };

export interface ConfigListRequest {
  readonly list: ConfigList;
  readonly load: LoadRequest;
  readonly services: readonly string[];
  readonly format: string;
}

/** The text of a list; sorted wherever Compose leaves the order to chance. */
export async function configList(
  session: Session,
  global: GlobalOptions,
  request: ConfigListRequest,
): Promise<string> {
  const { list, load } = request;
  if (list.kind === 'variables') return configVariables(session, global, request);
  if (list.kind === 'hash') return hashes(session, global, { ...request, names: list.services });
  const filters = ['profiles', 'images', 'environment'].includes(list.kind);
  const { project } = await openProject(session, global, {
    ...load,
    services: filters ? request.services : [],
    envFiles: 'none',
  });
  return lines(entries(project, list.kind));
}

function entries(
  project: Project,
  kind: Exclude<ConfigList['kind'], 'variables' | 'hash'>,
): readonly string[] {
  const services = Object.values(project.services);
  switch (kind) {
    case 'services':
      return dependencyGraph(project.services).order;
    case 'volumes':
      return Object.keys(project.volumes).toSorted();
    case 'networks':
      return Object.keys(project.networks).toSorted();
    case 'models':
      return Object.values(project.models)
        .flatMap(({ model }) => (model === undefined ? [] : [model]))
        .toSorted();
    case 'profiles': {
      const all = [...services, ...Object.values(project.disabledServices)];
      return [...new Set(all.flatMap(({ profiles = [] }) => profiles))].toSorted();
    }
    case 'images':
      return services
        .flatMap((service) => [
          imageName(project, service),
          ...(service.pre_start ?? []).flatMap(({ image }) =>
            image === undefined || image === service.image ? [] : [image],
          ),
          ...(service.volumes ?? []).flatMap(({ type, source }) =>
            type === 'image' && source !== undefined ? [source] : [],
          ),
        ])
        .toSorted();
    case 'environment':
      return Object.entries(project.environment)
        .map(([name, value]) => `${name}=${value}`)
        .toSorted();
  }
}

/** Only the env files of the services that were asked for are read: others may be missing. */
async function hashes(
  session: Session,
  global: GlobalOptions,
  { load, names }: ConfigListRequest & { readonly names: string },
): Promise<string> {
  const { project } = await openProject(session, global, {
    ...load,
    services: names === '*' ? [] : names.split(','),
    reach: 'alone',
    envFiles: load.envFiles === 'none' ? 'none' : 'selected',
  });
  return lines(
    Object.entries(project.services).map(
      ([name, service]) => `${name} ${serviceHash(service, hashedPlatform(project, service))}`,
    ),
  );
}

function lines(text: readonly string[]): string {
  return text.map((line) => `${line}\n`).join('');
}
