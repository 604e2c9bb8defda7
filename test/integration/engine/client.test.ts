import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectClient, type EngineClient } from '../../../src/engine/client.ts';
import type { Endpoint } from '../../../src/engine/endpoint.ts';
import { EngineError } from '../../../src/engine/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'tcompose-client-'));
const path = join(folder, 'engine.sock');
const endpoint: Endpoint = { kind: 'unix', path, origin: 'test' };
const { signal } = new AbortController();
const opened: EngineClient[] = [];

/** What the fake engine does with a call; the ping is answered before. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let sockets = 0;
let port = 0;

beforeAll(async () => {
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (request.url === '/_ping') {
      response.writeHead(200, { 'api-version': '1.47', ostype: 'linux', swarm: 'active/worker' });
      response.end('OK');
    } else answer(request, response);
  };
  server = createServer(handle).on('connection', () => (sockets += 1));
  server.on('upgrade', (_request, socket) => {
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello ');
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const tcp = createServer(handle);
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  const bound = tcp.address();
  port = typeof bound === 'object' ? (bound?.port ?? 0) : 0;
  server.once('close', () => tcp.close());
});

afterEach(() => {
  for (const client of opened.splice(0)) client.close();
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

async function open(to: Endpoint = endpoint): Promise<EngineClient> {
  const connect = async () => connectSocket(path);
  const client = await connectClient(to, { signal, connect });
  opened.push(client);
  return client;
}

describe('the engine client', () => {
  it('asks in the version that was agreed on, with query and body as JSON', async () => {
    const seen: unknown[] = [];
    answer = (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push(request.method, request.url, Buffer.concat(chunks).toString());
        response.end('{"Id":"x"}');
      });
    };
    const client = await open();
    expect(client).toMatchObject({ apiVersion: '1.47', server: { osType: 'linux', swarm: true } });
    const query = { name: 'a b', none: undefined, filters: { label: ['x=1'] } };
    const got = await client.send(
      { method: 'POST', path: '/things', query, body: { A: 1 } },
      signal,
    );
    expect(got).toEqual({ Id: 'x' });
    expect(seen).toEqual([
      'POST',
      `/v1.47/things?name=a%20b&filters=${encodeURIComponent('{"label":["x=1"]}')}`,
      '{"A":1}',
    ]);
  });

  it('gives nothing for an empty answer', async () => {
    answer = (_, response) => response.writeHead(204).end();
    const client = await open();
    expect(await client.send({ method: 'POST', path: '/x' }, signal)).toBeUndefined();
  });

  it('takes no setting from DOCKER_HOST', async () => {
    process.env['DOCKER_HOST'] = 'tcp://192.0.2.1:1';
    try {
      expect((await open()).address).toBe(`unix://${path}`);
    } finally {
      delete process.env['DOCKER_HOST'];
    }
  });

  it('speaks over TCP', async () => {
    answer = (_, response) => response.end('[]');
    const client = await open({ kind: 'tcp', host: '127.0.0.1', port, origin: 'test' });
    expect(await client.send({ method: 'GET', path: '/x' }, signal)).toEqual([]);
  });

  it('speaks over streams that somebody else opens', async () => {
    answer = (_, response) => response.end('[]');
    const client = await open({ kind: 'ssh', host: 'far', origin: 'test' });
    const call = { method: 'GET', path: '/x' } as const;
    const all = await Promise.all([client.send(call, signal), client.send(call, signal)]);
    expect(all).toEqual([[], []]);
  });

  it('refuses SSH where nobody opens streams', async () => {
    await expect(
      connectClient({ kind: 'ssh', host: 'far', origin: 'test' }, { signal }),
    ).rejects.toMatchObject({ kind: 'unsupported', message: 'cannot connect to ssh://far' });
  });

  it('uses connections again', async () => {
    answer = (_, response) => response.end('[]');
    const client = await open();
    await client.send({ method: 'GET', path: '/x' }, signal);
    const before = sockets;
    for (let n = 0; n < 5; n += 1) await client.send({ method: 'GET', path: '/x' }, signal);
    expect(sockets).toBe(before);
  });

  it('translates a refusal, whether its body is JSON or not', async () => {
    const client = await open();
    for (const body of ['{"message":"no such thing"}', 'no such thing']) {
      answer = (_, response) => response.writeHead(404).end(body);
      const call = { method: 'GET', path: '/x', resource: 'thing' } as const;
      await expect(client.send(call, signal)).rejects.toMatchObject({
        kind: 'not-found',
        message: 'Error response from daemon: no such thing',
        resource: 'thing',
      });
    }
  });

  it.each([
    ['before the answer', (response: ServerResponse) => response.destroy()],
    [
      'in the middle of the answer',
      (response: ServerResponse) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{"half":', () => response.destroy());
      },
    ],
  ])('says so when the connection is lost %s', async (_, lose) => {
    answer = (_request, response) => lose(response);
    const client = await open();
    await expect(client.send({ method: 'GET', path: '/x' }, signal)).rejects.toMatchObject({
      kind: 'connection-lost',
    });
  });

  it('gives up a call at once when it is aborted, with the reason of the abort', async () => {
    const client = await open();
    const reason = new Error('enough');
    const abort = new AbortController();
    answer = (_, response) => {
      response.write('[');
      abort.abort(reason);
    };
    await expect(client.send({ method: 'GET', path: '/x' }, abort.signal)).rejects.toBe(reason);
    await expect(client.send({ method: 'GET', path: '/x' }, abort.signal)).rejects.toBe(reason);
  });

  it('turns a call into a two-way stream', async () => {
    const client = await open();
    const stream = await client.hijack({ method: 'POST', path: '/attach' }, signal);
    stream.write('there');
    let got = '';
    for await (const chunk of stream) {
      got += String(chunk);
      if (got === 'hello there') break;
    }
    expect(got).toBe('hello there');
  });

  it('says how to get an engine where there is none', async () => {
    const none: Endpoint = { kind: 'unix', path: join(folder, 'none.sock'), origin: 'test' };
    const failure = await connectClient(none, { signal }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EngineError);
    expect(failure).toMatchObject({ kind: 'no-engine' });
  });
});
