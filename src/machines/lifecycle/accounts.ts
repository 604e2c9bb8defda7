import { isProviderError } from '../../providers/provider-error.ts';
import type { Account, Provider, ProviderSettings } from '../../providers/provider.ts';
import type { MachineContext } from '../machine-context.ts';
import { MachineError, type MachineErrorKind } from '../machine-error.ts';
import type { StoredMachine } from '../store/machine-store.ts';
import { canonical } from './create-decision.ts';

/** Which provider, and with what settings. */
export interface ProviderChoice {
  readonly provider: string;
  readonly settings: ProviderSettings;
}

/** Connects to the account of a machine; `signal` is given where work goes on after an interrupt. */
export async function connectAccount(
  context: MachineContext,
  { provider, settings }: ProviderChoice,
  signal: AbortSignal = context.signal,
): Promise<Account> {
  const found = await context.provider(provider);
  return found.connect(settings, { ...context.providerContext, signal });
}

/** Runs work with the account of a machine, and closes it. */
export async function withAccount<T>(
  context: MachineContext,
  choice: ProviderChoice,
  work: (account: Account) => Promise<T>,
): Promise<T> {
  const account = await connectAccount(context, choice);
  try {
    return await work(account);
  } finally {
    account.close();
  }
}

/** Equal for machines that one call to their account can list. */
export function accountKey(provider: Provider, settings: ProviderSettings): string {
  return `${provider.name}\0${provider.accountKey?.(settings) ?? canonical(settings)}`;
}

/** Machines of the store that are at one account; one whose record cannot be read may be. */
export async function machinesAt(
  context: MachineContext,
  { provider: name, settings }: ProviderChoice,
): Promise<readonly StoredMachine[]> {
  const provider = await context.provider(name);
  const key = accountKey(provider, settings);
  return (await context.store.list()).filter(
    (machine) =>
      !('record' in machine) ||
      (machine.record.provider === name && accountKey(provider, machine.record.settings) === key),
  );
}

/** The same failure as a MachineError that says what was being done. */
export function atStep(error: unknown, step: string, details: FailureDetails = {}): MachineError {
  const own = error instanceof MachineError || isProviderError(error) ? error.hint : undefined;
  const hint = [own, details.hint].filter((text) => text !== undefined).join('; ');
  const kind = details.kind ?? (error instanceof MachineError ? error.kind : 'failed');
  return new MachineError(kind, messageOf(error), {
    ...(hint === '' ? {} : { hint }),
    ...(error instanceof MachineError && error.host !== undefined ? { host: error.host } : {}),
    step: error instanceof MachineError ? (error.step ?? step) : step,
    cause: error,
  });
}

export interface FailureDetails {
  readonly kind?: MachineErrorKind;
  readonly hint?: string;
}

/** Words of a failure of whatever kind. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
