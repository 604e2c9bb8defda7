import { mapNode, nullNode } from './node.ts';
import type { MapNode, Node } from './node.ts';
import type { Span } from './source.ts';
import { mapValues, withEntry } from './tree-edit.ts';

/**
 * Connects services that name no network to the network `default`, and declares that network when a
 * service uses it.
 */
export function normalizeNetworks(tree: MapNode): MapNode {
  const services = tree.entries.get('services')?.value;
  if (services?.kind !== 'map') return tree;
  let user: Span | undefined;
  const connected = mapValues(services, (service, _name, { keySpan }) => {
    if (service.kind !== 'map') return service;
    if (service.entries.has('provider') || service.entries.has('network_mode')) return service;
    const networks = service.entries.get('networks')?.value;
    if (!isUnset(networks)) {
      if (networks.kind === 'map' && networks.entries.has('default')) user ??= networks.span;
      return service;
    }
    user ??= keySpan;
    return withEntry(service, 'networks', mapNode([['default', nullNode(keySpan)]], keySpan));
  });
  const made = connected === services ? tree : withEntry(tree, 'services', connected);
  return user === undefined ? made : withDefaultNetwork(made, user);
}

function isUnset(networks: Node | undefined): networks is undefined {
  return networks === undefined || (networks.kind === 'map' && networks.entries.size === 0);
}

function withDefaultNetwork(tree: MapNode, user: Span): MapNode {
  const networks = tree.entries.get('networks')?.value;
  const declared = networks?.kind === 'map' ? networks : mapNode([], user);
  if (declared.entries.has('default')) return tree;
  return withEntry(tree, 'networks', withEntry(declared, 'default', nullNode(user)));
}
