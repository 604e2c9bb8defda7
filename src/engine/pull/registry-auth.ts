import { parseImageReference, registryKey } from './image-reference.ts';

/** The parts of the docker client's `config.json` that say how to log in to registries. */
export interface RegistryConfig {
  readonly auths?: Readonly<Record<string, StoredAuth>>;
  /** Credential helper for every registry: `desktop` is the program `docker-credential-desktop`. */
  readonly credsStore?: string;
  /** Credential helper by registry. */
  readonly credHelpers?: Readonly<Record<string, string>>;
}

export interface StoredAuth {
  /** Base64 of `user:password`. */
  readonly auth?: string;
  readonly username?: string;
  readonly password?: string;
  readonly identitytoken?: string;
  readonly registrytoken?: string;
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

/** Registries logged in to, as the docker command finds them. */
export function createRegistryAuth(config: RegistryConfig, run: RunHelper): RegistryAuth {
  const forKey = async (key: string): Promise<Credentials | undefined> => {
    const helper = config.credHelpers?.[key] ?? config.credsStore;
    if (helper === undefined || helper === '') return fromFile(config.auths ?? {}, key);
    return fromHelper(helper, key, run);
  };
  return {
    forImage: async (image) => {
      const reference = parseImageReference(image);
      return reference.ok ? forKey(registryKey(reference.value.domain)) : undefined;
    },
    all: async () => {
      const keys = new Set([
        ...Object.keys(config.auths ?? {}),
        ...Object.keys(config.credHelpers ?? {}),
        ...(await listHelper(config.credsStore, run)),
      ]);
      const found = await Promise.all(
        [...keys].map(async (key) => [key, await forKey(key)] as const),
      );
      return Object.fromEntries(
        found.filter((entry): entry is [string, Credentials] => entry[1] !== undefined),
      );
    },
  };
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
  if (stored === undefined) return undefined;
  const decoded = Buffer.from(stored.auth ?? '', 'base64')
    .toString('utf8')
    .replace(/\0+$/, '');
  const colon = decoded.indexOf(':');
  const username = colon < 0 ? stored.username : decoded.slice(0, colon);
  const password = colon < 0 ? stored.password : decoded.slice(colon + 1);
  const credentials = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(stored.identitytoken === undefined ? {} : { identitytoken: stored.identitytoken }),
    ...(stored.registrytoken === undefined ? {} : { registrytoken: stored.registrytoken }),
  };
  return Object.keys(credentials).length === 0 ? undefined : { ...credentials, serveraddress: key };
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
    throw new Error(`error getting credentials - ${program}: ${stdout.trim() || `exit ${code}`}`);
  }
  const { Username: username = '', Secret: secret = '' } = parseHelper(program, stdout);
  return username === '<token>'
    ? { identitytoken: secret, serveraddress: key }
    : { username, password: secret, serveraddress: key };
}

async function listHelper(helper: string | undefined, run: RunHelper): Promise<string[]> {
  if (helper === undefined || helper === '') return [];
  const program = `docker-credential-${helper}`;
  const { code, stdout } = await run(program, ['list'], '');
  return code === 0 ? Object.keys(parseHelper(program, stdout)) : [];
}

function parseHelper(program: string, stdout: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(stdout) as Record<string, string>;
  } catch {
    throw new Error(`${program} did not answer with JSON`);
  }
}
