import { createPrivateKey, webcrypto, X509Certificate } from 'node:crypto';
import { ipVersion } from '../../foundation/ip-address.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import type { ServerTls } from './provision.ts';

import type * as X509Part from './x509.part.ts';

type X509 = typeof X509Part;

/** Files of a machine's folder; `ca.pem`, `cert.pem` and `key.pem` are what DOCKER_CERT_PATH wants. */
const CERTIFICATE_FILES = {
  ca: 'ca.pem',
  caKey: 'ca-key.pem',
  clientCertificate: 'cert.pem',
  clientKey: 'key.pem',
  serverCertificate: 'server.pem',
  serverKey: 'server-key.pem',
} as const;

const DAY = 24 * 60 * 60 * 1000;
const CA_DAYS = 3650;
const LEAF_DAYS = 1080;
/** Certificates are made anew when they have less than this left. */
const RENEW_DAYS = 30;

/** For whom certificates are made, and when. */
export interface CertificateRequest {
  readonly machine: string;
  /** Addresses and names under which the engine is reached, besides localhost. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `server`: only the engine's anew; `all`: the authority and both. Default: only what is missing or ends soon. */
  readonly renew?: 'server' | 'all';
}

/** What a machine's folder has now. */
export interface MachineCertificates {
  readonly server: ServerTls;
  /** Files that were made now. */
  readonly made: readonly string[];
  /** Until when the first of them to end is valid. */
  readonly validUntil: Date;
}

type Folder = Pick<MachineFolder, 'readFile' | 'writeFile'>;

interface Pair {
  readonly certificate: string;
  readonly key: string;
}

/**
 * The certificates of a machine: an authority of its own, which signs one certificate for its engine and one for
 * those who use it. What is missing in its folder, ends soon or is for other names is made and written.
 */
export async function machineCertificates(
  folder: Folder,
  request: CertificateRequest,
): Promise<MachineCertificates> {
  const x509 = await import('./x509.part.ts');
  const files = CERTIFICATE_FILES;
  const made: string[] = [];
  const keep = async (pair: Pair, certificate: string, key: string): Promise<Pair> => {
    await folder.writeFile(key, pair.key);
    await folder.writeFile(certificate, pair.certificate);
    made.push(certificate, key);
    return pair;
  };
  const known = await readPair(folder, files.ca, files.caKey);
  const valid = request.renew !== 'all' && known !== undefined && isFresh(x509, known, request.now);
  const ca = valid ? known : await keep(await makeAuthority(x509, request), files.ca, files.caKey);

  const oldClient = await readPair(folder, files.clientCertificate, files.clientKey);
  const keepsClient = oldClient !== undefined && (await isSigned(x509, oldClient, ca, request.now));
  const client = keepsClient
    ? oldClient
    : await keep(
        await makeLeaf(x509, ca, { request, client: true }),
        files.clientCertificate,
        files.clientKey,
      );

  const oldServer = await readPair(folder, files.serverCertificate, files.serverKey);
  const keepsServer =
    request.renew === undefined &&
    oldServer !== undefined &&
    (await isSigned(x509, oldServer, ca, request.now)) &&
    hasNames(x509, oldServer, request.names);
  const server = keepsServer
    ? oldServer
    : await keep(
        await makeLeaf(x509, ca, { request, client: false }),
        files.serverCertificate,
        files.serverKey,
      );
  const ends = [ca, client, server].map((pair) => certificateOf(x509, pair).notAfter.getTime());
  return {
    server: { ca: ca.certificate, certificate: server.certificate, key: server.key },
    made,
    validUntil: new Date(Math.min(...ends)),
  };
}

/** Undefined: not both are there, or they do not belong together, as when writing them was interrupted. */
async function readPair(
  folder: Folder,
  certificateFile: string,
  keyFile: string,
): Promise<Pair | undefined> {
  const [certificate, key] = [
    await folder.readFile(certificateFile),
    await folder.readFile(keyFile),
  ];
  if (certificate === undefined || key === undefined) return undefined;
  try {
    const belongs = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
    return belongs ? { certificate, key } : undefined;
  } catch {
    return undefined;
  }
}

function certificateOf(x509: X509, pair: Pair): InstanceType<X509['X509Certificate']> {
  return new x509.X509Certificate(pair.certificate);
}

function isFresh(x509: X509, pair: Pair, now: number): boolean {
  const { notBefore, notAfter } = certificateOf(x509, pair);
  return notBefore.getTime() <= now && notAfter.getTime() - now > RENEW_DAYS * DAY;
}

/** Signed by that authority, and valid for long enough. */
async function isSigned(x509: X509, pair: Pair, ca: Pair, now: number): Promise<boolean> {
  if (!isFresh(x509, pair, now)) return false;
  const { publicKey } = certificateOf(x509, ca);
  return await certificateOf(x509, pair).verify({ publicKey, signatureOnly: true }, webcrypto);
}

/** True when a certificate is for these names and no others. */
function hasNames(x509: X509, pair: Pair, names: readonly string[]): boolean {
  const extension = certificateOf(x509, pair).getExtension(x509.SubjectAlternativeNameExtension);
  const has = (extension?.names.toJSON() ?? []).map(({ value }) => value);
  const wants = allNames(names);
  return has.length === wants.length && wants.every((name) => has.includes(name));
}

function allNames(names: readonly string[]): readonly string[] {
  return [...new Set([...names, 'localhost', '127.0.0.1'])];
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function keyText(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = bytes.toString('base64').replace(/(.{64})(?=.)/g, '$1\n');
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`;
}

function readKey(text: string): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', bytes, ALGORITHM, false, ['sign']);
}

/** Random, positive, and never the same twice. */
function serialNumber(): string {
  return Buffer.from(webcrypto.getRandomValues(new Uint8Array(16)))
    .toString('hex')
    .replace(/^./, '1');
}

/** Clocks of other computers may be a little behind. */
function period(now: number, days: number): { readonly notBefore: Date; readonly notAfter: Date } {
  return { notBefore: new Date(now - DAY / 24), notAfter: new Date(now + days * DAY) };
}

async function makeAuthority(x509: X509, { machine, now }: CertificateRequest): Promise<Pair> {
  const keys = await newKeys();
  const usages = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: [{ O: ['tcompose'] }, { CN: [`authority of ${machine}`] }],
      ...period(now, CA_DAYS),
      signingAlgorithm: ALGORITHM,
      keys: keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(usages, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, key: await keyText(keys.privateKey) };
}

async function makeLeaf(
  x509: X509,
  ca: Pair,
  { request, client }: { readonly request: CertificateRequest; readonly client: boolean },
): Promise<Pair> {
  const { machine, names, now } = request;
  const keys = await newKeys();
  const publicKey = keys.publicKey;
  const issuer = certificateOf(x509, ca);
  const alternatives = allNames(names).map(
    (value) => ({ type: ipVersion(value) === undefined ? 'dns' : 'ip', value }) as const,
  );
  const usage = client ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth;
  const certificate = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: [{ O: ['tcompose'] }, { CN: [client ? `client of ${machine}` : machine] }],
      issuer: issuer.subjectName.toJSON(),
      ...period(now, LEAF_DAYS),
      signingAlgorithm: ALGORITHM,
      publicKey,
      signingKey: await readKey(ca.key),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        ...(client ? [] : [new x509.SubjectAlternativeNameExtension(alternatives)]),
        await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
        await x509.AuthorityKeyIdentifierExtension.create(issuer, false, webcrypto),
      ],
    },
    webcrypto,
  );
  return { certificate: `${certificate.toString('pem')}\n`, key: await keyText(keys.privateKey) };
}
