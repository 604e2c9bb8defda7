import type { ProviderSettings } from '../../providers/provider.ts';
import type { EngineOptions, MachineRecord } from '../store/machine-record.ts';
import { differingSettings } from './create-decision.ts';
import { differingEngine } from './differing-engine.ts';
import { isImported } from './imported.ts';

/** A machine as it is to be, its settings resolved. */
export interface WantedMachine {
  readonly name: string;
  readonly provider: string;
  readonly settings: ProviderSettings;
  readonly engine: EngineOptions;
  /** Settings that its account tells of an instance; absent: none. */
  readonly told?: readonly string[];
}

interface Step {
  readonly name: string;
  readonly causes: readonly string[];
}

/** What is lost with a machine, as far as it could be looked at. */
interface Losing {
  readonly loses?: string;
}

/** The machine that was there when the plan was made, by the token of its creation; another one is left alone. */
interface OfMachine {
  readonly token: string;
}

/** One thing that `machine apply` does to a machine, and why. */
export type ApplyStep =
  | (Step & { readonly do: 'create'; readonly wanted: WantedMachine })
  /** Only the engine differs: it is set up again, in place. */
  | (Step & { readonly do: 'change'; readonly wanted: WantedMachine })
  /** What differs cannot be changed in place: removed and made anew, with everything on it. */
  | (Step & OfMachine & Losing & { readonly do: 'replace'; readonly wanted: WantedMachine })
  | (Step & OfMachine & Losing & { readonly do: 'remove' })
  | (Step & { readonly do: 'keep' })
  /** Cannot be done: why, in one sentence; `replaceable`: unless machines may be replaced. */
  | (Step & Losing & { readonly do: 'refuse'; readonly replaceable?: true });

export interface ApplyInput {
  readonly group: string;
  readonly wanted: readonly WantedMachine[];
  /** All machines of the store; a text says why a record cannot be read. */
  readonly stored: ReadonlyMap<string, MachineRecord | string>;
  /** Whether machines of the group that the file does not name any more are removed. */
  readonly prune: boolean;
  /** Whether machines may be removed and made anew, which loses what is on them. */
  readonly replace: boolean;
  /** What accounts say of machines that were finished. */
  readonly observed?: ReadonlyMap<string, ObservedMachine>;
}

/** A machine as its account says it is. */
export interface ObservedMachine {
  /** The account does not have it any more. */
  readonly gone: boolean;
  /** It is stopped, so that nobody reaches what is on it. */
  readonly off?: boolean;
  /** What the user should know about it. */
  readonly note?: string;
}

/**
 * What has to be done so that the machines of a file are as it says: pure, in the order of the file, removals last.
 * Machines of other groups and those that were made by hand are never removed, and never taken over without a word.
 */
export function planApply(input: ApplyInput): ApplyStep[] {
  const { group, wanted, stored, prune } = input;
  const names = new Set(wanted.map(({ name }) => name));
  const steps = wanted.map((machine) => planOne(machine, input));
  const surplus = [...stored.values()].flatMap((record): ApplyStep[] => {
    if (typeof record === 'string' || record.group !== group || names.has(record.name)) return [];
    const { name, token } = record;
    const cause = 'the file does not name it any more';
    return prune
      ? [{ do: 'remove', name, token, causes: [cause] }]
      : [{ do: 'keep', name, causes: [`${cause}; --prune removes it`] }];
  });
  return [...steps, ...surplus];
}

/** What has to be done about one machine that the file names. */
export function planOne(wanted: WantedMachine, input: ApplyInput): ApplyStep {
  const { name } = wanted;
  const { group, stored, replace, observed } = input;
  const record = stored.get(name);
  if (record === undefined) return planNew(wanted, stored);
  const refuse = (cause: string): ApplyStep => ({ do: 'refuse', name, causes: [cause] });
  if (typeof record === 'string') return refuse(record);
  if (record.group !== undefined && record.group !== group) {
    return refuse(
      `it belongs to ${record.group}: remove it there, or write "name: ${record.group}" into this file`,
    );
  }
  const settings = differingSettings(asFarAsKnown(record, wanted), wanted);
  const gone = observed?.get(name)?.gone === true;
  const { token } = record;
  const anew = (causes: readonly string[]): ApplyStep => ({
    do: 'replace',
    name,
    wanted,
    token,
    causes,
  });
  if (record.group === undefined) {
    const fault = faultByHand(record, settings, gone);
    if (fault !== undefined) return refuse(fault);
  } else if (record.phase === 'removing') return anew(['its removal was not finished']);
  else if (gone) return anew(['its account does not have it any more']);
  else if (settings.length > 0) {
    // Nothing can be on a machine that was never finished.
    if (record.phase !== 'ready') return anew([...settings, 'it was never finished']);
    if (replace) return anew(settings);
    const cause = `${settings.join('; ')}: it cannot be changed to that; --replace makes it anew`;
    return { do: 'refuse', name, causes: [cause], replaceable: true };
  }
  if (record.phase !== 'ready') {
    const cause =
      record.step === undefined ? 'it is not finished' : `it stopped at: ${record.step}`;
    return { do: 'create', name, wanted, causes: [cause] };
  }
  const engine = differingEngine(record.engine, wanted.engine);
  if (engine.length > 0) {
    if (observed?.get(name)?.off !== true) return { do: 'change', name, wanted, causes: engine };
    return refuse(`${engine.join('; ')}: it does not run; "machine start ${name}" starts it`);
  }
  const byHand = isImported(record)
    ? 'it was imported, and is taken to be as the file says where its account does not tell'
    : 'it was made by hand';
  const kept = record.group === undefined ? [`${byHand}; --prune never removes it`] : [];
  const note = observed?.get(name)?.note;
  return { do: 'keep', name, causes: [...kept, ...(note === undefined ? [] : [note])] };
}

function planNew(wanted: WantedMachine, stored: ApplyInput['stored']): ApplyStep {
  const { name } = wanted;
  const other = [...stored.keys()].find((known) => known.toLowerCase() === name.toLowerCase());
  if (other === undefined) return { do: 'create', name, wanted, causes: ['it is not there'] };
  const cause = `there is a machine ${other}, and names that differ in case only would be mistaken for each other`;
  return { do: 'refuse', name, causes: [cause] };
}

/** Why a machine that does not belong to the file cannot be made as it says; undefined: it can. */
function faultByHand(
  record: MachineRecord,
  settings: readonly string[],
  gone: boolean,
): string | undefined {
  const { name } = record;
  if (record.phase === 'removing') {
    return `it is half removed; "machine rm ${name}" finishes that`;
  }
  if (gone) {
    return `it was made by hand, and its account does not have it any more; "machine rm ${name}" forgets it`;
  }
  if (settings.length === 0) return undefined;
  const differing = settings.join('; ');
  if (!isImported(record)) return `it was made by hand, and differs: ${differing}`;
  return `it was imported, and differs in what its account tells: ${differing}`;
}

/** An imported machine with the settings that nobody knows as the file has them. */
function asFarAsKnown(
  record: MachineRecord,
  { provider, settings, told = [] }: WantedMachine,
): Pick<MachineRecord, 'provider' | 'settings'> {
  if (!isImported(record) || record.provider !== provider) return record;
  const known = Object.entries(record.settings).filter(([key]) => told.includes(key));
  const others = Object.entries(settings).filter(([key]) => !told.includes(key));
  return { provider, settings: Object.fromEntries([...others, ...known]) };
}
