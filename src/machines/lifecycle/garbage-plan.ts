import type { RemoteResource } from '../../providers/provider.ts';
import type { Leftover, MachineRecord } from '../store/machine-record.ts';
import { inRemovalOrder } from './removal-plan.ts';

/** Something that nobody needs any more, and why that is known. */
export interface GarbageItem {
  readonly kind: string;
  readonly id: string;
  readonly title: string;
  readonly region?: string;
  readonly machine?: string;
  /** One sentence. */
  readonly cause: string;
  /** It is garbage because of what the store does not have. */
  readonly orphan?: true;
}

/** What one account has, and what the store knows of it. */
export interface AccountInventory {
  /** Everything with the tags of the store. */
  readonly resources: readonly RemoteResource[];
  /** Machines of the store at this account, whatever their phase. */
  readonly machines: readonly Pick<MachineRecord, 'name' | 'phase' | 'instanceId'>[];
  /** Names of all folders of the store, those with broken records included. */
  readonly names: readonly string[];
  /** What was kept of machines that were removed by force. */
  readonly leftovers: readonly Leftover[];
}

/**
 * What of an account can be removed: things with the store's tags whose machine is not in the store, second
 * instances of machines, leftovers, and shared things that no machine is left to share. Whatever belongs to a machine
 * that is in the store, also to one that is half made, is never garbage.
 */
export function planGarbage(inventory: AccountInventory): GarbageItem[] {
  const { resources, leftovers } = inventory;
  const items = new Map<string, GarbageItem>();
  const add = (item: GarbageItem): void => {
    const key = `${item.kind} ${item.id}`;
    if (!items.has(key)) items.set(key, item);
  };
  for (const resource of resources) {
    const cause = orphanCause(resource, inventory);
    const known = resource.machine !== undefined && inventory.names.includes(resource.machine);
    if (cause !== undefined) add({ ...resource, cause, ...(known ? {} : { orphan: true }) });
  }
  for (const leftover of leftovers) {
    for (const { kind, id, region } of leftover.resources) {
      if (id === undefined || belongsToAMachine(kind, id, inventory)) continue;
      add({
        kind,
        id,
        title: `${kind} ${id}`,
        machine: leftover.machine,
        ...(region === undefined ? {} : { region }),
        cause: `machine ${leftover.machine} was removed by force`,
      });
    }
  }
  return inRemovalOrder([...items.values()], ({ machine }) => machine === undefined);
}

/** Whether something is garbage after machines may have come into the store. */
export function isStillOrphan({ machine, orphan }: GarbageItem, names: readonly string[]): boolean {
  if (orphan !== true) return true;
  return machine === undefined ? names.length === 0 : !names.includes(machine);
}

function orphanCause(
  { kind, id, machine }: RemoteResource,
  { machines, names }: AccountInventory,
): string | undefined {
  if (machine === undefined) {
    return names.length === 0 ? 'no machine is left that could share it' : undefined;
  }
  if (!names.includes(machine)) return `machine ${machine} is not in the store`;
  const record = machines.find(({ name }) => name === machine);
  const second =
    kind === 'instance' &&
    record?.phase === 'ready' &&
    record.instanceId !== undefined &&
    record.instanceId !== id;
  return second ? `machine ${machine} is another instance, ${record.instanceId ?? ''}` : undefined;
}

/** True for what a machine of the store uses: a leftover of its name may have been adopted by a later create. */
function belongsToAMachine(
  kind: string,
  id: string,
  { machines, names, resources }: AccountInventory,
): boolean {
  if (machines.some(({ instanceId }) => instanceId === id)) return true;
  const resource = resources.find((each) => each.kind === kind && each.id === id);
  if (resource === undefined) return false;
  return resource.machine === undefined ? names.length > 0 : names.includes(resource.machine);
}
