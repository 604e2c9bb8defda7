import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FileAccess } from '../compose/files.ts';
import { clientConfigDir, readClientConfig } from './client-config.ts';
import { EngineError } from './errors.ts';

/** Certificates for a TLS connection, as the bytes of PEM files. */
export interface TlsMaterial {
  readonly ca?: Uint8Array;
  readonly cert?: Uint8Array;
  readonly key?: Uint8Array;
  /** False with `--tls` alone: encrypted, but the server is not checked. */
  readonly verify: boolean;
}

/** Where an engine is. `origin` says who chose it (`DOCKER_HOST`, `context "lab"`, …). */
export type Endpoint =
  | { readonly kind: 'unix'; readonly path: string; readonly origin: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls?: TlsMaterial;
      readonly origin: string;
    }
  | {
      readonly kind: 'ssh';
      readonly host: string;
      readonly user?: string;
      readonly port?: number;
      /** Engine socket on the other side; absent: the default one. */
      readonly path?: string;
      readonly origin: string;
    };

/** Global flags of the docker command that choose an engine. */
export interface EndpointFlags {
  /** `-H`. */
  readonly host?: string;
  /** `--context`. */
  readonly context?: string;
  /** `--config`: directory of the client configuration. */
  readonly config?: string;
  readonly tls?: boolean;
  readonly tlsVerify?: boolean;
  readonly tlsCaCert?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

export interface EndpointSources {
  readonly flags?: EndpointFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: FileAccess;
}

const SYSTEM_SOCKET = '/var/run/docker.sock';

/**
 * Finds the engine in the order of the docker command: `--host`, `--context`, DOCKER_HOST,
 * DOCKER_CONTEXT, `currentContext` of the configuration, then the sockets of a system-wide, a
 * rootless and a desktop engine. Throws an EngineError for what cannot be used.
 */
export function findEndpoint(sources: EndpointSources): Endpoint {
  const { flags = {}, env } = sources;
  if (isSet(flags.host) && isSet(flags.context)) {
    throw new EngineError(
      'invalid',
      'conflicting options: cannot specify both --host and --context',
    );
  }
  if (isSet(flags.host)) return atAddress(flags.host, '--host', sources);
  if (isSet(flags.context)) return ofContext(flags.context, '--context', sources);
  if (isSet(env.DOCKER_HOST)) return atAddress(env.DOCKER_HOST, 'DOCKER_HOST', sources);
  if (isSet(env.DOCKER_CONTEXT)) return ofContext(env.DOCKER_CONTEXT, 'DOCKER_CONTEXT', sources);
  const { currentContext } = readClientConfig(sources).config;
  if (isSet(currentContext)) return ofContext(currentContext, 'currentContext', sources);
  return ofDefaultSocket(sources);
}

/** Address of an endpoint as the docker command prints it. */
export function formatEndpoint(endpoint: Endpoint): string {
  switch (endpoint.kind) {
    case 'unix':
      return `unix://${endpoint.path}`;
    case 'tcp':
      return `tcp://${endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host}:${endpoint.port}`;
    case 'ssh': {
      const user = endpoint.user === undefined ? '' : `${endpoint.user}@`;
      const port = endpoint.port === undefined ? '' : `:${endpoint.port}`;
      return `ssh://${user}${endpoint.host}${port}${endpoint.path ?? ''}`;
    }
  }
}

function ofDefaultSocket({ env, files }: EndpointSources): Endpoint {
  const candidates = [SYSTEM_SOCKET];
  if (isSet(env.XDG_RUNTIME_DIR)) candidates.push(join(env.XDG_RUNTIME_DIR, 'docker.sock'));
  candidates.push(join(files.home, '.docker/run/docker.sock'));
  const path = candidates.find((candidate) => files.kind(candidate) === 'other') ?? SYSTEM_SOCKET;
  return { kind: 'unix', path, origin: 'default socket' };
}

interface ContextMeta {
  readonly Endpoints?: {
    readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean };
  };
}

