/** What went wrong at a cloud account, as far as it makes a difference to what is done about it. */
export type ProviderErrorKind =
  /** Flags or settings that make no sense. */
  | 'invalid'
  /** No credentials were found; the hint says where they were looked for. */
  | 'no-credentials'
  /** Credentials are wrong, expired or not allowed to. */
  | 'denied'
  | 'not-found'
  | 'already-exists'
  | 'in-use'
  /** Quota, capacity: may work elsewhere or later. */
  | 'capacity'
  /** Too many calls; what was to be retried has been. */
  | 'throttled'
  | 'unreachable'
  | 'failed';

/** A failure of a provider. `message` has the account's own words wherever it gave some, never a secret. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly kind: ProviderErrorKind;
  /** What would help, as one sentence or a command. */
  readonly hint: string | undefined;
  /** The account's own code: `InsufficientInstanceCapacity`, `404`. */
  readonly code: string | undefined;

  constructor(
    kind: ProviderErrorKind,
    message: string,
    details: { readonly hint?: string; readonly code?: string; readonly cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.hint = details.hint;
    this.code = details.code;
  }
}

/** True for a provider's error of one of the given kinds. */
export function isProviderError(
  error: unknown,
  ...kinds: readonly ProviderErrorKind[]
): error is ProviderError {
  return error instanceof ProviderError && (kinds.length === 0 || kinds.includes(error.kind));
}

/** The refusal to remove what somebody else has made. */
export function notOurs(title: string): ProviderError {
  return new ProviderError('invalid', `the ${title} was not made by tcompose and is left alone`);
}

/** The refusal to use a firewall of somebody else that has the name of ours; `flag` would use it as it is. */
export function nameTaken(title: string, flag: string): ProviderError {
  return new ProviderError(
    'already-exists',
    `the ${title} was not made by tcompose for this store`,
    { hint: `Rename it, or use it as it is: ${flag}.` },
  );
}
