import type { MapNode, SequenceNode } from './node.ts';

/** A pool while pools are merged: changes in place, wherever it was already taken over. */
interface Pool {
  node: MapNode;
}

/**
 * Merges `ipam.config`. The reference compares each pool of the base with each of the override and
 * merges those of the same subnet; a pool of the base survives only by being named again.
 */
export function mergeIpamConfig(
  base: SequenceNode,
  override: SequenceNode,
  mergePools: (base: MapNode, override: MapNode) => MapNode,
): SequenceNode {
  if (base.items.length === 0) return override;
  const overrides = poolsOf(override);
  const merged: Pool[] = [];
  for (const original of poolsOf(base)) {
    for (const pool of overrides) {
      const known = merged.some((other) => subnetOf(other) === subnetOf(pool));
      if (subnetOf(pool) !== subnetOf(original) && !known) {
        merged.push(pool);
        continue;
      }
      original.node = mergePools(original.node, pool.node);
      const index = merged.findIndex((other) => subnetOf(other) === subnetOf(original));
      if (index >= 0) merged[index] = original;
      else merged.push(original);
    }
  }
  return { ...override, items: merged.map((pool) => pool.node) };
}

function poolsOf(config: SequenceNode): Pool[] {
  return config.items.flatMap((node) => (node.kind === 'map' ? [{ node }] : []));
}

function subnetOf(pool: Pool): string | undefined {
  const subnet = pool.node.entries.get('subnet')?.value;
  return subnet?.kind === 'scalar' ? String(subnet.value) : undefined;
}
