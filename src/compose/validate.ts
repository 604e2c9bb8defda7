import { ipVersion } from '../foundation/ip-address.ts';
import type { Diagnostic } from './diagnostic.ts';
import { formatPath } from './node.ts';
import type { MapNode, Node, NodePath } from './node.ts';
import { treeFault } from './short-form.ts';
import { pathRules } from './path-rules.ts';
import { isString, rewriteTree, stringOf } from './tree-edit.ts';

type Check = (node: MapNode, path: NodePath) => Diagnostic | undefined;

const CHECKS = pathRules<Check>({
  'volumes.*': externalAlone,
  'configs.*': oneSource('file', 'environment', 'content'),
  'secrets.*': oneSource('file', 'environment'),
  'services.*.ports.*': hostAddress,
  'services.*.develop.watch.*': watchedPath,
  'services.*.deploy.resources.reservations.devices.*': countOrIds,
  'services.*.gpus.*': countOrIds,
  'services.*.volumes.*': bindSource,
});

/** What the schema cannot say about a canonical tree; the tree is expected to fit the schema. */
export function validateTree(tree: MapNode): Diagnostic[] {
  const found: Diagnostic[] = [];
  rewriteTree(tree, CHECKS, (check, node, path) => {
    const fault = node.kind === 'map' ? check(node, path) : undefined;
    if (fault !== undefined) found.push(fault);
    return node;
  });
  return found;
}

function isTrue(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && node.value === true;
}

function externalAlone(resource: MapNode, path: NodePath): Diagnostic | undefined {
  if (!isTrue(resource.entries.get('external')?.value)) return undefined;
  for (const [key, { value }] of resource.entries) {
    if (key === 'name' || key === 'external' || key.startsWith('x-')) continue;
    return treeFault([...path, key], value, {
      code: 'resource/external-conflict',
      message: `${formatPath(path)}: conflicting parameters "external" and "${key}" specified`,
      hint: `an external resource is made by someone else: remove "${key}" or "external"`,
    });
  }
  return undefined;
}

function oneSource(...keys: readonly string[]): Check {
  return (resource, path) => {
    const [, second] = keys.filter((key) => resource.entries.has(key));
    const given = keys.some((key) => resource.entries.has(key));
    if (second !== undefined) {
      return treeFault([...path, second], resource.entries.get(second)?.value ?? resource, {
        code: 'resource/several-sources',
        message: `${formatPath(path)}: ${keys.join('|')} attributes are mutually exclusive`,
      });
    }
    if (given || resource.entries.has('driver') || resource.entries.has('external')) {
      return undefined;
    }
    return treeFault(path, resource, {
      code: 'resource/no-source',
      message: `${formatPath(path)}: one of ${keys.join('|')} must be set`,
    });
  };
}

function hostAddress(port: MapNode, path: NodePath): Diagnostic | undefined {
  const address = port.entries.get('host_ip')?.value;
  if (!isString(address) || ipVersion(address.value) !== undefined) return undefined;
  return treeFault([...path, 'host_ip'], address, {
    code: 'port/invalid-address',
    message: `${formatPath(path)}: invalid ip address: ${address.value}`,
  });
}

function watchedPath(trigger: MapNode, path: NodePath): Diagnostic | undefined {
  const watched = trigger.entries.get('path')?.value;
  if (watched === undefined || stringOf(watched) !== '') return undefined;
  const place = [...path, 'path'];
  return treeFault(place, watched, {
    code: 'watch/blank-path',
    message: `${formatPath(place)}: value can't be blank`,
  });
}

function countOrIds(request: MapNode, path: NodePath): Diagnostic | undefined {
  const ids = request.entries.get('device_ids')?.value;
  if (ids === undefined || !request.entries.has('count')) return undefined;
  return treeFault([...path, 'device_ids'], ids, {
    code: 'device/count-and-ids',
    message: `${formatPath(path)}: "count" and "device_ids" attributes are exclusive`,
  });
}

function bindSource(volume: MapNode, path: NodePath): Diagnostic | undefined {
  const type = volume.entries.get('type')?.value;
  if (type === undefined || stringOf(type) !== 'bind' || volume.entries.has('source')) {
    return undefined;
  }
  return treeFault(path, type, {
    code: 'volume/no-source',
    message: 'invalid mount config for type "bind": field Source must not be empty',
    hint: 'say in `source` which path of the host to mount',
  });
}
