import type { ProviderSettings } from '../../providers/provider.ts';
import type { EngineOptions, MachineRecord } from '../store/machine-record.ts';
import { canonical, differingSettings } from './create-decision.ts';

/** A machine as it is to be, its settings resolved. */
export interface WantedMachine {
  readonly name: string;
  readonly provider: string;
  readonly settings: ProviderSettings;
  readonly engine: EngineOptions;
}

/** One thing that `machine apply` does to a machine, and why. */
export type ApplyStep =
  | {
      readonly do: 'create';
      readonly name: string;
      readonly wanted: WantedMachine;
      readonly causes: readonly string[];
    }
  /** Only the engine differs: it is set up again, in place. */
  | {
      readonly do: 'change';
      readonly name: string;
      readonly wanted: WantedMachine;
      readonly causes: readonly string[];
    }
  /** What differs cannot be changed in place: removed and made anew, with everything on it. */
  | {
      readonly do: 'replace';
      readonly name: string;
      readonly wanted: WantedMachine;
      readonly causes: readonly string[];
    }
  | { readonly do: 'remove'; readonly name: string; readonly causes: readonly string[] }
  | { readonly do: 'keep'; readonly name: string; readonly causes: readonly string[] }
  /** Cannot be done: why, in one sentence. */
  | { readonly do: 'refuse'; readonly name: string; readonly causes: readonly string[] };

export interface ApplyInput {
  readonly group: string;
  readonly wanted: readonly WantedMachine[];
  /** All machines of the store; a text says why a record cannot be read. */
  readonly stored: ReadonlyMap<string, MachineRecord | string>;
  /** Whether machines of the group that the file does not name any more are removed. */
  readonly prune: boolean;
}

/**
 * What has to be done so that the machines of a file are as it says: pure, in the order of the file, removals last.
 * Machines of other groups and those that were made by hand are never removed, and never taken over without a word.
 */
export function planApply({ group, wanted, stored, prune }: ApplyInput): ApplyStep[] {
  const names = new Set(wanted.map(({ name }) => name));
  const steps = wanted.map((machine) => planOne(machine, stored.get(machine.name), group));
  const surplus = [...stored]
    .filter(
      ([name, record]) => !names.has(name) && typeof record !== 'string' && record.group === group,
    )
    .map(([name]): ApplyStep => {
      const cause = `${group} does not have it any more`;
      return prune
        ? { do: 'remove', name, causes: [cause] }
        : { do: 'keep', name, causes: [`${cause}; --prune removes it`] };
    });
  return [...steps, ...surplus];
}

function planOne(
  wanted: WantedMachine,
  record: MachineRecord | string | undefined,
  group: string,
): ApplyStep {
  const { name } = wanted;
  if (record === undefined) return { do: 'create', name, wanted, causes: ['it is not there'] };
  if (typeof record === 'string') return { do: 'refuse', name, causes: [record] };
  if (record.group !== undefined && record.group !== group) {
    return { do: 'refuse', name, causes: [`it belongs to ${record.group}`] };
  }
  if (record.phase === 'removing') {
    return {
      do: 'refuse',
      name,
      causes: [`it is half removed; "machine rm ${name}" finishes that`],
    };
  }
  const settings = differingSettings(record, wanted);
  if (settings.length > 0 && record.group === undefined) {
    const cause = `it was made by hand, and differs: ${settings.join(', ')}`;
    return { do: 'refuse', name, causes: [cause] };
  }
  if (settings.length > 0) return { do: 'replace', name, wanted, causes: settings };
  if (record.phase !== 'ready') {
    const cause =
      record.step === undefined ? 'it is not finished' : `it stopped at: ${record.step}`;
    return { do: 'create', name, wanted, causes: [cause] };
  }
  const engine = differingEngine(record.engine, wanted.engine);
  return engine.length > 0
    ? { do: 'change', name, wanted, causes: engine }
    : { do: 'keep', name, causes: [] };
}

/** Differences of engines, as `engine.version: nothing is now 28`; the order of lists does not matter. */
export function differingEngine(before: EngineOptions, after: EngineOptions): string[] {
  const sorted = (engine: EngineOptions): ProviderSettings =>
    Object.fromEntries(
      Object.entries(engine).map(([key, value]: [string, unknown]) => [
        `engine.${key}`,
        Array.isArray(value) ? value.map(canonical).toSorted() : value,
      ]),
    );
  return differingSettings(
    { provider: '', settings: sorted(before) },
    { provider: '', settings: sorted(after) },
  );
}

/** How many steps of a plan change something. */
export function changes(steps: readonly ApplyStep[]): readonly ApplyStep[] {
  return steps.filter((step) => step.do !== 'keep');
}
