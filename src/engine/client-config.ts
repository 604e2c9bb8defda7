import { join } from 'node:path';
import type { FileAccess } from '../compose/files.ts';
import { findJsonFault } from '../foundation/json-fault.ts';
import type { RegistryConfig } from './pull/registry-auth.ts';
import { decodeAuth, type StoredAuth } from './pull/stored-auth.ts';

/** What decides where the docker client's configuration is. */
export interface ConfigSources {
  /** `config`: directory of the client configuration, from `--config`. */
  readonly flags?: { readonly config?: string };
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: FileAccess;
}

/** Parts of `config.json` that matter here. */
export interface ClientConfig extends RegistryConfig {
  /** Directories of CLI plugins, searched before the usual ones. */
  readonly cliPluginsExtraDirs?: readonly string[];
  readonly currentContext?: string;
  readonly proxies?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What `ps` shows where no `--format` says otherwise. */
  readonly psFormat?: string;
  /** Default of `stats --format`. */
  readonly statsFormat?: string;
  /** Keys that leave a session with a container. */
  readonly detachKeys?: string;
}

export interface ReadClientConfig {
  readonly config: ClientConfig;
  /** What is wrong with the file and therefore left out, as sentences with the place. */
  readonly faults: readonly string[];
}

/** Directory of the docker client's configuration: `--config`, DOCKER_CONFIG or `~/.docker`. */
export function clientConfigDir({ flags, env, files }: ConfigSources): string {
  for (const directory of [flags?.config, env['DOCKER_CONFIG']]) {
    if (directory !== undefined && directory !== '') return directory;
  }
  return join(files.home, '.docker');
}

/**
 * Reads `config.json`; an absent file is an empty configuration. As for the docker command, what
 * cannot be used is left out and told, but is no failure.
 */
export function readClientConfig(sources: ConfigSources): ReadClientConfig {
  const path = join(clientConfigDir(sources), 'config.json');
  const read = sources.files.read(path);
  if (!read.ok) {
    if (read.error === 'not-found') return { config: {}, faults: [] };
    return { config: {}, faults: [`Error loading config file: ${read.detail}`] };
  }
  const text = Buffer.from(read.bytes).toString('utf8');
  if (text.trim() === '') return { config: {}, faults: [] };
  const fault = findJsonFault(text);
  if (fault !== undefined) {
    const place = `${path}:${fault.line}:${fault.column}`;
    const reason = `expected ${fault.expected}; the file is ignored`;
    return { config: {}, faults: [`Error parsing config file (${place}): ${reason}`] };
  }
  return checkConfig(JSON.parse(text), path);
}

type Shape = 'text' | 'texts' | 'text-map' | 'map-map';

const SHAPES: Readonly<Record<keyof ClientConfig, Shape>> = {
  auths: 'map-map',
  credsStore: 'text',
  credHelpers: 'text-map',
  cliPluginsExtraDirs: 'texts',
  currentContext: 'text',
  proxies: 'map-map',
  psFormat: 'text',
  statsFormat: 'text',
  detachKeys: 'text',
};

const EXPECTED: Readonly<Record<Shape, string>> = {
  text: 'a string',
  texts: 'a list of strings',
  'text-map': 'an object of strings',
  'map-map': 'an object of objects of strings',
};

/** Keeps what has the right shape. */
function checkConfig(value: unknown, path: string): ReadClientConfig {
  const faults: string[] = [];
  const complain = (what: string): void => {
    faults.push(`Error parsing config file (${path}): ${what}, and is ignored`);
  };
  if (!isMap(value)) {
    complain('the file must be an object');
    return { config: {}, faults };
  }
  const config: Record<string, unknown> = {};
  for (const [key, shape] of Object.entries(SHAPES)) {
    const part = value[key];
    if (part === undefined || part === null) continue;
    if (hasShape(part, shape)) config[key] = part;
    else complain(`${key} must be ${EXPECTED[shape]}`);
  }
  const auths = Object.entries((config['auths'] ?? {}) as Record<string, StoredAuth>);
  const usable = auths.filter(([registry, { auth = '' }]) => {
    if (auth === '' || decodeAuth(auth) !== undefined) return true;
    complain(`auth of ${registry} in auths must be the base64 of USER:PASSWORD`);
    return false;
  });
  if (auths.length > 0) config['auths'] = Object.fromEntries(usable);
  return { config, faults };
}

function hasShape(value: unknown, shape: Shape): boolean {
  switch (shape) {
    case 'text':
      return typeof value === 'string';
    case 'texts':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'text-map':
      return isMap(value) && Object.values(value).every((item) => typeof item === 'string');
    case 'map-map':
      return isMap(value) && Object.values(value).every((item) => hasShape(item, 'text-map'));
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
