import { BlockList } from 'node:net';
import { ipVersion } from '../foundation/ip-address.ts';
import { EngineError } from './errors.ts';

/** A proxy on the way to an engine. */
export interface EnvironmentProxy {
  /** Variable that names it. */
  readonly variable: string;
  readonly host: string;
  readonly port: number;
  /** Whether the proxy itself is spoken to over TLS. */
  readonly secure: boolean;
  /** Value of `Proxy-Authorization`. */
  readonly authorization?: string;
}

/** Where requests go. */
export interface Destination {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a destination, by the rules of Go, which the docker command
 * follows: HTTP_PROXY or HTTPS_PROXY, unless NO_PROXY has the destination or it is on this machine.
 *
 * @throws EngineError for a proxy that cannot be used
 */
export function environmentProxy(env: Environment, to: Destination): EnvironmentProxy | undefined {
  const found = firstSet(env, to.scheme === 'http' ? 'HTTP_PROXY' : 'HTTPS_PROXY');
  if (found === undefined || isLocal(to.host)) return undefined;
  if (isExcepted(to, firstSet(env, 'NO_PROXY')?.value ?? '')) return undefined;
  if (to.scheme === 'http' && isSet(env['REQUEST_METHOD'])) {
    throw new EngineError('invalid', 'refusing to use HTTP_PROXY value in CGI environment', {
      hint: 'A web server may have taken it from a header of the request: see golang.org/s/cgihttpproxy.',
    });
  }
  return parseProxy(found.variable, found.value);
}

/** A variable in capitals, or in small letters. */
function firstSet(
  env: Environment,
  name: string,
): { readonly variable: string; readonly value: string } | undefined {
  for (const variable of [name, name.toLowerCase()]) {
    const value = env[variable];
    if (isSet(value)) return { variable, value };
  }
  return undefined;
}

function parseProxy(variable: string, value: string): EnvironmentProxy {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') {
    throw new EngineError('invalid', `invalid proxy address ${JSON.stringify(value)}`, {
      hint: `Write ${variable} as http://host:port, or unset it.`,
    });
  }
  const secure = url.protocol === 'https:';
  if (!secure && url.protocol !== 'http:') {
    throw new EngineError(
      'unsupported',
      `${variable}: proxies of the kind "${url.protocol.slice(0, -1)}" are not supported`,
      { hint: 'Name one of the kind http, or except the engine with NO_PROXY.' },
    );
  }
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    variable,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
    ...(login === ':' ? {} : { authorization: `Basic ${Buffer.from(login).toString('base64')}` }),
  };
}

function isLocal(host: string): boolean {
  if (host === 'localhost') return true;
  return isInSubnet('127.0.0.0/8', host) || isInSubnet('::1/128', host);
}

/** Whether a list such as `.example.com, 10.0.0.0/8, host:2375` has the destination. */
function isExcepted({ host, port }: Destination, list: string): boolean {
  const name = host.toLowerCase();
  return list.split(',').some((entry) => excepts(entry.trim().toLowerCase(), name, port));
}

function excepts(entry: string, name: string, port: number): boolean {
  if (entry === '' || entry === '*') return entry === '*';
  if (entry.includes('/')) return isInSubnet(entry, name);
  const [, bracketed, plain, wanted] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(entry) ?? [];
  const host = bracketed ?? plain ?? entry;
  if (host === '' || (wanted !== undefined && wanted !== '' && Number(wanted) !== port))
    return false;
  const version = ipVersion(host);
  if (version !== undefined) return isSameAddress(host, name);
  const domain = host.replace(/^\*(?=\.)/, '');
  return domain.startsWith('.')
    ? name.endsWith(domain)
    : name === domain || name.endsWith(`.${domain}`);
}

function isInSubnet(entry: string, name: string): boolean {
  const [base = '', bits = ''] = entry.split('/');
  const [family, own] = [ipVersion(base), ipVersion(name)];
  if (family === undefined || own === undefined || !/^\d+$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const subnet = new BlockList();
  subnet.addSubnet(base, Number(bits), `ipv${family}`);
  return subnet.check(name, `ipv${own}`);
}

/** Addresses of version 6 are written in several ways. */
function isSameAddress(address: string, name: string): boolean {
  const own = ipVersion(name);
  if (own === undefined) return false;
  const list = new BlockList();
  list.addAddress(address, `ipv${ipVersion(address) ?? own}`);
  return list.check(name, `ipv${own}`);
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
