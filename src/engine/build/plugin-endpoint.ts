import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { formatEndpoint } from '../endpoint.ts';
import type { Engine } from '../engine.ts';

/** Variables that make a docker plugin talk to an engine. Disposing removes what was written for it. */
export interface PluginEndpoint extends AsyncDisposable {
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** TLS material is written to a private directory, because plugins only take it from files. */
export async function pluginEndpoint({
  endpoint,
  dial,
}: Pick<Engine, 'endpoint' | 'dial'>): Promise<PluginEndpoint> {
  if (dial !== undefined) return await localSocket(dial);
  const base = { DOCKER_HOST: formatEndpoint(endpoint), DOCKER_CONTEXT: undefined };
  if (endpoint.kind !== 'tcp' || endpoint.tls === undefined) {
    return { env: base, [Symbol.asyncDispose]: async () => {} };
  }
  const { tls } = endpoint;
  const directory = await mkdtemp(join(tmpdir(), 'tcompose-tls-'));
  for (const part of ['ca', 'cert', 'key'] as const) {
    const bytes = tls[part];
    if (bytes !== undefined)
      await writeFile(join(directory, `${part}.pem`), bytes, { mode: 0o600 });
  }
  return {
    env: {
      ...base,
      DOCKER_CERT_PATH: directory,
      DOCKER_TLS: '1',
      DOCKER_TLS_VERIFY: tls.verify ? '1' : undefined,
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** A socket that only this user can open, each connection to which is a stream to the engine. */
async function localSocket(dial: () => Promise<Duplex>): Promise<PluginEndpoint> {
  // Made for this user alone.
  const directory = await mkdtemp(join(tmpdir(), 'tcompose-'));
  const path = join(directory, 'docker.sock');
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
    void joinStreams(socket, dial);
  });
  server.listen(path);
  await once(server, 'listening');
  await chmod(path, 0o600);
  return {
    env: {
      DOCKER_HOST: `unix://${path}`,
      DOCKER_CONTEXT: undefined,
      DOCKER_TLS: undefined,
      DOCKER_TLS_VERIFY: undefined,
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** What goes wrong ends both sides; the plugin says what it lost. */
async function joinStreams(socket: Socket, dial: () => Promise<Duplex>): Promise<void> {
  const [dialled] = await Promise.allSettled([dial()]);
  if (dialled.status === 'rejected') {
    socket.destroy();
    return;
  }
  const stream = dialled.value;
  stream.on('error', () => socket.destroy());
  stream.on('close', () => socket.destroy());
  socket.on('close', () => stream.destroy());
  if (socket.destroyed) stream.destroy();
  socket.pipe(stream).pipe(socket);
}
