import type { RemoteResource } from '../../providers/provider.ts';
import type { KnownResource } from './journal-state.ts';

/** A resource that is to go, with what is known of it. */
export interface Removable {
  readonly kind: string;
  readonly id: string;
  readonly title: string;
  /** True: other machines of the store may use it. */
  readonly shared: boolean;
}

/**
 * Everything that a machine may have at its account: what the account lists by tags and what the journal knows,
 * instances first, shared things last.
 */
export function removables(
  known: readonly KnownResource[],
  listed: readonly RemoteResource[],
  machine: string,
): Removable[] {
  const found = new Map<string, Removable>();
  for (const { kind, id, title, machine: owner } of listed) {
    if (owner !== undefined && owner !== machine) continue;
    found.set(`${kind} ${id}`, { kind, id, title, shared: owner === undefined });
  }
  // The last that was made depends on those before it.
  for (const { kind, id } of known.toReversed()) {
    if (id === undefined || found.has(`${kind} ${id}`)) continue;
    found.set(`${kind} ${id}`, { kind, id, title: `${kind} ${id}`, shared: false });
  }
  return inRemovalOrder([...found.values()], ({ shared }) => shared);
}

/** Instances first, shared things last: others are in use until then. */
export function inRemovalOrder<T extends { readonly kind: string }>(
  things: readonly T[],
  isShared: (thing: T) => boolean,
): T[] {
  const rank = (thing: T): number => (thing.kind === 'instance' ? 0 : isShared(thing) ? 2 : 1);
  return things.toSorted((a, b) => rank(a) - rank(b));
}
