import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, request, type Server } from 'node:http';
import { connect, createServer, type AddressInfo, type Server as SocketServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run, type Finished } from '../../support/command.ts';
import { checkout } from '../../support/debian.ts';
import { referenceBinary } from '../../support/reference.ts';
import { engineSocket } from '../../support/test-engine.ts';

/** What the proxy was asked for: method and scheme, host and port. */
const asked: string[] = [];
/** How often the engine was reached directly. */
let direct = 0;
let proxy: Server;
let engine: SocketServer;
let folder: string;
/** Of the engine; nothing on the way to this machine itself goes through a proxy. */
let address: string;

beforeAll(async () => {
  proxy = createHttpServer((incoming, answer) => {
    const url = new URL(incoming.url ?? '', 'http://none');
    asked.push(`${incoming.method} ${url.origin}`);
    const { method, headers } = incoming;
    const path = url.pathname + url.search;
    const passed = request({ socketPath: engineSocket, method, path, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passed.on('error', () => answer.destroy());
    incoming.pipe(passed);
  });
  // Most proxies hand on no upgrade.
  proxy.on('upgrade', (_incoming, socket) => socket.destroy());
  engine = createServer({ allowHalfOpen: true }, (client) => {
    direct += 1;
    const behind = connect({ path: engineSocket, allowHalfOpen: true });
    client.pipe(behind).pipe(client);
    client.on('error', () => behind.destroy());
    behind.on('error', () => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  engine.listen(0, '0.0.0.0');
  await Promise.all([once(proxy, 'listening'), once(engine, 'listening')]);
  const own = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  address = `${own?.address}:${portOf(engine)}`;
  folder = mkdtempSync(join(tmpdir(), 'tcproxy-'));
  const services = { web: { image: 'test-idle' } };
  writeFileSync(join(folder, 'compose.json'), JSON.stringify({ name: 'tcproxy', services }));
});

beforeEach(() => {
  asked.length = 0;
  direct = 0;
});

afterAll(() => {
  proxy.close();
  proxy.closeAllConnections();
  engine.close();
  rmSync(folder, { recursive: true });
});

const portOf = (server: Server | SocketServer): number => (server.address() as AddressInfo).port;

describe.each(['docker-compose', 'tcompose'] as const)('%s', (tool) => {
  const path = (): Promise<string> =>
    tool === 'tcompose'
      ? Promise.resolve(join(checkout, 'bin/tcompose'))
      : referenceBinary('docker-compose');

  async function launch(
    host: string,
    env: Readonly<Record<string, string>>,
    ...args: readonly string[]
  ): Promise<Finished> {
    return run(await path(), ['-f', join(folder, 'compose.json'), ...args], {
      cwd: folder,
      timeout: 60_000,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        DOCKER_HOST: `tcp://${host}`,
        HTTP_PROXY: `http://127.0.0.1:${portOf(proxy)}`,
        ...env,
      },
    });
  }

  it('reaches an engine through the proxy, which looks for its name', async () => {
    expect(await launch('engine.example:2375', {}, 'ps')).toMatchObject({ code: 0 });
    expect(new Set(asked.map((each) => each.split(' ')[1]))).toEqual(
      new Set(['http://engine.example:2375']),
    );
  });

  it('takes a proxy without scheme, in small letters', async () => {
    const env = { HTTP_PROXY: '', http_proxy: `127.0.0.1:${portOf(proxy)}` };
    expect(await launch('engine.example:2375', env, 'ps')).toMatchObject({ code: 0 });
    expect(asked).not.toEqual([]);
  });

  it.each(['*', '.example', 'engine.example:2375'])(
    'does not ask the proxy for what NO_PROXY=%s excepts',
    async (NO_PROXY) => {
      expect((await launch('engine.example:2375', { NO_PROXY }, 'ps')).code).toBe(1);
      expect(asked).toEqual([]);
    },
  );

  it('goes on when NO_PROXY excepts another engine', async () => {
    const env = { NO_PROXY: 'other.example,engine.example:1,10.0.0.0/8' };
    expect(await launch('engine.example:2375', env, 'ps')).toMatchObject({ code: 0 });
  });

  it('reaches this machine directly', async () => {
    expect(await launch(`127.0.0.1:${portOf(engine)}`, {}, 'ps')).toMatchObject({ code: 0 });
    expect([asked, direct > 0]).toEqual([[], true]);
  });

  it('does all by way of the proxy but streams that are taken over', async () => {
    expect(await launch(address, {}, 'up', '-d')).toMatchObject({ code: 0 });
    expect(asked).toContain(`POST http://${address}`);
    direct = 0;
    const done = await launch(address, {}, 'exec', '-T', 'web', 'echo', 'from inside');
    expect(done).toMatchObject({ code: 0, stdout: 'from inside\n' });
    expect(direct).toBe(1);
    expect((await launch(address, {}, 'logs')).code).toBe(0);
    expect(await launch(address, {}, 'down', '-t', '0')).toMatchObject({ code: 0 });
    expect(direct).toBe(1);
    expect(asked).toContain(`DELETE http://${address}`);
  });

  it('says that nothing answers where the proxy should be', async () => {
    const env = { HTTP_PROXY: `http://me:secret@127.0.0.1:1` };
    const { code, stderr } = await launch('engine.example:2375', env, 'ps');
    expect(code).toBe(1);
    expect(stderr).toContain('Cannot connect to the Docker daemon at tcp://engine.example:2375');
    expect(stderr).not.toContain('secret');
  });
});
