import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { isLocal, ownAddress } from '../../../../src/app/machine/own-address.ts';

let server: Server | undefined;
afterEach(() => {
  server?.close();
  vi.unstubAllGlobals();
});

async function listen(host: string): Promise<number> {
  server = createServer((socket) => socket.destroy()).listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function services(answers: Readonly<Record<string, string>>): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    const { host } = new URL(url);
    asked.push(host);
    const text = answers[host];
    return text === undefined
      ? Promise.reject(new Error('not reached'))
      : Promise.resolve(new Response(text));
  });
  return asked;
}
const { signal } = new AbortController();

it('a cloud in the own network sees the address of that network', async () => {
  const asked = services({});
  expect(await ownAddress(signal, `http://127.0.0.1:${await listen('127.0.0.1')}`)).toBe(
    '127.0.0.1',
  );
  expect(asked).toEqual([]);
});

it('so does one by IPv6', async () => {
  services({});
  expect(await ownAddress(signal, `http://[::1]:${await listen('::1')}/`)).toBe('::1');
});

it('without such a cloud, services are asked until one answers with an address', async () => {
  const asked = services({ 'api.ipify.org': '<html>', 'api6.ipify.org': '2001:db8::7\n' });
  expect(await ownAddress(signal)).toBe('2001:db8::7');
  expect(asked).toEqual(['checkip.amazonaws.com', 'api.ipify.org', 'api6.ipify.org']);
});

it('a cloud that takes no connection is no reason to fail', async () => {
  const port = await listen('127.0.0.1');
  server?.close();
  services({ 'checkip.amazonaws.com': '198.51.100.7\n' });
  expect(await ownAddress(signal, `http://127.0.0.1:${port}`)).toBe('198.51.100.7');
});

it('an interrupt ends it', async () => {
  const interrupt = new AbortController();
  interrupt.abort(new Error('interrupted'));
  services({});
  await expect(ownAddress(interrupt.signal)).rejects.toThrow('interrupted');
});

it.each([
  ['127.0.0.1', true],
  ['10.1.2.3', true],
  ['172.31.0.1', true],
  ['172.32.0.1', false],
  ['192.168.7.7', true],
  ['100.64.0.1', true],
  ['169.254.1.1', true],
  ['::ffff:10.0.0.1', true],
  ['::1', true],
  ['fd00::1', true],
  ['fe80::1', true],
  ['2001:db8::1', false],
  ['203.0.113.7', false],
])('%s is in an own network: %s', (address, expected) => {
  expect(isLocal(address)).toBe(expected);
});
