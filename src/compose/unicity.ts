import type { Diagnostic } from './diagnostic.ts';
import { formatPath } from './node.ts';
import type { MapEntry, MapNode, Node, NodePath, ScalarNode, SequenceNode } from './node.ts';
import { overriding } from './overriding.ts';
import { pathRules, rulesBelow } from './path-rules.ts';
import type { PathRules } from './path-rules.ts';
import { parseVolume } from './volumes.ts';

/** What tells the entries of a list apart, or why it cannot be told. */
type Identity = { readonly key: string } | { readonly fault: string };
type Identify = (entry: Node, place: string) => Identity;

/**
 * Keeps one of the entries of a list that mean the same thing (variables of one name, mounts on one
 * target, ports of one binding): the last one, at the position of the first. Lists without such a
 * rule, and trees without anything to drop, are returned as they are.
 */
export function enforceUnicity(tree: MapNode): { node: MapNode; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const node = visitMap(tree, [], { rules, diagnostics });
  return { node, diagnostics };
}

interface Visit {
  readonly rules: PathRules<Identify>;
  readonly diagnostics: Diagnostic[];
}

function visitMap(map: MapNode, path: NodePath, visit: Visit): MapNode {
  let changed: Map<string, MapEntry> | undefined;
  for (const [key, entry] of map.entries) {
    const below = rulesBelow(visit.rules, key);
    if (below === undefined) continue;
    const value = visitNode(entry.value, [...path, key], { ...visit, rules: below });
    if (value === entry.value) continue;
    changed ??= new Map(map.entries);
    changed.set(key, { ...entry, value });
  }
  return changed === undefined ? map : { ...map, entries: changed };
}

function visitNode(node: Node, path: NodePath, visit: Visit): Node {
  if (node.kind === 'map') return visitMap(node, path, visit);
  if (node.kind === 'seq' && visit.rules.rule !== undefined) {
    return unique(node, path, { ...visit, identify: visit.rules.rule });
  }
  return node;
}

function unique(
  list: SequenceNode,
  path: NodePath,
  { identify, diagnostics }: Visit & { readonly identify: Identify },
): SequenceNode {
  const items: Node[] = [];
  const positions = new Map<string, number>();
  for (const [index, entry] of list.items.entries()) {
    const at = [...path, index];
    const identity = identify(entry, `${formatPath(path)}.[${index}]`);
    if ('fault' in identity) {
      diagnostics.push({
        severity: 'error',
        code: 'merge/entry',
        message: identity.fault,
        span: entry.span,
        path: formatPath(at),
      });
      continue;
    }
    const position = positions.get(identity.key);
    const earlier = position === undefined ? undefined : items[position];
    if (position === undefined || earlier === undefined) {
      positions.set(identity.key, items.length);
      items.push(entry);
    } else {
      items[position] = overriding(entry, earlier);
    }
  }
  return items.length === list.items.length ? list : { ...list, items };
}

const byName: Identify = (entry, place) => {
  if (isString(entry)) return { key: entry.value.split('=', 1)[0] ?? '' };
  return { fault: `${place}: unexpected type ${typeName(entry)}, want a string` };
};

const byVolumeTarget: Identify = (entry, place) => {
  if (entry.kind === 'map') {
    return stringAt(entry, 'target', `service volume ${place} is missing a mount target`);
  }
  if (!isString(entry)) return { key: '' };
  const mount = parseVolume(entry.value);
  return mount.ok ? { key: mount.value.target } : { fault: mount.error };
};

const byDeviceTarget: Identify = (entry, place) => {
  if (entry.kind === 'map') {
    return stringAt(entry, 'target', `service device ${place} is missing a mount target`);
  }
  if (!isString(entry)) return { key: '' };
  const parts = entry.value.split(':');
  return { key: parts[1] ?? parts[0] ?? '' };
};

const byText: Identify = (entry, place) => {
  if (isString(entry) || isInteger(entry)) return { key: String(entry.value) };
  return { fault: `${place}: unsupported expose value ${typeName(entry)}` };
};

function byMount(folder: string): Identify {
  return (entry, place) => {
    if (isString(entry)) return { key: `${folder}/${entry.value}` };
    if (entry.kind !== 'map') return { fault: `${place}: unsupported value ${typeName(entry)}` };
    const target = entry.entries.get('target')?.value;
    if (target !== undefined) return stringAt(entry, 'target', `${place}.target must be a string`);
    const source = entry.entries.get('source')?.value;
    return { key: `${folder}/${source?.kind === 'scalar' ? String(source.value) : ''}` };
  };
}

const byPort: Identify = (entry, place) => {
  if (isString(entry) || isInteger(entry)) return { key: String(entry.value) };
  if (entry.kind !== 'map') return { key: '' };
  if (!entry.entries.has('target')) {
    return { fault: `service ports ${place} is missing a target port` };
  }
  const host = textAt(entry, 'host_ip') ?? 'str:0.0.0.0';
  const protocol = textAt(entry, 'protocol') ?? 'str:tcp';
  return {
    key: [host, textAt(entry, 'published'), textAt(entry, 'target'), protocol].join('|'),
  };
};

const byPath: Identify = (entry, place) => {
  if (isString(entry)) return { key: entry.value };
  if (entry.kind !== 'map') return { key: '' };
  return stringAt(entry, 'path', `environment path attribute ${place} is missing`);
};

const rules = pathRules<Identify>({
  'networks.*.labels': byName,
  'networks.*.ipam.options': byName,
  'services.*.annotations': byName,
  'services.*.build.args': byName,
  'services.*.build.additional_contexts': byName,
  'services.*.build.platform': byName,
  'services.*.build.tags': byName,
  'services.*.build.labels': byName,
  'services.*.cap_add': byName,
  'services.*.cap_drop': byName,
  'services.*.configs': byMount(''),
  'services.*.deploy.labels': byName,
  'services.*.devices': byDeviceTarget,
  'services.*.dns': byName,
  'services.*.dns_opt': byName,
  'services.*.dns_search': byName,
  'services.*.environment': byName,
  'services.*.env_file': byPath,
  'services.*.expose': byText,
  'services.*.labels': byName,
  'services.*.links': byName,
  'services.*.networks.*.aliases': byName,
  'services.*.networks.*.link_local_ips': byName,
  'services.*.ports': byPort,
  'services.*.profiles': byName,
  'services.*.secrets': byMount('/run/secrets'),
  'services.*.sysctls': byName,
  'services.*.tmpfs': byName,
  'services.*.volumes': byVolumeTarget,
});

function isString(node: Node): node is ScalarNode & { readonly value: string } {
  return node.kind === 'scalar' && node.type === 'str';
}

function isInteger(node: Node): node is ScalarNode {
  return node.kind === 'scalar' && node.type === 'int';
}

function stringAt(map: MapNode, key: string, fault: string): Identity {
  const value = map.entries.get(key)?.value;
  return value !== undefined && isString(value) ? { key: value.value } : { fault };
}

/** The value with its type, because the number 80 and the text "80" are different bindings. */
function textAt(map: MapNode, key: string): string | undefined {
  const value = map.entries.get(key)?.value;
  return value?.kind === 'scalar' ? `${value.type}:${String(value.value)}` : undefined;
}

function typeName(node: Node): string {
  return node.kind === 'scalar' ? node.type : { map: 'mapping', seq: 'list' }[node.kind];
}
