import { X509Certificate, createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { machineCertificates } from '../../../../src/machines/provision/certificates.ts';

const DAY = 24 * 60 * 60 * 1000;
const now = Date.parse('2026-11-26T10:00:00Z');

/** A machine's folder that is only remembered. */
function folder() {
  const files = new Map<string, string>();
  return {
    files,
    readFile: (name: string) => Promise.resolve(files.get(name)),
    writeFile: (name: string, text: string) => {
      files.set(name, text);
      return Promise.resolve();
    },
  };
}

const request = { machine: 'web', names: ['203.0.113.7', 'web.example', '2001:db8::7'], now };

describe('certificates of a machine', () => {
  it.each([
    ['ca', 'ca-key.pem', ['ca.pem', 'cert.pem', 'server.pem']],
    ['the client', 'key.pem', ['cert.pem']],
    ['the server', 'server-key.pem', ['server.pem']],
  ])('of %s with the key of another one are made anew', async (_, file, expected) => {
    const place = folder();
    await machineCertificates(place, request);
    const other = folder();
    await machineCertificates(other, request);
    // As when new ones were written and that was cut off between the key and its certificate.
    place.files.set(file, other.files.get(file) ?? '');
    const { made, server } = await machineCertificates(place, request);
    expect(made.filter((name) => !name.includes('key')).toSorted()).toEqual(expected);
    const leaf = new X509Certificate(server.certificate);
    expect(leaf.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
    expect(leaf.verify(new X509Certificate(server.ca).publicKey)).toBe(true);
  });

  it('of which a file is no certificate, or no key, are made anew', async () => {
    const place = folder();
    await machineCertificates(place, request);
    place.files.set('key.pem', 'nonsense');
    place.files.set('server.pem', 'nonsense');
    const { made } = await machineCertificates(place, request);
    expect(made.toSorted()).toEqual(['cert.pem', 'key.pem', 'server-key.pem', 'server.pem']);
  });

  it('are one authority and what it signed, for the names asked for and localhost', async () => {
    const place = folder();
    const { server, made, validUntil } = await machineCertificates(place, request);
    expect(made.toSorted()).toEqual([
      'ca-key.pem',
      'ca.pem',
      'cert.pem',
      'key.pem',
      'server-key.pem',
      'server.pem',
    ]);
    const ca = new X509Certificate(server.ca);
    const leaf = new X509Certificate(server.certificate);
    expect(ca.ca).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.verify(ca.publicKey)).toBe(true);
    expect(leaf.checkPrivateKey(createPrivateKey(server.key))).toBe(true);
    for (const host of ['localhost', 'web.example']) expect(leaf.checkHost(host)).toBe(host);
    for (const ip of ['127.0.0.1', '203.0.113.7', '2001:db8::7']) expect(leaf.checkIP(ip)).toBe(ip);
    expect(leaf.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    const client = new X509Certificate(place.files.get('cert.pem') ?? '');
    expect(client.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(client.verify(ca.publicKey)).toBe(true);
    expect(validUntil).toEqual(new Date(now + 1080 * DAY));
  });

  it.each<[string, Partial<typeof request> & { renew?: 'server' | 'all' }, string[]]>([
    ['nothing is made twice', {}, []],
    ['the server has one for another address', { names: ['203.0.113.8'] }, ['server.pem']],
    [
      'what ends within a month is made anew',
      { now: now + 1060 * DAY },
      ['cert.pem', 'server.pem'],
    ],
    [
      'an authority that ends takes all with it',
      { now: now + 3640 * DAY },
      ['ca.pem', 'cert.pem', 'server.pem'],
    ],
    ['asked to, the server has a new one', { renew: 'server' }, ['server.pem']],
    ['asked to, everybody has a new one', { renew: 'all' }, ['ca.pem', 'cert.pem', 'server.pem']],
  ])('%s', async (_, change, expected) => {
    const place = folder();
    await machineCertificates(place, request);
    const { made, server } = await machineCertificates(place, { ...request, ...change });
    expect(made.filter((name) => !name.includes('key')).toSorted()).toEqual(expected);
    const ca = new X509Certificate(server.ca);
    expect(new X509Certificate(server.certificate).verify(ca.publicKey)).toBe(true);
  });
});
