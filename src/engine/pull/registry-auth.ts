import { EngineError, messageOf } from '../errors.ts';
import { parseImageReference, registryKey } from './image-reference.ts';
import { decodeAuth, type StoredAuth } from './stored-auth.ts';

/** The parts of the docker client's `config.json` that say how to log in to registries. */
export interface RegistryConfig {
  readonly auths?: Readonly<Record<string, StoredAuth>>;
  /** Credential helper for every registry: `desktop` is the program `docker-credential-desktop`. */
  readonly credsStore?: string;
  /** Credential helper by registry. */
  readonly credHelpers?: Readonly<Record<string, string>>;
}

/** What the engine takes in X-Registry-Auth and X-Registry-Config. */
export interface Credentials {
  readonly username?: string;
  readonly password?: string;
  readonly serveraddress?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
}

/** Runs a credential helper; `input` goes to its standard input. Rejects when it cannot be started. */
export type RunHelper = (
  program: string,
  args: readonly string[],
  input: string,
) => Promise<{ readonly code: number; readonly stdout: string }>;

export interface RegistryAuth {
  /** Credentials for the registry of an image; undefined: none are known. */
  forImage(image: string): Promise<Credentials | undefined>;
  /** Credentials of all registries, by what the configuration calls them; for builds. */
  all(): Promise<Record<string, Credentials>>;
}

export interface RegistryAuthOptions {
  readonly run: RunHelper;
  /** Credentials that come before all others, by registry (DOCKER_AUTH_CONFIG). */
  readonly first?: Readonly<Record<string, StoredAuth>>;
  readonly onWarning?: (text: string) => void;
}

/**
 * Registries logged in to, as the docker command finds them. Each is asked for once. Both functions
 * throw an EngineError when a credential helper fails; it shows nothing that could be a secret.
 */
export function createRegistryAuth(
  config: RegistryConfig,
  { run, first = {}, onWarning = () => {} }: RegistryAuthOptions,
): RegistryAuth {
  const asked = new Map<string, Promise<Credentials | undefined>>();
  const find = async (key: string): Promise<Credentials | undefined> => {
    const given = first[key];
    if (given !== undefined) return fromStored(given, key);
    const helper = config.credHelpers?.[key] ?? config.credsStore ?? '';
    return helper === '' ? fromFile(config.auths ?? {}, key) : fromHelper(helper, key, run);
  };
  const forKey = (key: string): Promise<Credentials | undefined> => {
    const answer = asked.get(key) ?? find(key);
    asked.set(key, answer);
    return answer;
  };
  return {
    forImage: async (image) => {
      const reference = parseImageReference(image);
      return reference.ok ? forKey(registryKey(reference.value.domain)) : undefined;
    },
    all: async () => {
      const store = config.credsStore ?? '';
      const stored = store === '' ? Object.keys(config.auths ?? {}) : await listHelper(store, run);
      const found: Record<string, Credentials> = {};
      for (const key of new Set([...stored, ...Object.keys(first)])) {
        const credentials = await forKey(key);
        if (credentials !== undefined) found[key] = credentials;
      }
      for (const key of Object.keys(config.credHelpers ?? {})) {
        try {
          const credentials = await forKey(key);
          if (credentials !== undefined) found[key] = credentials;
        } catch (error) {
          onWarning(`Failed to get credentials for registry: ${key}: ${messageOf(error)}`);
        }
      }
      return found;
    },
  };
}

/** A docker configuration with these logins, as the docker command writes it. */
export function clientConfigText(credentials: Readonly<Record<string, Credentials>>): string {
  const auths = Object.entries(credentials)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([registry, { username = '', password = '', identitytoken, registrytoken }]) => {
      const login = username === '' && password === '' ? '' : `${username}:${password}`;
      const auth = login === '' ? undefined : Buffer.from(login).toString('base64');
      return [registry, { auth, identitytoken, registrytoken }] as const;
    });
  return JSON.stringify({ auths: Object.fromEntries(auths) }, undefined, '\t');
}

/** Header value: URL-safe base64 of the JSON. */
export function encodeAuth(value: object): string {
  return Buffer.from(JSON.stringify(value))
    .toString('base64')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

function fromFile(
  auths: Readonly<Record<string, StoredAuth>>,
  key: string,
): Credentials | undefined {
  const name = Object.hasOwn(auths, key)
    ? key
    : // Old configurations have whole addresses: https://registry.example/v1/
      Object.keys(auths).find((other) => hostOf(other) === hostOf(key));
  const stored = name === undefined ? undefined : auths[name];
  return stored === undefined ? undefined : fromStored(stored, key);
}

function fromStored(
  { auth, username, password, identitytoken, registrytoken }: StoredAuth,
  key: string,
): Credentials | undefined {
  const login = decodeAuth(auth ?? '') ?? { username, password };
  const given = Object.entries({ ...login, identitytoken, registrytoken }).filter(
    ([, value]) => value !== undefined,
  );
  return given.length === 0 ? undefined : { ...Object.fromEntries(given), serveraddress: key };
}

function hostOf(address: string): string {
  return address.replace(/^https?:\/\//, '').split('/')[0] ?? '';
}

/** Protocol of docker-credential-helpers: the registry on standard input, JSON back. */
async function fromHelper(
  helper: string,
  key: string,
  run: RunHelper,
): Promise<Credentials | undefined> {
  const program = `docker-credential-${helper}`;
  const { code, stdout } = await run(program, ['get'], key);
  if (code !== 0) {
    if (/credentials not found/i.test(stdout)) return undefined;
    throw helperFailure(program, `${key}: ${reason(code, stdout)}`);
  }
  const { Username: username = '', Secret: secret = '' } = parseAnswer(program, stdout);
  if (username === '' && secret === '') return undefined;
  return username === '<token>'
    ? { identitytoken: secret, serveraddress: key }
    : { username, password: secret, serveraddress: key };
}

async function listHelper(helper: string, run: RunHelper): Promise<string[]> {
  const program = `docker-credential-${helper}`;
  const { code, stdout } = await run(program, ['list'], '');
  if (code !== 0) throw helperFailure(program, reason(code, stdout));
  return Object.keys(parseAnswer(program, stdout));
}

/** Helpers say on standard output why they fail; anything longer than a sentence may be a secret. */
function reason(code: number, stdout: string): string {
  const text = stdout.trim();
  const isSentence = text !== '' && text.length <= 200 && !/[{}\n]|secret"|password"/i.test(text);
  return isSentence ? text : `exit code ${code}`;
}

function parseAnswer(program: string, stdout: string): Readonly<Record<string, string>> {
  try {
    const answer: unknown = JSON.parse(stdout);
    if (typeof answer === 'object' && answer !== null) return answer as Record<string, string>;
  } catch {
    // Its text may hold a secret, so that it is not quoted.
  }
  throw helperFailure(program, 'its answer is not a JSON object');
}

function helperFailure(program: string, text: string): EngineError {
  return new EngineError('unauthorized', `error getting credentials - ${program}: ${text}`, {
    hint: `Try "echo REGISTRY | ${program} get"; the docker configuration names it in credsStore or credHelpers.`,
  });
}
