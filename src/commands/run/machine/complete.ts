import {
  accountChoices,
  machineNames,
  providerChoices,
} from '../../../app/machine/known-machines.ts';
import type { MachineOptions } from '../../../app/machine/options.ts';
import { TIMED_OUT, within } from '../../../app/machine/timeout.ts';
import type { Session } from '../../../app/session.ts';
import type { ChoiceKind, ProviderFlagValues } from '../../../providers/provider.ts';
import type { Place } from '../../complete.ts';
import { driverOf } from './provider-flags.ts';

/** Milliseconds that somebody who types is willing to wait for a cloud. */
const PATIENCE = 5000;

/** What there is of machines, providers and what accounts offer; each with a tab and a description behind it. */
export async function machineValues(
  values: 'machines' | 'machine copies' | 'providers' | ChoiceKind,
  { line, used }: Extract<Place, { kind: 'values' }>,
  session: Session,
): Promise<readonly string[]> {
  const silent = { ...session, stderr: { write: () => true } };
  const options = optionsOf(line);
  try {
    switch (values) {
      case 'machines': {
        const names = await machineNames(silent, options);
        return names.filter((name) => !used.includes(name));
      }
      case 'machine copies':
        return (await machineNames(silent, options)).map((name) => `${name}:`);
      case 'providers':
        return (await providerChoices(session)).map(({ value, summary }) => `${value}\t${summary}`);
      default: {
        const provider = driverOf(line, session.env);
        if (provider === undefined) return [];
        const wanted = { provider, kind: values, given: givenValues(line) };
        const choices = await within(PATIENCE, session.signal, () =>
          accountChoices(silent, options, wanted),
        );
        if (choices === TIMED_OUT) return [];
        return choices.map(({ value, summary }) => `${value}\t${summary}`);
      }
    }
  } catch {
    // Nothing that goes wrong while somebody types is worth more than no offer.
    return [];
  }
}

function optionsOf(line: readonly string[]): MachineOptions {
  const values = givenValues(line);
  const at = line.indexOf('-s');
  const path = values['storage-path'] ?? (at < 0 ? undefined : line[at + 1]);
  return {
    storagePath: typeof path === 'string' ? path : undefined,
    progress: 'quiet',
    ansi: undefined,
    verbose: false,
  };
}

/** Values of long flags, as far as the words show them. */
function givenValues(line: readonly string[]): ProviderFlagValues {
  const values: Record<string, string> = {};
  for (const [at, word] of line.entries()) {
    const [, name = '', value] = /^--?([a-z][^=]+)(?:=(.*))?$/s.exec(word) ?? [];
    const next = line[at + 1];
    if (name === '') continue;
    if (value !== undefined) values[name] = value;
    else if (next !== undefined && !next.startsWith('-')) values[name] = next;
  }
  return values;
}
