import { fail, ok, type Result } from '../../foundation/result.ts';
import { findJsonFault } from '../../foundation/json-fault.ts';

/** Credentials of one registry, as the docker client stores them in its configuration. */
export interface StoredAuth {
  /** Base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** User and password out of the base64 of `user:password`; undefined when it is something else. */
export function decodeAuth(
  text: string,
): { readonly username: string; readonly password: string } | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    return undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  if (colon <= 0) return undefined;
  const password = decoded.slice(colon + 1).replace(/^\0+|\0+$/g, '');
  return { username: decoded.slice(0, colon), password };
}

/**
 * Reads DOCKER_AUTH_CONFIG: `{"auths": {"REGISTRY": {"auth": "base64 of user:password"}}}` and
 * nothing else. Fails with a sentence that shows nothing of it but names of registries.
 */
export function parseAuthVariable(
  text: string,
): Result<Readonly<Record<string, StoredAuth>>, string> {
  const fault = findJsonFault(text);
  if (fault !== undefined) {
    return fail(
      `not JSON: expected ${fault.expected} in line ${fault.line}, column ${fault.column}`,
    );
  }
  const value: unknown = JSON.parse(text);
  const auths = onlyKey(value, 'auths');
  if (auths === undefined) return fail('it must be an object with the key "auths" only');
  const entries = Object.entries((auths ?? {}) as Readonly<Record<string, unknown>>);
  for (const [registry, entry] of entries) {
    const auth = onlyKey(entry, 'auth');
    if (auth === undefined) return fail(`${registry} must be an object with the key "auth" only`);
    if (typeof auth !== 'string' || decodeAuth(auth) === undefined) {
      return fail(`auth of ${registry} must be the base64 of USER:PASSWORD`);
    }
  }
  return ok(Object.fromEntries(entries) as Record<string, StoredAuth>);
}

/** The value of the only key that an object may have; undefined when it is anything else. */
function onlyKey(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const keys = Object.keys(value);
  if (keys.length > 1 || (keys.length === 1 && keys[0] !== key)) return undefined;
  return keys.length === 0 ? {} : (value as Readonly<Record<string, unknown>>)[key];
}
