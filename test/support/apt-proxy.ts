/**
 * The way from test hosts to the Debian archive: an HTTP proxy in the test's process, because the network that hosts
 * are in has no other way out. Packages are kept in the cache, so that only their first download takes time.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cache } from './debian.ts';

/** A proxy for apt that a test may hold up or cut. */
export interface AptProxy {
  /** `http://ADDRESS:PORT` */
  readonly url: string;
  /** Called for each request with its address; what it returns is waited for; when it throws, the connection is cut. */
  onRequest: (url: string) => Promise<void> | void;
  close(): void;
}

/** Starts a proxy at an address of this machine. */
export async function startAptProxy(address: string): Promise<AptProxy> {
  const folder = join(cache, 'apt');
  mkdirSync(folder, { recursive: true });
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    proxied(url, request, response).catch(() => response.destroy());
  });
  const proxied = async (
    url: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    await proxy.onRequest(url);
    await answer(folder, request, response);
  };
  const proxy: AptProxy = {
    url: '',
    onRequest: () => undefined,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, address, resolve);
  });
  server.unref();
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the proxy has no address');
  return Object.assign(proxy, { url: `http://${address}:${bound.port}` });
}

async function answer(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? '';
  if (!url.startsWith('http://')) {
    response.writeHead(400).end('only http:// addresses of an archive\n');
    return;
  }
  // Files with these names never change.
  if (!url.endsWith('.deb') && !url.includes('/by-hash/')) {
    await relay(url, request, response);
    return;
  }
  const file = join(folder, createHash('sha256').update(url).digest('hex'));
  if (!existsSync(file)) {
    const fetched = await fetchFile(url, `${file}.${process.pid}.${Math.random()}`, file);
    if (fetched !== 200) {
      response.writeHead(fetched).end();
      return;
    }
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream' });
  await pipeline(createReadStream(file), response);
}

async function relay(
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { host: _, ...headers } = request.headers;
  const got = await ask(url, headers);
  response.writeHead(got.statusCode ?? 502, got.headers);
  await pipeline(got, response);
}

async function fetchFile(url: string, temporary: string, file: string): Promise<number> {
  const got = await ask(url, {});
  const status = got.statusCode ?? 502;
  if (status !== 200) {
    got.resume();
    return status;
  }
  await pipeline(got, createWriteStream(temporary));
  renameSync(temporary, file);
  return status;
}

function ask(url: string, headers: IncomingMessage['headers']): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { headers }, resolve).on('error', reject);
  });
}
