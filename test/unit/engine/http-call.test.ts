import { createServer, Agent, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable, type Duplex } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { queryString, sendCall, type Call, type Transport } from '../../../src/engine/http-call.ts';

const never = new AbortController().signal;
const opened: (() => void)[] = [];

afterEach(() => {
  for (const close of opened.splice(0)) close();
});

/** A server that answers with `listener`, and how to reach it. */
async function serve(listener: RequestListener): Promise<Transport> {
  const server = createServer(listener);
  server.on('upgrade', (_request, socket: Duplex) => {
    socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly ');
    socket.pipe(socket);
  });
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done);
  });
  const agent = new Agent({ keepAlive: true });
  opened.push(() => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { agent, address: { host: '127.0.0.1', port } };
}

/** What a server received, as one text: request line, the headers that matter, body. */
async function received(call: Call): Promise<string> {
  const transport = await serve((request, response) => {
    void textOf(request).then((body) => {
      const { headers } = request;
      const told = ['content-type', 'content-length', 'transfer-encoding', 'x-registry-auth']
        .filter((name) => headers[name] !== undefined)
        .map((name) => `${name}: ${String(headers[name])}`);
      response.end([`${request.method} ${request.url}`, ...told, body].join('\n'));
      return undefined;
    });
  });
  return textOf((await sendCall(transport, call, { signal: never })) as IncomingMessage);
}

async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

describe('sending a call', () => {
  it('sends nothing but the line when there is nothing to send', async () => {
    expect(await received({ method: 'GET', path: '/containers/json' })).toBe(
      'GET /containers/json\n',
    );
  });

  it('sends a body as JSON with its length in bytes', async () => {
    expect(await received({ method: 'POST', path: '/x', body: { name: 'ä' } })).toBe(
      'POST /x\ncontent-type: application/json\ncontent-length: 13\n{"name":"ä"}',
    );
  });

  it('sends bytes as an archive with its length', async () => {
    expect(await received({ method: 'PUT', path: '/x', archive: Buffer.from('tar') })).toBe(
      'PUT /x\ncontent-type: application/x-tar\ncontent-length: 3\ntar',
    );
  });

  it('sends a stream as it comes', async () => {
    const archive = Readable.from(['one ', 'two']);
    expect(await received({ method: 'POST', path: '/build', archive })).toBe(
      'POST /build\ncontent-type: application/x-tar\ntransfer-encoding: chunked\none two',
    );
  });

  it('keeps headers of the call', async () => {
    const headers = { 'X-Registry-Auth': 'e30=' };
    expect(await received({ method: 'POST', path: '/images/create', headers })).toBe(
      'POST /images/create\ncontent-length: 0\nx-registry-auth: e30=\n',
    );
  });

  it('gives the answer whatever its status is', async () => {
    const transport = await serve((_request, response) => {
      response.writeHead(418).end('no coffee');
    });
    const answer = await sendCall(transport, { method: 'GET', path: '/' }, { signal: never });
    expect((answer as IncomingMessage).statusCode).toBe(418);
    expect(await textOf(answer)).toBe('no coffee');
  });

  it('gives the bare connection when the engine lets it be taken over', async () => {
    const transport = await serve(() => undefined);
    const stream = await sendCall(
      transport,
      { method: 'POST', path: '/attach' },
      { signal: never, hijack: true },
    );
    (stream as Duplex).end('and late');
    expect(await textOf(stream)).toBe('early and late');
  });

  it('fails when a stream that is being sent fails', async () => {
    const transport = await serve(() => undefined);
    const archive = Readable.from(
      (async function* broken() {
        yield await Promise.resolve('begin');
        throw new Error('disk is gone');
      })(),
    );
    const sent = sendCall(transport, { method: 'PUT', path: '/x', archive }, { signal: never });
    await expect(sent).rejects.toThrow('disk is gone');
  });

  it('ends at once when it is aborted', async () => {
    const stop = new AbortController();
    const transport = await serve(() => {
      stop.abort(new Error('enough'));
    });
    const sent = sendCall(transport, { method: 'GET', path: '/events' }, { signal: stop.signal });
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('query strings', () => {
  const cases: readonly (readonly [string, Call['query'], string])[] = [
    ['nothing', {}, ''],
    ['plain values', { all: true, tail: 5, name: 'a b' }, '?all=true&tail=5&name=a%20b'],
    ['undefined is left out, null is empty', { a: undefined, b: null }, '?b='],
    [
      'objects are JSON',
      { filters: { label: ['a=b'] } },
      '?filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D',
    ],
    ['lists repeat their key', { t: ['one', 'two'] }, '?t=one&t=two'],
  ];
  it.each(cases)('%s', (_name, query, expected) => {
    expect(queryString(query)).toBe(expected);
  });
});
