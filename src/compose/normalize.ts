import { dependencyNode } from './depends-on.ts';
import { normalizeNetworks } from './default-network.ts';
import { cleanPath } from './path-forms.ts';
import type { StringMap } from './model-basics.ts';
import { mapNode, stringNode } from './node.ts';
import type { MapEntry, MapNode, Node } from './node.ts';
import { isNull, isString, mapValues, rewriteAt, stringOf, withEntry } from './tree-edit.ts';

export interface NormalizeOptions {
  readonly projectName: string;
  /** Where variables without a value get it from. */
  readonly environment: StringMap;
}

/**
 * Adds what a resolved, canonical tree only implies: the default network, dependencies on services
 * whose namespaces, volumes or links are used, values of variables, names of resources at the engine.
 */
export function normalizeTree(tree: MapNode, options: NormalizeOptions): MapNode {
  const connected = normalizeNetworks(tree);
  const services = rewriteAt(connected, 'services.*', (node) =>
    node.kind === 'map' ? normalizeService(node, options.environment) : node,
  );
  return nameResources(services, options.projectName);
}

function normalizeService(service: MapNode, environment: StringMap): MapNode {
  const policy = service.entries.get('pull_policy')?.value;
  let made = service;
  if (policy !== undefined && stringOf(policy) === 'if_not_present') {
    made = withEntry(made, 'pull_policy', stringNode('missing', policy.span));
  }
  const build = made.entries.get('build')?.value;
  if (build?.kind === 'map') made = withEntry(made, 'build', normalizeBuild(build, environment));
  const variables = made.entries.get('environment')?.value;
  if (variables !== undefined) {
    made = withEntry(made, 'environment', fillVariables(variables, environment, true));
  }
  return inheritPreStartImage(cleanTargets(withImpliedDependencies(made)));
}

function normalizeBuild(build: MapNode, environment: StringMap): MapNode {
  let made = build;
  if (isAbsent(build, 'context')) made = withEntry(made, 'context', stringNode('.', build.span));
  if (isAbsent(build, 'dockerfile') && isAbsent(build, 'dockerfile_inline')) {
    made = withEntry(made, 'dockerfile', stringNode('Dockerfile', build.span));
  }
  const args = build.entries.get('args')?.value;
  if (args === undefined) return made;
  return withEntry(made, 'args', fillVariables(args, environment, false));
}

function isAbsent(map: MapNode, key: string): boolean {
  const value = map.entries.get(key)?.value;
  return value === undefined || isNull(value);
}

/** Variables that only have a name get their value; those that have none either stay or go. */
function fillVariables(node: Node, environment: StringMap, keepUnset: boolean): Node {
  const valueOf = (name: string): string | undefined =>
    Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (node.kind === 'seq') {
    const items = node.items.flatMap((item): Node[] => {
      if (!isString(item)) return [];
      if (item.value.includes('=')) return [item];
      const value = valueOf(item.value);
      if (value !== undefined) return [{ ...item, value: `${item.value}=${value}` }];
      return keepUnset ? [item] : [];
    });
    return { ...node, items };
  }
  if (node.kind !== 'map') return node;
  const entries = new Map<string, MapEntry>();
  for (const [name, entry] of node.entries) {
    const value = isNull(entry.value) ? valueOf(name) : undefined;
    if (value !== undefined) {
      entries.set(name, { ...entry, value: stringNode(value, entry.value.span) });
    } else if (keepUnset || !isNull(entry.value)) entries.set(name, entry);
  }
  return { ...node, entries };
}

/** A service starts after those whose links, namespaces or volumes it uses. */
function withImpliedDependencies(service: MapNode): MapNode {
  const declared = service.entries.get('depends_on')?.value;
  const implied = [
    ...linkedServices(service),
    ...sharedNamespaces(service),
    ...sharedVolumes(service),
  ];
  if (implied.length === 0) return service;
  let dependencies = declared?.kind === 'map' ? declared : mapNode([], service.span);
  for (const { name, restart, node } of implied) {
    if (dependencies.entries.has(name)) continue;
    dependencies = withEntry(dependencies, name, dependencyNode(node.span, restart));
  }
  return withEntry(service, 'depends_on', dependencies);
}

interface ImpliedDependency {
  readonly name: string;
  readonly restart: boolean;
  /** What implies it. */
  readonly node: Node;
}

function linkedServices(service: MapNode): ImpliedDependency[] {
  return stringItems(service, 'links').map(({ value, node }) => {
    const [name = '', , ...rest] = value.split(':');
    return { name: rest.length === 0 ? name : value, restart: true, node };
  });
}

function sharedNamespaces(service: MapNode): ImpliedDependency[] {
  return ['network_mode', 'ipc', 'pid', 'uts', 'cgroup'].flatMap((key) => {
    const node = service.entries.get(key)?.value;
    const reference = stringOf(node);
    if (node === undefined || reference?.startsWith('service:') !== true) return [];
    return [{ name: reference.slice('service:'.length), restart: true, node }];
  });
}

function sharedVolumes(service: MapNode): ImpliedDependency[] {
  return stringItems(service, 'volumes_from').flatMap(({ value, node }) => {
    if (value.startsWith('container:')) return [];
    return [{ name: value.split(':')[0] ?? '', restart: false, node }];
  });
}

function stringItems(service: MapNode, key: string): { value: string; node: Node }[] {
  const list = service.entries.get(key)?.value;
  if (list?.kind !== 'seq') return [];
  return list.items.flatMap((node) => (isString(node) ? [{ value: node.value, node }] : []));
}

function cleanTargets(service: MapNode): MapNode {
  return rewriteAt(service, 'volumes.*.target', (target) => {
    if (!isString(target)) return target;
    const clean = cleanPath(target.value);
    return clean === target.value ? target : { ...target, value: clean };
  });
}

/** A hook without an image of its own runs in that of the service. */
function inheritPreStartImage(service: MapNode): MapNode {
  const image = service.entries.get('image')?.value;
  if (image === undefined || (stringOf(image) ?? '') === '') return service;
  return rewriteAt(service, 'pre_start.*', (hook) =>
    hook.kind !== 'map' || hook.entries.has('image') ? hook : withEntry(hook, 'image', image),
  );
}

/** A resource without a name is called after its key: as it is when external, else in the project. */
function nameResources(tree: MapNode, projectName: string): MapNode {
  let named = tree;
  for (const section of ['networks', 'volumes', 'configs', 'secrets']) {
    named = rewriteAt(named, section, (resources) =>
      resources.kind !== 'map'
        ? resources
        : mapValues(resources, (value, key, { keySpan }) => {
            const resource = isNull(value) ? mapNode([], value.span) : value;
            if (resource.kind !== 'map' || !isAbsent(resource, 'name')) return resource;
            const name = isExternal(resource) ? key : `${projectName}_${key}`;
            return withEntry(resource, 'name', stringNode(name, keySpan));
          }),
    );
  }
  return named;
}

function isExternal(resource: MapNode): boolean {
  const external = resource.entries.get('external')?.value;
  if (external?.kind !== 'scalar') return false;
  return ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(String(external.value));
}
