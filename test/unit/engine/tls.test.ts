import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import { createServer as createPlainServer } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { connectClient } from '../../../src/engine/client.ts';
import type { EngineError } from '../../../src/engine/errors.ts';
import { tlsFault } from '../../../src/engine/tls-fault.ts';
import { readTls, type TlsMaterial } from '../../../src/engine/tls-material.ts';
import { pem } from '../../support/certificates.ts';
import { memoryFiles } from '../compose/memory-files.ts';

const CERT = pem('client-cert');
const KEY = pem('client-key');
const files = memoryFiles({
  '/c/ca.pem': pem('ca'),
  '/c/cert.pem': CERT,
  '/c/key.pem': KEY,
  '/c/engine-key.pem': pem('engine-key'),
  '/c/encrypted.pem': pem('encrypted-key'),
  '/c/text.pem': 'hello',
});
const all = { ca: '/c/ca.pem', cert: '/c/cert.pem', key: '/c/key.pem', verify: true, optional: [] };

describe('the files of a TLS connection', () => {
  it('are read as they are', () => {
    const { verify, ...parts } = readTls(files, all);
    const texts = Object.entries(parts).map(([part, bytes]) => [
      part,
      Buffer.from(bytes).toString(),
    ]);
    expect(verify).toBe(true);
    expect(Object.fromEntries(texts)).toEqual({ ca: pem('ca'), cert: CERT, key: KEY });
  });

  it('may be absent where that is allowed', () => {
    const absent = { ...all, cert: '/c/none.pem', key: '/c/none.pem' };
    const found = readTls(files, { ...absent, optional: ['cert', 'key'] });
    expect(Object.keys(found)).toEqual(['ca', 'verify']);
  });

  it.each([
    [{ ca: '/c/none.pem' }, '/c/none.pem: ENOENT'],
    [{ ca: '/c/text.pem' }, '/c/text.pem: no certificate in it'],
    [{ cert: '/c/text.pem' }, '/c/text.pem: it is not in PEM format'],
    [{ key: '/c/text.pem' }, '/c/text.pem: it is not in PEM format'],
    [{ key: '/c/encrypted.pem' }, '/c/encrypted.pem: the key is encrypted'],
    [{ key: '/c/engine-key.pem' }, '/c/engine-key.pem: the key does not belong to the certificate'],
  ])('that cannot be used are named: %o', (wrong, message) => {
    expect(() => readTls(files, { ...all, ...wrong })).toThrow(
      `could not use the TLS file ${message}`,
    );
  });
});

describe('alerts of an engine', () => {
  it.each([
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'it wants a client certificate'],
    [
      'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
      'it says that the client certificate has expired',
    ],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', 'it does not accept the client certificate'],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', 'it does not accept the client certificate'],
  ])('%s', (code, reason) => {
    expect(tlsFault(code, 'alert')?.reason).toBe(reason);
  });

  it.each(['EPROTO', 'ECONNRESET', ''])('are no other failures: %j', (code) => {
    expect(tlsFault(code, 'write failed')).toBeUndefined();
  });
});

describe('an engine behind TLS', () => {
  const open: { close(): void }[] = [];
  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  async function listening(server: ReturnType<typeof createSocketServer>): Promise<number> {
    open.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** Port of a server that answers as an engine and wants certificates of `ca`. */
  function engine(name: 'engine' | 'elsewhere' | 'expired', clients = pem('ca')): Promise<number> {
    const server: Server = createServer({
      cert: pem(`${name}-cert`),
      key: pem(`${name}-key`),
      ca: clients,
      requestCert: true,
      rejectUnauthorized: true,
    });
    return listening(
      server.on('request', (_, response) => response.setHeader('api-version', '1.47').end('OK')),
    );
  }

  async function version(port: number, material: Partial<TlsMaterial> = {}): Promise<string> {
    const tls = { ...readTls(files, all), ...material };
    const client = await connectClient(
      { kind: 'tcp', host: 'localhost', port, tls, origin: 'test' },
      { signal: new AbortController().signal },
    );
    open.push(client);
    return client.apiVersion;
  }

  it('is reached with the certificates that it wants', async () => {
    expect(await version(await engine('engine'))).toBe('1.47');
  });

  it.each(['elsewhere', 'expired'] as const)(
    'is reached without being checked: %s',
    async (name) => {
      expect(await version(await engine(name), { verify: false })).toBe('1.47');
    },
  );

  it.each([
    ['an unknown authority', 'engine', { ca: pem('other-ca') }, 'signed by an unknown authority'],
    [
      'another name',
      'elsewhere',
      {},
      'its certificate is for another name (DNS:elsewhere.example)',
    ],
    ['an expired certificate', 'expired', {}, 'its certificate has expired'],
    ['no client certificate', 'engine', { cert: undefined }, 'it wants a client certificate'],
  ] as const)('is refused over %s', async (_, name, material, reason) => {
    const bytes = Object.fromEntries(
      Object.entries(material).map(([part, text]) => [part, text && Buffer.from(text)]),
    );
    const failure = version(await engine(name), bytes);
    await expect(failure).rejects.toMatchObject({ kind: 'tls' });
    const { message, hint } = (await failure.catch((error: unknown) => error)) as EngineError;
    expect(message).toContain('error during connect to the Docker daemon at tcp://localhost:');
    expect(message).toContain(reason);
    expect(hint).toBeDefined();
  });

  it('is told from one that speaks no TLS', async () => {
    const port = await listening(createPlainServer((_, response) => response.end('OK')));
    await expect(version(port)).rejects.toMatchObject({
      kind: 'tls',
      message: expect.stringContaining('it does not speak TLS'),
    });
  });

  it('is told from something that is no engine', async () => {
    const port = await listening(createSocketServer((socket) => socket.end('SSH-2.0-x\r\n')));
    const plain = { kind: 'tcp', host: 'localhost', port, origin: 'test' } as const;
    await expect(
      connectClient(plain, { signal: new AbortController().signal }),
    ).rejects.toMatchObject({ message: expect.stringContaining('does not answer like an engine') });
  });
});
