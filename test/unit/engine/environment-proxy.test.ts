import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectClient, type EngineClient } from '../../../src/engine/client.ts';
import { environmentProxy, type Destination } from '../../../src/engine/environment-proxy.ts';
import type { TlsMaterial } from '../../../src/engine/tls-material.ts';
import { pem } from '../../support/certificates.ts';

const engine: Destination = { scheme: 'http', host: 'engine.example', port: 2375 };

describe('the proxy that the environment names', () => {
  it.each([
    [{}, undefined],
    [{ HTTP_PROXY: '' }, undefined],
    [{ HTTPS_PROXY: 'http://p:1' }, undefined],
    [{ ALL_PROXY: 'http://p:1' }, undefined],
    [{ HTTP_PROXY: 'http://p:1' }, 'p:1'],
    [{ http_proxy: 'http://p:1' }, 'p:1'],
    [{ HTTP_PROXY: 'http://p:1', http_proxy: 'http://q:2' }, 'p:1'],
    [{ HTTP_PROXY: 'p:1' }, 'p:1'],
    [{ HTTP_PROXY: 'p' }, 'p:80'],
    [{ HTTP_PROXY: 'https://p' }, 'p:443'],
    [{ HTTP_PROXY: 'http://[::1]:3128/' }, '::1:3128'],
  ])('%j leads to %s', (env, expected) => {
    const proxy = environmentProxy(env, engine);
    expect(proxy && `${proxy.host}:${proxy.port}`).toBe(expected);
  });

  it('is another one for TLS', () => {
    const env = { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://q:2' };
    expect(environmentProxy(env, { ...engine, scheme: 'https' })?.host).toBe('q');
  });

  it('is told who asks', () => {
    const proxy = environmentProxy({ HTTP_PROXY: 'http://me:p%40ss@p:1' }, engine);
    expect(proxy?.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });

  it.each(['localhost', '127.0.0.1', '127.8.9.10', '::1'])('does not lead to %s', (host) => {
    expect(environmentProxy({ HTTP_PROXY: 'p:1' }, { ...engine, host })).toBeUndefined();
  });

  it.each<[string, string, boolean]>([
    ['*', 'engine.example', true],
    ['engine.example', 'engine.example', true],
    ['ENGINE.example', 'engine.Example', true],
    ['example', 'engine.example', true],
    ['.example', 'engine.example', true],
    ['*.example', 'engine.example', true],
    ['.engine.example', 'engine.example', false],
    ['gine.example', 'engine.example', false],
    ['other, engine.example', 'engine.example', true],
    ['engine.example:2375', 'engine.example', true],
    ['engine.example:2376', 'engine.example', false],
    [':2375', 'engine.example', false],
    ['', 'engine.example', false],
    ['10.0.0.5', '10.0.0.5', true],
    ['10.0.0.5:2375', '10.0.0.5', true],
    ['10.0.0.5:1', '10.0.0.5', false],
    ['10.0.0.0/8', '10.9.9.9', true],
    ['10.0.0.0/8', '11.0.0.1', false],
    ['10.0.0.0/8', 'engine.example', false],
    ['10.0.0.0/99', '10.0.0.1', false],
    ['fd00::/8', 'fd12::1', true],
    ['fd12:0::1', 'fd12::1', true],
    ['[fd12::1]:2375', 'fd12::1', true],
    ['[fd12::1]:80', 'fd12::1', false],
    ['10.0.0.5', 'engine.example', false],
  ])('NO_PROXY=%s excepts %s: %s', (NO_PROXY, host, excepted) => {
    const proxy = environmentProxy({ HTTP_PROXY: 'p:1', NO_PROXY }, { ...engine, host });
    expect(proxy === undefined).toBe(excepted);
  });

  it.each([
    ['http://', 'invalid proxy address "http://"'],
    ['socks5://p:1', 'HTTP_PROXY: proxies of the kind "socks5" are not supported'],
  ])('is refused where it is %s', (HTTP_PROXY, message) => {
    expect(() => environmentProxy({ HTTP_PROXY }, engine)).toThrow(message);
  });

  it('is not taken from a request to a web server', () => {
    const env = { HTTP_PROXY: 'p:1', REQUEST_METHOD: 'GET' };
    expect(() => environmentProxy(env, engine)).toThrow('CGI');
  });
});

describe('an engine behind a proxy', () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  async function listening(server: Server): Promise<number> {
    open.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** A proxy that opens ways to one port only; `seen` tells what it was asked for. */
  async function tunnel(to: number, status = 200): Promise<{ port: number; seen: string[] }> {
    const seen: string[] = [];
    const server = createServer().on('connect', (request, client) => {
      seen.push(
        `${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? '-'}`,
      );
      client.write(`HTTP/1.1 ${status} Told\r\n\r\n`);
      if (status !== 200) {
        client.end();
        return;
      }
      const engineSide = connect(to, '127.0.0.1');
      client.pipe(engineSide).pipe(client);
      client.on('error', () => engineSide.destroy());
      engineSide.on('error', () => client.destroy());
    });
    return { port: await listening(server), seen };
  }

  const tls: TlsMaterial = { ca: Buffer.from(pem('ca')), verify: true };

  async function connected(
    env: Record<string, string>,
    secure: { readonly tls?: TlsMaterial } = { tls },
  ): Promise<EngineClient> {
    const client = await connectClient(
      {
        kind: 'tcp',
        host: 'elsewhere.example',
        port: 2376,
        origin: 'test',
        ...secure,
      },
      { signal: new AbortController().signal, env },
    );
    open.push(client);
    return client;
  }

  it('is spoken to through a tunnel over TLS, and checked as always', async () => {
    const port = await listening(
      createTlsServer({ cert: pem('elsewhere-cert'), key: pem('elsewhere-key') }, (_, response) =>
        response.setHeader('api-version', '1.47').end('OK'),
      ),
    );
    const proxy = await tunnel(port);
    const client = await connected({ HTTPS_PROXY: `http://me:pw@127.0.0.1:${proxy.port}` });
    expect(client.apiVersion).toBe('1.47');
    const login = Buffer.from('me:pw').toString('base64');
    expect(proxy.seen).toEqual([`CONNECT elsewhere.example:2376 Basic ${login}`]);
    const wrong = { tls: { ca: Buffer.from(pem('other-ca')), verify: true } };
    await expect(
      connected({ HTTPS_PROXY: `127.0.0.1:${proxy.port}` }, wrong),
    ).rejects.toMatchObject({ kind: 'tls' });
  });

  it('is not reached when the proxy refuses the tunnel', async () => {
    const proxy = await tunnel(1, 403);
    await expect(connected({ HTTPS_PROXY: `127.0.0.1:${proxy.port}` })).rejects.toMatchObject({
      message: expect.stringContaining('the proxy answered 403 Told'),
    });
  });

  it.each(['HTTP_PROXY', 'HTTPS_PROXY'])(
    'is not reached when there is no proxy: %s is named',
    async (variable) => {
      // A port that was just free.
      const server = createServer();
      const port = await listening(server);
      server.close();
      await once(server, 'close');
      const env = { [variable]: `http://me:secret@127.0.0.1:${port}` };
      const failure = connected(env, variable === 'HTTP_PROXY' ? {} : { tls });
      await expect(failure).rejects.toMatchObject({
        kind: 'no-engine',
        hint: `The way leads through the proxy that ${variable} names (127.0.0.1:${port}): check that, or except the engine with NO_PROXY.`,
      });
    },
  );
});