/** Follows the layout of the docker context store: directories are SHA-256 of the name. */
function ofContext(name: string, chosenBy: string, sources: EndpointSources): Endpoint {
  if (name === 'default') {
    return isSet(sources.env.DOCKER_HOST)
      ? atAddress(sources.env.DOCKER_HOST, 'DOCKER_HOST', sources)
      : ofDefaultSocket(sources);
  }
  const store = join(clientConfigDir(sources), 'contexts');
  const id = createHash('sha256').update(name).digest('hex');
  const path = join(store, 'meta', id, 'meta.json');
  const text = sources.files.read(path);
  if (!text.ok) {
    throw new EngineError('invalid', `context "${name}" not found`, {
      hint: `It was chosen by ${chosenBy}; "docker context ls" lists what there is.`,
    });
  }
  const docker = (parseJson(text.bytes, path) as ContextMeta).Endpoints?.docker;
  const origin = `context "${name}"`;
  if (!isSet(docker?.Host)) return { ...ofDefaultSocket(sources), origin };
  const directory = join(store, 'tls', id, 'docker');
  const material = readTls(sources.files, {
    ca: join(directory, 'ca.pem'),
    cert: join(directory, 'cert.pem'),
    key: join(directory, 'key.pem'),
    verify: docker.SkipTLSVerify !== true,
    required: false,
  });
  const found = material.ca !== undefined || material.cert !== undefined || !material.verify;
  return parseAddress(docker.Host, origin, found ? material : undefined);
}

function atAddress(address: string, origin: string, sources: EndpointSources): Endpoint {
  const { flags = {}, env, files } = sources;
  const verify = flags.tlsVerify === true || isSet(env.DOCKER_TLS_VERIFY);
  if (!verify && flags.tls !== true && !isSet(env.DOCKER_TLS)) return parseAddress(address, origin);
  const directory = isSet(env.DOCKER_CERT_PATH) ? env.DOCKER_CERT_PATH : clientConfigDir(sources);
  const given = flags.tlsCaCert ?? flags.tlsCert ?? flags.tlsKey;
  const material = readTls(files, {
    ca: flags.tlsCaCert ?? join(directory, 'ca.pem'),
    cert: flags.tlsCert ?? join(directory, 'cert.pem'),
    key: flags.tlsKey ?? join(directory, 'key.pem'),
    verify,
    required: given !== undefined || isSet(env.DOCKER_CERT_PATH),
  });
  return parseAddress(address, origin, material);
}

interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly verify: boolean;
  /** The user named the files, so that a missing one is a fault. */
  readonly required: boolean;
}

function readTls(files: FileAccess, wanted: TlsFiles): TlsMaterial {
  const found: { ca?: Uint8Array; cert?: Uint8Array; key?: Uint8Array } = {};
  for (const part of ['ca', 'cert', 'key'] as const) {
    const result = files.read(wanted[part]);
    if (result.ok) found[part] = result.bytes;
    else if (wanted.required) {
      throw new EngineError(
        'invalid',
        `could not read the TLS file ${wanted[part]}: ${result.detail}`,
        { hint: 'Check DOCKER_CERT_PATH and the --tls… flags.' },
      );
    }
  }
  return { ...found, verify: wanted.verify };
}

function parseAddress(address: string, origin: string, tls?: TlsMaterial): Endpoint {
  const text = address.includes('://') ? address : `tcp://${address}`;
  if (text.startsWith('unix://')) {
    return { kind: 'unix', path: text.slice('unix://'.length) || SYSTEM_SOCKET, origin };
  }
  const url = URL.canParse(text) ? new URL(text.replace(/^[a-z]+:/, 'http:')) : undefined;
  const scheme = text.slice(0, text.indexOf(':'));
  if (url === undefined || !['tcp', 'http', 'https', 'ssh'].includes(scheme)) {
    throw new EngineError('invalid', `unable to parse docker host "${address}"`, {
      hint: `It comes from ${origin}; write it as unix:///path, tcp://host:port or ssh://user@host.`,
    });
  }
  const host = url.hostname.replace(/^\[|\]$/g, '') || 'localhost';
  // An explicit port 80 is the default of the scheme used for parsing and would be dropped.
  const port = /:(\d+)(?:[/?#]|$)/.exec(text.slice(text.lastIndexOf('@') + 1))?.[1] ?? url.port;
  if (scheme === 'ssh') {
    return {
      kind: 'ssh',
      host,
      origin,
      ...(url.username === '' ? {} : { user: decodeURIComponent(url.username) }),
      ...(port === '' ? {} : { port: Number(port) }),
      ...(url.pathname === '/' ? {} : { path: url.pathname }),
    };
  }
  const material = tls ?? (scheme === 'https' ? { verify: true } : undefined);
  return {
    kind: 'tcp',
    host,
    port: port === '' ? (material === undefined ? 2375 : 2376) : Number(port),
    origin,
    ...(material === undefined ? {} : { tls: material }),
  };
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw new EngineError('invalid', `${path} is not valid JSON`, { cause });
  }
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
