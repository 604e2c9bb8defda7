import { createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';

/** Key pair in the form of OpenSSH. */
export interface KeyPair {
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA… comment` */
  readonly publicKey: string;
}

const ED25519 = 'ssh-ed25519';
const MAGIC = 'openssh-key-v1\0';
const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';
const END = '-----END OPENSSH PRIVATE KEY-----';
/** Block of the padding of keys that are not encrypted. */
const BLOCK = 8;

/** A new ed25519 key in the form that OpenSSH, cloud-init and ssh2 read (PROTOCOL.key of OpenSSH). */
export function generateKey(comment: string): KeyPair {
  const { privateKey } = generateKeyPairSync('ed25519');
  const { d = '', x = '' } = privateKey.export({ format: 'jwk' });
  const seed = Buffer.from(d, 'base64url');
  const point = Buffer.from(x, 'base64url');
  const blob = Buffer.concat([field(ED25519), field(point)]);
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    blob,
    field(Buffer.concat([seed, point])),
    field(comment),
  ]);
  const padding = Array.from(
    { length: (BLOCK - (secret.length % BLOCK)) % BLOCK },
    (_, i) => i + 1,
  );
  const whole = Buffer.concat([
    Buffer.from(MAGIC),
    field('none'),
    field('none'),
    field(''),
    number(1),
    field(blob),
    field(Buffer.concat([secret, Buffer.from(padding)])),
  ]);
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? [];
  return {
    privateKey: `${[BEGIN, ...lines, END].join('\n')}\n`,
    publicKey: `${ED25519} ${blob.toString('base64')} ${comment}`,
  };
}

/**
 * Public half of a private key, as `TYPE BASE64`. Keys in the form of OpenSSH have it in clear even when they are
 * encrypted; undefined: the text is no key, or one that cannot be read without a passphrase.
 */
export function publicKeyOf(text: string): string | undefined {
  const body = new RegExp(`${BEGIN}([A-Za-z0-9+/=\\s]+)${END}`).exec(text)?.[1];
  const blob = body === undefined ? fromPem(text) : fromOpenSsh(Buffer.from(body, 'base64'));
  if (blob === undefined) return undefined;
  const type = readField(blob, 0)?.toString('latin1');
  return type === undefined ? undefined : `${type} ${blob.toString('base64')}`;
}

function fromOpenSsh(bytes: Buffer): Buffer | undefined {
  if (!bytes.subarray(0, MAGIC.length).equals(Buffer.from(MAGIC))) return undefined;
  let at = MAGIC.length;
  for (let count = 0; count < 3; count += 1) {
    const skipped = readField(bytes, at);
    if (skipped === undefined) return undefined;
    at += 4 + skipped.length;
  }
  return readField(bytes, at + 4);
}

/** Curves by their name in JWK, with their name and type in OpenSSH. */
const CURVES: Readonly<Record<string, string>> = {
  'P-256': 'nistp256',
  'P-384': 'nistp384',
  'P-521': 'nistp521',
};

function fromPem(text: string): Buffer | undefined {
  try {
    const jwk = createPublicKey(createPrivateKey(text)).export({ format: 'jwk' });
    const part = (value: string | undefined): Buffer => Buffer.from(value ?? '', 'base64url');
    if (jwk.kty === 'RSA') {
      return Buffer.concat([
        field('ssh-rsa'),
        field(positive(part(jwk.e))),
        field(positive(part(jwk.n))),
      ]);
    }
    if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') {
      return Buffer.concat([field(ED25519), field(part(jwk.x))]);
    }
    const curve = CURVES[jwk.crv ?? ''];
    if (jwk.kty !== 'EC' || curve === undefined) return undefined;
    const point = Buffer.concat([Buffer.from([4]), part(jwk.x), part(jwk.y)]);
    return Buffer.concat([field(`ecdsa-sha2-${curve}`), field(curve), field(point)]);
  } catch {
    return undefined;
  }
}

/** A number without a sign, in the form of SSH, where the first bit is the sign. */
function positive(bytes: Buffer): Buffer {
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

function field(content: string | Buffer): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A length and as many bytes, as SSH has them; undefined: they are not all there. */
export function readField(bytes: Buffer, at: number): Buffer | undefined {
  if (at + 4 > bytes.length) return undefined;
  const length = bytes.readUInt32BE(at);
  return at + 4 + length > bytes.length ? undefined : bytes.subarray(at + 4, at + 4 + length);
}
