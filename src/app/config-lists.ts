import { dependencyGraph } from '../compose/dependency-graph.ts';
import type { LoadRequest } from '../compose/load.ts';
import { serviceHash } from '../compose/hash.ts';
import type { Project } from '../compose/model.ts';
import { selectServices } from '../compose/selection.ts';
import { listVariables } from '../compose/variables.ts';
import { goJson } from '../output/go-json.ts';
import { formatTable } from '../output/table.ts';
import { characters } from '../output/tabwriter.ts';
import { imageName } from '../scheduler/names.ts';
import { InvalidProject } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { hashedPlatform } from './hashed-platform.ts';
import { openProject, openTree } from './load-project.ts';
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
export function configList(
  session: Session,
  global: GlobalOptions,
  request: ConfigListRequest,
): string {
  const { list, load } = request;
  if (list.kind === 'variables') return variables(session, global, request);
  if (list.kind === 'hash') return hashes(session, global, { ...request, names: list.services });
  const filters = ['profiles', 'images', 'environment'].includes(list.kind);
  const { project } = openProject(session, global, {
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

function hashes(
  session: Session,
  global: GlobalOptions,
  { load, names }: ConfigListRequest & { readonly names: string },
): string {
  const wanted = names === '*' ? [] : names.split(',');
  const { project } = openProject(session, global, { ...load, services: [], envFiles: 'none' });
  const selected = selectServices(project, wanted, 'alone');
  if (!selected.ok) throw new InvalidProject(selected.error);
  // Only now: the env file of a service nobody asked about may be missing.
  const { project: resolved } = openProject(session, global, { ...load, services: wanted });
  return lines(
    Object.keys(selected.value.services).map((name) => {
      const service = resolved.services[name] ?? selected.value.services[name];
      if (service === undefined) throw new Error(`internal error: service ${name} is lost`);
      return `${name} ${serviceHash(service, hashedPlatform(project, service))}`;
    }),
  );
}

function variables(session: Session, global: GlobalOptions, request: ConfigListRequest): string {
  const { tree } = openTree(session, global, { ...request.load, skipInterpolation: true });
  const found = listVariables(tree);
  if (request.format === 'json') {
    const rows = found.map(({ name, required, defaultValue, alternateValue }) => [
      name,
      {
        Name: name,
        DefaultValue: defaultValue,
        PresenceValue: alternateValue,
        Required: required,
      },
    ]);
    return `${goJson(Object.fromEntries(rows), { indent: 4 })}\n\n`;
  }
  const rows = found.map(({ name, required, defaultValue, alternateValue }) => [
    name,
    String(required),
    defaultValue,
    alternateValue,
  ]);
  return formatTable([['NAME', 'REQUIRED', 'DEFAULT VALUE', 'ALTERNATE VALUE'], ...rows], {
    minWidth: 20,
    padding: 3,
    measure: characters,
  });
}

function lines(text: readonly string[]): string {
  return text.map((line) => `${line}\n`).join('');
}
