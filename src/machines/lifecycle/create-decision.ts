import type { ProviderSettings } from '../../providers/provider.ts';
import { MachineError } from '../machine-error.ts';
import type { MachineRecord } from '../store/machine-record.ts';
import type { JournalState } from './journal-state.ts';

/** What `create` does about what is there already. */
export type CreateDecision =
  | { readonly do: 'begin' }
  /** Goes on where an earlier create stopped. */
  | { readonly do: 'resume'; readonly record: MachineRecord }
  /** Removes what an earlier create has made, then begins. */
  | { readonly do: 'begin-anew'; readonly record: MachineRecord; readonly cause: string }
  | { readonly do: 'refuse'; readonly error: MachineError };

export interface CreateWish {
  readonly name: string;
  readonly provider: string;
  readonly settings: ProviderSettings;
  readonly force: boolean;
  /** True: the host was there before, and nothing is made at a provider. */
  readonly given?: boolean;
}

/** Decides by what is recorded; called while the machine is locked. */
export function decideCreate(
  record: MachineRecord | undefined,
  state: JournalState,
  wish: CreateWish,
): CreateDecision {
  const { name } = wish;
  if (record === undefined) {
    if (state.resources.length === 0) return { do: 'begin' };
    return refuse(
      new MachineError('store', `machine ${name} has a journal but no record`, {
        hint: `"machine rm --force ${name}" removes it, "machine gc" what it left`,
      }),
    );
  }
  switch (record.phase) {
    case 'ready':
      return refuse(
        new MachineError(
          'already-exists',
          `Docker machine ${JSON.stringify(name)} already exists`,
          {
            hint: `"machine provision ${name}" sets it up again, "machine rm ${name}" removes it`,
          },
        ),
      );
    case 'removing':
      if (wish.force) return { do: 'begin-anew', record, cause: 'its removal was not finished' };
      return refuse(
        new MachineError('already-exists', `machine ${name} is half removed`, {
          hint: `"machine rm ${name}" finishes that, or --force does before it makes the machine anew`,
        }),
      );
    case 'creating':
    case 'failed':
      return decideUnfinished(record, state, wish);
  }
}

function decideUnfinished(
  record: MachineRecord,
  state: JournalState,
  wish: CreateWish,
): CreateDecision {
  const differences = differingSettings(record, wish);
  if (differences.length === 0) return { do: 'resume', record };
  const cause = differences.join(', ');
  // Nothing is lost of a host that nobody has reached: its address was a wrong one.
  const untouched =
    wish.given === true && wish.provider === record.provider && !state.done.has('wait for SSH');
  if (wish.force || untouched) return { do: 'begin-anew', record, cause };
  const { name } = wish;
  return refuse(
    new MachineError('already-exists', `machine ${name} was begun with other settings: ${cause}`, {
      hint:
        'give the same flags as before to continue, --force to remove what there is and begin anew, ' +
        `or "machine rm ${name}"`,
    }),
  );
}

function refuse(error: MachineError): CreateDecision {
  return { do: 'refuse', error };
}

/** Differences between a machine and what is wanted, as `region: fra1 is now ams3`. */
export function differingSettings(
  before: { readonly provider: string; readonly settings: ProviderSettings },
  after: { readonly provider: string; readonly settings: ProviderSettings },
): string[] {
  if (before.provider !== after.provider) {
    return [`driver: ${before.provider} is now ${after.provider}`];
  }
  const keys = new Set([...Object.keys(before.settings), ...Object.keys(after.settings)]);
  return [...keys].toSorted().flatMap((key) => {
    const [one, other] = [before.settings[key], after.settings[key]];
    if (canonical(one) === canonical(other)) return [];
    return [`${optionName(key)}: ${show(one)} is now ${show(other)}`];
  });
}

/** A key of a record as it is written in flags and files: `instance-type`. */
export function optionName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Text that is equal for values that are equal as JSON, whatever the order of keys. */
export function canonical(value: unknown): string {
  const sorted = (_key: string, part: unknown): unknown =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  return JSON.stringify(value, sorted) ?? '';
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? value : canonical(value);
}
