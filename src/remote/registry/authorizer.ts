import type { Credentials } from '../../engine/pull/registry-auth.ts';
import { RemoteError } from '../remote-error.ts';
import { parseChallenge } from './challenge.ts';
import { exchange } from './exchange.ts';

export interface AuthorizerOptions {
  /** Those of the registry; undefined: none are known. */
  readonly credentials: () => Promise<Credentials | undefined>;
  readonly signal: AbortSignal;
  readonly patience: number;
}

/** Longer answers are no tokens. */
const TOKEN_LIMIT = 1024 * 1024;

/**
 * Finds the Authorization header that a registry asks for: a login, or a token that its authority
 * gives for it. Tokens are kept for the scope that they are for.
 */
export class Authorizer {
  readonly #options: AuthorizerOptions;
  readonly #known = new Map<string, string>();

  constructor(options: AuthorizerOptions) {
    this.#options = options;
  }

  /** What was good for requests of this scope before. */
  known(scope: string): string | undefined {
    return this.#known.get(scope);
  }

  /**
   * Answers the challenge of `registry` for a request of this scope; undefined when nothing else can be
   * offered than what was sent with it.
   */
  async answer(
    header: string,
    request: { readonly scope: string; readonly sent?: string | undefined },
    registry: URL,
  ): Promise<string | undefined> {
    const { scope, sent } = request;
    const challenge = parseChallenge(header);
    if (challenge === undefined) return undefined;
    const credentials = await this.#options.credentials();
    const authorization =
      challenge.scheme === 'basic'
        ? basic(credentials)
        : await this.#token(challenge.parameters, { scope, registry, credentials });
    if (authorization === undefined || authorization === sent) return undefined;
    this.#known.set(scope, authorization);
    return authorization;
  }

  async #token(
    { realm = '', service = '', scope: asked }: Readonly<Record<string, string>>,
    {
      scope,
      registry,
      credentials,
    }: {
      readonly scope: string;
      readonly registry: URL;
      readonly credentials: Credentials | undefined;
    },
  ): Promise<string | undefined> {
    if (credentials?.registrytoken !== undefined) return `Bearer ${credentials.registrytoken}`;
    const authority = URL.canParse(realm) ? new URL(realm) : undefined;
    const isSafe = authority?.protocol === 'https:' || registry.protocol === 'http:';
    if (authority === undefined || !isSafe) {
      throw new RemoteError(
        `${registry.host} wants a login at ${JSON.stringify(realm)}, which is no https address`,
      );
    }
    const scopes = new Set([...scope.split(' '), ...(asked ?? '').split(' ')]);
    scopes.delete('');
    const request = tokenRequest(authority, { service, scopes: [...scopes] }, credentials);
    const { status, bytes } = await exchange(authority, request, this.#options);
    if (status === 401 || status === 403) return undefined;
    const token = status === 200 ? readToken(bytes.toString('utf8')) : undefined;
    if (token !== undefined) return `Bearer ${token}`;
    throw new RemoteError(`${authority.host} gave no token for ${registry.host} (${status})`, {
      status,
      hint: 'check the address of the registry; something else may answer in its place',
    });
  }
}

function basic(credentials: Credentials | undefined): string | undefined {
  const { username = '', password = '' } = credentials ?? {};
  if (username === '' && password === '') return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** A refresh token is exchanged by POST (OAuth 2); a login, or nobody, asks by GET. */
function tokenRequest(
  authority: URL,
  { service, scopes }: { readonly service: string; readonly scopes: readonly string[] },
  credentials: Credentials | undefined,
): Parameters<typeof exchange>[1] {
  const refresh = credentials?.identitytoken ?? '';
  if (refresh !== '') {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: refresh,
      client_id: 'tcompose',
      service,
      scope: scopes.join(' '),
    });
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', headers, body: form.toString(), limit: TOKEN_LIMIT };
  }
  if (service !== '') authority.searchParams.set('service', service);
  for (const scope of scopes) authority.searchParams.append('scope', scope);
  const login = basic(credentials);
  const headers = login === undefined ? {} : { Authorization: login };
  return { method: 'GET', headers, limit: TOKEN_LIMIT };
}

function readToken(text: string): string | undefined {
  try {
    const answer = JSON.parse(text) as { token?: unknown; access_token?: unknown } | null;
    const token = answer?.token ?? answer?.access_token;
    return typeof token === 'string' && token !== '' ? token : undefined;
  } catch {
    return undefined;
  }
}
