import { join } from 'node:path';
import type { FileAccess } from '../compose/files.ts';
import { clientConfigDir, readClientConfig } from './client-config.ts';
import { readContext } from './context-store.ts';
import { EngineError } from './errors.ts';
import { readTls, type TlsMaterial } from './tls-material.ts';

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
      /** Name of the machine that `host` is. */
      readonly machine?: string;
      readonly origin: string;
    };

/** Global flags of the docker command that choose an engine. */
export interface EndpointFlags {
  /** `-H`. */
  readonly host?: string;
  /** `--context`. */
  readonly context?: string;
  /** `--machine`. */
  readonly machine?: string;
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
  /** Names in a directory, none where it cannot be read; absent: what there is cannot be listed. */
  readonly list?: (directory: string) => readonly string[];
}

const SYSTEM_SOCKET = '/var/run/docker.sock';

/**
 * Finds the engine: that of a machine (`--machine`, TCOMPOSE_MACHINE when no other flag chooses one), or else
 * in the order of the docker command: `--host`, `--context`, DOCKER_HOST,
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
  if (isSet(flags.machine)) {
    const other = [isSet(flags.host) && '--host', isSet(flags.context) && '--context'].find(
      Boolean,
    );
    if (other) {
      throw new EngineError(
        'invalid',
        `conflicting options: cannot specify both ${other} and --machine`,
      );
    }
    return ofMachine(flags.machine, '--machine');
  }
  if (isSet(flags.host)) return atAddress(flags.host, '--host', sources);
  if (isSet(flags.context)) return ofContext(flags.context, '--context', sources);
  // DOCKER_MACHINE_NAME, which "docker-machine env" sets, only says which machine DOCKER_HOST is.
  if (isSet(env['TCOMPOSE_MACHINE'])) return ofMachine(env['TCOMPOSE_MACHINE'], 'TCOMPOSE_MACHINE');
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

function ofMachine(name: string, origin: string): Endpoint {
  return { kind: 'ssh', host: name, machine: name, origin: `${origin} ${name}` };
}

function ofDefaultSocket({ env, files }: EndpointSources): Endpoint {
  const candidates = [SYSTEM_SOCKET];
  if (isSet(env.XDG_RUNTIME_DIR)) candidates.push(join(env.XDG_RUNTIME_DIR, 'docker.sock'));
  candidates.push(join(files.home, '.docker/run/docker.sock'));
  const path = candidates.find((candidate) => files.kind(candidate) === 'other') ?? SYSTEM_SOCKET;
  return { kind: 'unix', path, origin: 'default socket' };
}

function ofContext(name: string, chosenBy: string, sources: EndpointSources): Endpoint {
  if (name === 'default') {
    return isSet(sources.env.DOCKER_HOST)
      ? atAddress(sources.env.DOCKER_HOST, 'DOCKER_HOST', sources)
      : ofDefaultSocket(sources);
  }
  const origin = `context "${name}"`;
  const { host, tls } = readContext(name, {
    ...sources,
    directory: join(clientConfigDir(sources), 'contexts'),
    chosenBy,
  });
  return isSet(host) ? parseAddress(host, origin, tls) : { ...ofDefaultSocket(sources), origin };
}

function atAddress(address: string, origin: string, sources: EndpointSources): Endpoint {
  const { flags = {}, env, files } = sources;
  const verify = flags.tlsVerify === true || isSet(env.DOCKER_TLS_VERIFY);
  if (!verify && flags.tls !== true && !isSet(env.DOCKER_TLS)) return parseAddress(address, origin);
  const directory = isSet(env.DOCKER_CERT_PATH) ? env.DOCKER_CERT_PATH : clientConfigDir(sources);
  const material = readTls(files, {
    // The server is only checked against an authority when it is checked at all.
    ...(verify ? { ca: flags.tlsCaCert ?? join(directory, 'ca.pem') } : {}),
    cert: flags.tlsCert ?? join(directory, 'cert.pem'),
    key: flags.tlsKey ?? join(directory, 'key.pem'),
    verify,
    optional: [
      ...(flags.tlsCert === undefined ? (['cert'] as const) : []),
      ...(flags.tlsKey === undefined ? (['key'] as const) : []),
    ],
  });
  return parseAddress(address, origin, material);
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

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
