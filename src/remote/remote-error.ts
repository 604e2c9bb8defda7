/** What lies elsewhere cannot be had, or not be put there; `hint` says what would help. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly hint: string | undefined;
  /** HTTP status of the answer of a registry. */
  readonly status: number | undefined;

  constructor(message: string, details: { hint?: string; status?: number; cause?: unknown } = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.hint = details.hint;
    this.status = details.status;
  }
}
