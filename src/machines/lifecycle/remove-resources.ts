import { machineTags } from '../../providers/machine-tags.ts';
import type { Account, RemoteResource } from '../../providers/provider.ts';
import type { Clock } from '../../foundation/clock.ts';
import type { KnownResource } from './journal-state.ts';
import { messageOf } from './accounts.ts';
import { removables } from './removal-plan.ts';

/** What could not be removed, and why in the account's words. */
export interface LeftResource {
  readonly kind: string;
  readonly id: string;
  readonly title: string;
  readonly reason: string;
}

export interface RemovalRequest {
  readonly account: Account;
  readonly machine: string;
  /** Id of the store in whose name it is tagged. */
  readonly store: string;
  readonly known: readonly KnownResource[];
  /** Asked when all but shared things are gone: whether others still need those. */
  readonly keepShared: () => Promise<boolean>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called after each that is gone; the caller writes it down. */
  readonly onRemoved: (resource: { readonly kind: string; readonly id: string }) => Promise<void>;
  readonly progress: (text: string) => void;
}

/** Milliseconds during which an account may not yet list what it has made. */
const LISTING_DELAY = 30_000;
const LISTING_INTERVAL = 3_000;

/**
 * Removes everything that a machine has at its account, one after the other, and looks whether it is gone. What
 * could not be removed is the result; nothing throws but an account that cannot list.
 */
export async function removeResources(request: RemovalRequest): Promise<readonly LeftResource[]> {
  const { account, machine, store, known, onRemoved, progress } = request;
  const tags = machineTags(store, machine);
  const listed = await listUntilSettled(request);
  const shared = await account.resources(machineTags(store));
  const all = [...listed, ...shared.filter((resource) => resource.machine === undefined)];
  const left: LeftResource[] = [];
  for (const each of removables(known, all, machine)) {
    request.signal.throwIfAborted();
    if (each.shared && (await request.keepShared())) continue;
    progress(`remove ${each.title}`);
    try {
      // What is shared and still in use by others stays for them.
      if (await account.remove(each)) await onRemoved(each);
      else if (!each.shared && listed.some((one) => one.kind === each.kind && one.id === each.id)) {
        left.push({ ...each, reason: 'it is still in use' });
      }
    } catch (error) {
      request.signal.throwIfAborted();
      left.push({ ...each, reason: messageOf(error) });
    }
  }
  const intended = known.filter(({ id }) => id === undefined);
  const still = await account.resources(tags);
  for (const { kind, id, title, machine: owner } of still) {
    if (owner !== machine || left.some((one) => one.kind === kind && one.id === id)) continue;
    left.push({ kind, id, title, reason: 'the account still lists it' });
  }
  if (left.length > 0) return left;
  for (const { kind, token } of intended) await onRemoved({ kind, id: token ?? '' });
  return left;
}

/**
 * The machine's resources, listed again for a while when something that was intended a moment ago is missing:
 * accounts list what they have made with delay.
 */
async function listUntilSettled(request: RemovalRequest): Promise<readonly RemoteResource[]> {
  const { account, machine, store, known, clock, signal } = request;
  const intended = known.filter(({ id }) => id === undefined);
  // Clocks are set back at times: nothing was intended later than now.
  const begun = clock.now();
  const newest = Math.min(begun, Math.max(0, ...intended.map(({ at }) => Date.parse(at) || 0)));
  for (;;) {
    const listed = await account.resources(machineTags(store, machine));
    const own = listed.filter((resource) => resource.machine === machine);
    if (clock.now() - newest > LISTING_DELAY || !isMissing(known, listed)) return own;
    await clock.sleep(LISTING_INTERVAL, signal);
  }
}

/** True when the account lists fewer things that the journal has no id of than were intended. */
function isMissing(known: readonly KnownResource[], listed: readonly RemoteResource[]): boolean {
  return known.some(({ kind, id }) => {
    if (id !== undefined) return false;
    const intended = known.filter((each) => each.kind === kind && each.id === undefined);
    const unknown = listed.filter(
      (each) =>
        each.kind === kind && !known.some((other) => other.kind === kind && other.id === each.id),
    );
    return unknown.length < intended.length;
  });
}
