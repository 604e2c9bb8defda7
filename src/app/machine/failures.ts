import { isMachineError } from '../../machines/machine-error.ts';
import type { Outcome } from '../../machines/lifecycle/several.ts';
import { isProviderError } from '../../providers/provider-error.ts';
import { CommandFailure } from '../failure.ts';

/** Exit code of a create whose checks failed, so that nothing was made. */
const PRE_CREATE = 3;

/** Something that went wrong with one of several machines. */
export type MachineFailure = Extract<Outcome<unknown>, { ok: false }>;

/**
 * What went wrong, and what was done. Faults of ours are thrown.
 */
export function sortOutcomes<T>(outcomes: readonly Outcome<T>[]): {
  readonly done: readonly Extract<Outcome<T>, { ok: true }>[];
  readonly failures: readonly MachineFailure[];
} {
  const done = outcomes.filter((outcome) => outcome.ok);
  const failures = outcomes.filter((outcome) => !outcome.ok);
  const fault = failures.find(({ error }) => !isExpected(error));
  if (fault !== undefined) throw fault.error;
  return { done, failures };
}

/** The words of a failure, and what would help. */
export function wordsOf(error: unknown): { readonly message: string; readonly hint?: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  const hint = 'hint' in error && typeof error.hint === 'string' ? { hint: error.hint } : {};
  return { message: error.message, ...hint };
}

/** True for failures that are the user's, a host's or an account's, so that work on other machines goes on. */
export function isExpected(error: unknown): boolean {
  return isMachineError(error) || isProviderError(error) || error instanceof CommandFailure;
}

/** True for a create that could not begin, because there are no credentials for its account. */
export function isWithoutCredentials(error: unknown): boolean {
  if (isProviderError(error)) return error.kind === 'no-credentials';
  return isMachineError(error, 'pre-create') && isWithoutCredentials(error.cause);
}

/**
 * One failure of what went wrong with machines: a line for each, as docker-machine joined them.
 *
 * @param word what stands before the reason
 */
export function joinFailures(
  failures: readonly MachineFailure[],
  word: (failure: MachineFailure) => string,
): CommandFailure {
  const hints = failures.map(({ error }) => wordsOf(error).hint);
  const checked = ({ error }: MachineFailure): boolean =>
    isMachineError(error, 'pre-create') && !isWithoutCredentials(error);
  return new CommandFailure(
    failures.map(word).join('\n'),
    [...new Set(hints.filter((hint) => hint !== undefined))].join('\n        ') || undefined,
    failures.every(checked) ? PRE_CREATE : 1,
  );
}
