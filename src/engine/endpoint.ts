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
      return `tcp://${inUrl(endpoint.host)}:${endpoint.port}`;
    case 'ssh': {
      const user = endpoint.user === undefined ? '' : `${encodeURIComponent(endpoint.user)}@`;
      const port = endpoint.port === undefined ? '' : `:${endpoint.port}`;
      return `ssh://${user}${inUrl(endpoint.host)}${port}${endpoint.path ?? ''}`;
    }
  }
}

function inUrl(host: string): string {
  return host.includes(':') ? `[${host.replace('%', '%25')}]` : host;
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
  const [scheme = ''] = text.split(':', 1);
  const rest = text.slice(`${scheme}://`.length);
  switch (scheme) {
    case 'unix':
      return { kind: 'unix', path: rest || SYSTEM_SOCKET, origin };
    case 'ssh':
      return sshAddress(rest, origin);
    case 'tcp':
    case 'http':
    case 'https':
      return tcpAddress(scheme === 'tcp' ? rest || 'localhost' : rest, {
        address,
        origin,
        tls: tls ?? (scheme === 'https' ? { verify: true } : undefined),
      });
    default:
      throw unreadable(address, origin);
  }
}

function tcpAddress(
  rest: string,
  {
    address,
    origin,
    tls,
  }: { readonly address: string; readonly origin: string; readonly tls: TlsMaterial | undefined },
): Endpoint {
  const text = `http://${rest}`;
  if (!URL.canParse(text)) throw unreadable(address, origin);
  const { hostname, port: explicit } = new URL(text);
  // An explicit port 80 is the default of the scheme used for parsing and would be dropped.
  const port = /:(\d+)(?:[/?#]|$)/.exec(rest.slice(rest.lastIndexOf('@') + 1))?.[1] ?? explicit;
  return {
    kind: 'tcp',
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (tls === undefined ? 2375 : 2376) : Number(port),
    origin,
    ...(tls === undefined ? {} : { tls }),
  };
}

/**
 * `[USER@]HOST[:PORT][/SOCKET]`. Not read as a URL: the host may be a name in ssh_config, of which a URL would change
 * the case, or make an address of `10.7`.
 */
function sshAddress(rest: string, origin: string): Endpoint {
  const [, authority = '', path = ''] = /^([^/]*)(.*)$/s.exec(rest) ?? [];
  const at = authority.lastIndexOf('@');
  const [name = '', ...password] = authority.slice(0, Math.max(at, 0)).split(':');
  const place = authority.slice(at + 1);
  const shown = `ssh://${at < 0 ? '' : `${name}@`}${place}${path}`;
  if (password.length > 0) {
    throw unreadable(shown, origin, 'plain-text password is not supported');
  }
  if (place === '') throw unreadable(shown, origin, 'no host specified');
  const [, bracketed, plain, port = ''] =
    /^(?:\[([^[\]\s]+)\]|([^[\]:\s?#]+))(?::(\d*))?$/.exec(place) ?? [];
  const host = bracketed?.replace('%25', '%') ?? plain;
  const user = decoded(name);
  if (host === undefined || user === undefined || Number(port) > 65_535 || /[?#]/.test(path)) {
    throw unreadable(shown, origin);
  }
  return {
    kind: 'ssh',
    host,
    origin,
    ...(user === '' ? {} : { user }),
    ...(port === '' ? {} : { port: Number(port) }),
    ...(path === '' || path === '/' ? {} : { path }),
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function unreadable(address: string, origin: string, reason?: string): EngineError {
  const why = reason === undefined ? '' : `: ${reason}`;
  return new EngineError('invalid', `unable to parse docker host "${address}"${why}`, {
    hint: `It comes from ${origin}; write it as unix:///path, tcp://host:port or ssh://user@host.`,
  });
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
