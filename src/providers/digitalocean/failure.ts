import { ProviderError, type ProviderErrorKind } from '../provider-error.ts';

/** An answer that is no success. */
export interface FailedAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** `{"id": …, "message": …}` as a rule. */
  readonly body: string;
  /** Variable that the token came from, for errors. */
  readonly tokenFrom?: string;
}

const TOKENS = 'https://cloud.digitalocean.com/account/api/tokens';
const TOKEN_HINT = `Make a token with read and write access at ${TOKENS} and set DIGITALOCEAN_ACCESS_TOKEN.`;

/** What an answer of DigitalOcean means. */
export function answerFailure(answer: FailedAnswer): ProviderError {
  const { method, path, status, body, tokenFrom } = answer;
  const message = messageOf(body) ?? `${method} ${path} was answered with ${status}`;
  const kind = kindOf(status, message);
  const hint =
    status === 403
      ? `The token may not do this (${method} ${path}): give it the scope that is missing, or make one with read and write access at ${TOKENS}.`
      : hintOf(kind, tokenFrom);
  return new ProviderError(kind, `DigitalOcean: ${message}`, {
    code: String(status),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** An answer that is no success although it says so: of a proxy that wants a login, for example. */
export function strangeAnswer({ method, path, status }: Omit<FailedAnswer, 'body'>): ProviderError {
  return new ProviderError('failed', `DigitalOcean: ${method} ${path} was answered with no JSON`, {
    code: String(status),
    hint: 'Does something between here and DigitalOcean answer in its place (a proxy, a login page)?',
  });
}

/** A call that got no answer: nobody knows whether it was carried out. */
export function connectionFailure(url: URL, error: unknown): ProviderError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ProviderError('unreachable', `DigitalOcean (${url.host}) did not answer: ${reason}`, {
    hint: 'Check the network; nothing is lost, the same command goes on where this one stopped.',
    cause: error,
  });
}

/** True when a call may have been carried out although it failed. */
export function mayHaveBeenAccepted(error: unknown): boolean {
  return (
    error instanceof ProviderError &&
    (error.kind === 'unreachable' || error.code?.startsWith('5') === true)
  );
}

function kindOf(status: number, message: string): ProviderErrorKind {
  switch (status) {
    case 401:
    case 403:
      return 'denied';
    case 404:
      return 'not-found';
    case 409:
      return 'already-exists';
    case 429:
      return 'throttled';
    case 400:
    case 422:
      // A droplet does one thing at a time.
      if (/pending event|is locked/i.test(message)) return 'in-use';
      if (/already (in use|exists|been taken)|duplicate/i.test(message)) return 'already-exists';
      if (/limit|quota|exceed/i.test(message)) return 'capacity';
      if (
        /(currently |temporarily )(un|restrict)|not available|unavailable|sold out/i.test(message)
      )
        return 'capacity';
      return 'invalid';
    default:
      return 'failed';
  }
}

function hintOf(kind: ProviderErrorKind, tokenFrom: string | undefined): string | undefined {
  switch (kind) {
    case 'denied':
      return tokenFrom === undefined
        ? TOKEN_HINT
        : `The token of ${tokenFrom} was tried. ${TOKEN_HINT}`;
    case 'capacity':
      return 'Try another --digitalocean-region or --digitalocean-size, or ask DigitalOcean for a higher limit.';
    case 'in-use':
      return 'It is busy with something else: try again in a minute.';
    case 'throttled':
      return 'The account makes more than 5000 calls an hour; wait a few minutes.';
    case 'failed':
      return 'See https://status.digitalocean.com, and try again.';
    default:
      return undefined;
  }
}

function messageOf(body: string): string | undefined {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === 'string' && message !== '' ? message : undefined;
  } catch {
    return undefined;
  }
}

/** The error for an account without a token. */
export function noToken(): ProviderError {
  return new ProviderError(
    'no-credentials',
    'digitalocean driver requires the --digitalocean-access-token option',
    {
      hint: `Looked at --digitalocean-access-token, DIGITALOCEAN_ACCESS_TOKEN and DIGITALOCEAN_TOKEN. ${TOKEN_HINT}`,
    },
  );
}
