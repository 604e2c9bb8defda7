import * as tls from 'node:tls';

import { RemoteError } from '../remote-error.ts';

export interface Exchange {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | Blob;
  /** More bytes than this are not taken. */
  readonly limit: number;
  /** Takes the body of a good answer piece by piece; it is not kept then. */
  readonly onChunk?: (chunk: Uint8Array) => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  /** Where the answer came from after redirections. */
  readonly url: string;
}

/**
 * One HTTP exchange. A server that sends nothing for `patience` milliseconds has had its time.
 *
 * @throws RemoteError; the signal's reason when it is aborted
 */
export async function exchange(
  url: URL,
  request: Exchange,
  { signal, patience }: { readonly signal: AbortSignal; readonly patience: number },
): Promise<Answer> {
  trustSystem();
  const idle = new AbortController();
  const expire = (): void => idle.abort();
  const timer = setTimeout(expire, patience);
  try {
    const response = await fetch(url, {
      method: request.method,
      headers: request.headers,
      ...(request.body === undefined ? {} : { body: request.body }),
      signal: AbortSignal.any([signal, idle.signal]),
    });
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      if (request.onChunk !== undefined && response.ok) await request.onChunk(chunk);
      else chunks.push(chunk);
      size += chunk.length;
      if (size > request.limit) {
        idle.abort();
        throw new RemoteError(`${url.host} sends more than ${request.limit} bytes`, {
          hint: 'it is not a Compose project that is sent there',
        });
      }
    }
    const { status, headers } = response;
    return { status, headers, bytes: Buffer.concat(chunks), url: response.url };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RemoteError) throw error;
    if (!idle.signal.aborted) throw connectionFault(url, error);
    throw new RemoteError(`${url.host} has not answered for ${patience / 1000} seconds`, {
      hint: 'the registry is slow or blocked: check the network, and try again later',
    });
  } finally {
    clearTimeout(timer);
  }
}

let isSystemTrusted = false;

/** Certificates of this machine count, as for other tools; Node knows only those that it comes with. */
function trustSystem(): void {
  if (isSystemTrusted) return;
  isSystemTrusted = true;
  const { setDefaultCACertificates, getCACertificates } = tls as Partial<typeof tls>;
  if (setDefaultCACertificates === undefined || getCACertificates === undefined) return;
  const all = [...getCACertificates('default'), ...getCACertificates('system')];
  setDefaultCACertificates([...new Set(all)]);
}

/** Whether a server that was greeted with TLS speaks plain HTTP, or is not there. */
export function isNoTls(error: unknown): boolean {
  if (!(error instanceof RemoteError)) return false;
  return PLAIN.has(codeOf(error.cause));
}

const PLAIN = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'EPROTO',
  'ECONNREFUSED',
  'ECONNRESET',
]);

const CAUSES: readonly {
  readonly pattern: RegExp;
  readonly text?: string;
  readonly hint: string;
}[] = [
  {
    pattern: /^ECONNREFUSED$/,
    text: 'connection refused',
    hint: 'nothing listens there: check the address, and whether the registry runs',
  },
  {
    pattern: /^(?:ENOTFOUND|EAI_AGAIN)$/,
    text: 'no such host',
    hint: 'check the name of the registry, and the network',
  },
  {
    pattern: /^(?:ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH)$/,
    text: 'it cannot be reached',
    hint: 'check the network, and whether a proxy is needed',
  },
  {
    pattern: /^(?:ERR_SSL_|EPROTO)/,
    text: 'it does not speak TLS',
    hint: 'a registry without TLS must be named by --insecure-registry',
  },
  {
    pattern: /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/,
    hint: 'its certificate is not trusted: add its CA to those of this machine, or name it in SSL_CERT_FILE',
  },
  {
    pattern: /^(?:HPE_|UND_ERR_|ERR_INVALID)/,
    text: 'its answer is no HTTP',
    hint: 'check the address: something else than a registry may listen there',
  },
];

function connectionFault(url: URL, error: unknown): RemoteError {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const code = codeOf(cause);
  const rule = CAUSES.find(({ pattern }) => pattern.test(code));
  const said = cause instanceof Error && cause.message !== '' ? cause.message : code;
  const details = { cause, ...(rule === undefined ? {} : { hint: rule.hint }) };
  return new RemoteError(`cannot reach ${url.host}: ${rule?.text ?? said}`, details);
}

/** Several addresses of one host fail together (AggregateError). */
function codeOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return '';
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return cause instanceof AggregateError ? codeOf(cause.errors[0]) : '';
}
