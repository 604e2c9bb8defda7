import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { Interrupts } from '../../src/app/interrupts.ts';
import { followDocker, followListener } from '../../src/docker-socket.ts';

const server = createServer();
afterEach(() => server.close());

/** What docker does: listens on an abstract socket and waits for its plugin. */
async function docker() {
  const name = `tcompose-test-${randomUUID()}`;
  const connected = once(server, 'connection');
  server.listen(`\0${name}`);
  await once(server, 'listening');
  return { address: `@${name}`, plugin: connected.then(([socket]) => socket as Socket) };
}

/** Interrupts that note what was delivered; `arrival` resolves at the next one. */
function noted() {
  const interrupts = new Interrupts(() => {});
  const delivered: string[] = [];
  let arrived = (): void => {};
  const arrival = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  interrupts.take((signalName) => {
    delivered.push(signalName);
    arrived();
  });
  return { interrupts, delivered, arrival };
}

it('a closed socket ends the command like a signal', async () => {
  const { address, plugin } = await docker();
  const { interrupts, delivered, arrival } = noted();
  followDocker(address, interrupts);
  (await plugin).destroy();
  await arrival;
  expect(delivered).toEqual(['SIGTERM']);
});

it('the signal that comes with a closed socket counts once, the next one again', async () => {
  const { address, plugin } = await docker();
  const { interrupts, delivered, arrival } = noted();
  const socket = followDocker(address, interrupts);
  (await plugin).destroy();
  await arrival;
  socket.deliver('SIGINT');
  expect(delivered).toEqual(['SIGTERM']);
  socket.deliver('SIGINT');
  expect(delivered).toEqual(['SIGTERM', 'SIGINT']);
});

it('a socket that closes after the signal says nothing new', async () => {
  const [signalled, witness] = [noted(), noted()];
  const first = await docker();
  const socket = followDocker(first.address, signalled.interrupts);
  const connections = [await first.plugin];
  socket.deliver('SIGINT');
  const second = once(server, 'connection');
  followDocker(first.address, witness.interrupts);
  connections.push(((await second) as [Socket])[0]);
  for (const connection of connections) connection.destroy();
  await witness.arrival;
  expect(signalled.delivered).toEqual(['SIGINT']);
});

it.each([undefined, '', '@tcompose-test-nobody-listens'])(
  'without a socket (%s) signals count as they come',
  (address) => {
    const { interrupts, delivered } = noted();
    const socket = followDocker(address, interrupts);
    socket.deliver('SIGINT');
    socket.deliver('SIGINT');
    expect(delivered).toEqual(['SIGINT', 'SIGINT']);
  },
);

it('notices that nobody listens any more without being connected, as Node 20 has to', async () => {
  const { address } = await docker();
  const gone = new Promise<void>((resolve) => followListener(address, resolve));
  followListener('@tcompose-test-nobody-listens', () => expect.unreachable());
  server.close();
  await gone;
});
