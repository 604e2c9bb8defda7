import { machineTags } from '../../providers/machine-tags.ts';
import type { MachineContext } from '../machine-context.ts';
import type { Leftover } from '../store/machine-record.ts';
import { accountKey, machinesAt, messageOf, withAccount, type ProviderChoice } from './accounts.ts';
import { canonical } from './create-decision.ts';
import {
  isStillOrphan,
  planGarbage,
  type AccountInventory,
  type GarbageItem,
} from './garbage-plan.ts';
import type { LeftResource } from './remove-resources.ts';

/** What can be removed at one account. */
export interface AccountGarbage extends ProviderChoice {
  readonly items: readonly GarbageItem[];
  /** What was known of machines that were removed by force: settled when the items are gone. */
  readonly leftovers: readonly Leftover[];
  /** Why the account could not be asked. */
  readonly error?: string;
}

export interface GarbagePlan {
  readonly accounts: readonly AccountGarbage[];
  /** Machines that were begun and not finished: no garbage, but perhaps forgotten. */
  readonly unfinished: readonly string[];
}

/**
 * Looks for what crashes and forced removals have left, at all accounts that the store knows and at those that are
 * named besides. Changes nothing.
 */
export async function findGarbage(
  context: MachineContext,
  besides: readonly ProviderChoice[] = [],
): Promise<GarbagePlan> {
  const choices = await accountsOf(context, besides);
  const accounts = await Promise.all(
    [...choices.values()].map(async (choice): Promise<AccountGarbage> => {
      try {
        return { ...choice, ...(await lookAt(context, choice)) };
      } catch (error) {
        context.signal.throwIfAborted();
        return { ...choice, items: [], leftovers: [], error: messageOf(error) };
      }
    }),
  );
  const unfinished = (await context.store.list()).flatMap((machine) =>
    'record' in machine && machine.record.phase !== 'ready' ? [machine.name] : [],
  );
  return { accounts, unfinished };
}

/** One choice of settings for each account, by its key. */
async function accountsOf(
  context: MachineContext,
  besides: readonly ProviderChoice[],
): Promise<Map<string, ProviderChoice>> {
  const stored = await context.store.list();
  const records = stored.flatMap((machine) => ('record' in machine ? [machine.record] : []));
  const choices = new Map<string, ProviderChoice>();
  for (const choice of [...besides, ...records, ...(await context.store.leftovers())]) {
    const provider = await context.provider(choice.provider).catch(() => undefined);
    if (provider === undefined || !provider.makesInstances) continue;
    const key = accountKey(provider, choice.settings);
    const { provider: name, settings } = choice;
    if (!choices.has(key)) choices.set(key, { provider: name, settings });
  }
  return choices;
}

async function lookAt(
  context: MachineContext,
  choice: ProviderChoice,
): Promise<Pick<AccountGarbage, 'items' | 'leftovers'>> {
  const { store } = context;
  const provider = await context.provider(choice.provider);
  const key = accountKey(provider, choice.settings);
  // First the account, then the store: what was made meanwhile has a record by now.
  const resources = await withAccount(context, choice, async (account) =>
    account.resources(machineTags(await store.id())),
  );
  const { names, machines } = await machinesOf(context, choice);
  const leftovers = (await store.leftovers()).filter(
    (leftover) =>
      leftover.provider === choice.provider && accountKey(provider, leftover.settings) === key,
  );
  return { items: planGarbage({ resources, machines, names, leftovers }), leftovers };
}

/** Machines of the store at one account; names also of those whose records cannot be read. */
async function machinesOf(
  context: MachineContext,
  choice: ProviderChoice,
): Promise<Pick<AccountInventory, 'names' | 'machines'>> {
  const here = await machinesAt(context, choice);
  return {
    names: here.map(({ name }) => name),
    machines: here.flatMap((machine) => ('record' in machine ? [machine.record] : [])),
  };
}

export interface CollectedGarbage {
  readonly removed: readonly GarbageItem[];
  readonly left: readonly LeftResource[];
}

/**
 * Removes what {@link findGarbage} has found, after the user has agreed to it. What belongs to a machine that came
 * into the store meanwhile stays.
 */
export async function collectGarbage(
  context: MachineContext,
  plan: GarbagePlan,
): Promise<CollectedGarbage> {
  const removed: GarbageItem[] = [];
  const left: LeftResource[] = [];
  for (const { provider, settings, items, error } of plan.accounts) {
    if (error !== undefined || items.length === 0) continue;
    const choice = { provider, settings };
    await withAccount(context, choice, async (account) => {
      for (const item of items) {
        // Somebody may have begun to make a machine since the plan was shown.
        if (!isStillOrphan(item, (await machinesOf(context, choice)).names)) continue;
        context.onEvent({
          type: 'step',
          machine: item.machine ?? '',
          text: `Remove ${item.title}`,
        });
        try {
          if (await account.remove(item)) removed.push(item);
          else left.push({ ...item, reason: 'it is still in use' });
        } catch (failure) {
          context.signal.throwIfAborted();
          left.push({ ...item, reason: messageOf(failure) });
        }
      }
    });
  }
  await forgetLeftovers(context, plan, left);
  return { removed, left };
}

/** Leftovers that were looked at are settled but for what is still there. */
async function forgetLeftovers(
  context: MachineContext,
  { accounts }: GarbagePlan,
  left: readonly LeftResource[],
): Promise<void> {
  const seen = new Set(accounts.flatMap(({ leftovers }) => leftovers.map(canonical)));
  const stays = ({ kind, id }: Leftover['resources'][number]): boolean =>
    left.some((each) => each.kind === kind && each.id === id);
  await context.store.changeLeftovers((all) => {
    const after = all.filter((each) => !seen.has(canonical(each)) || each.resources.some(stays));
    return after.length === all.length ? all : after;
  }, context.signal);
}
