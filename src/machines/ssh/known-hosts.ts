import { createHash, createHmac } from 'node:crypto';

/** A known_hosts file as it is. */
export interface KnownHostsFile {
  readonly path: string;
  readonly text: string;
}

/** Who is looked up: `[name]:port` unless the port is 22, as OpenSSH writes it. */
export interface HostName {
  readonly name: string;
  readonly port: number;
}

/** A place in a known_hosts file. */
export interface KnownHostsPlace {
  readonly path: string;
  readonly line: number;
}

/** What known_hosts files say about a key. */
export type HostKeyVerdict =
  | { readonly kind: 'known'; readonly place: KnownHostsPlace }
  /** No key of this host is known. */
  | { readonly kind: 'unknown' }
  /** Another one is known; `fingerprint` is that one's. */
  | {
      readonly kind: 'changed';
      readonly place: KnownHostsPlace;
      readonly fingerprint: string;
      readonly type: string;
    }
  | { readonly kind: 'revoked'; readonly place: KnownHostsPlace }
  /** Only a certificate authority is named for the host, which is not understood here. */
  | { readonly kind: 'authority'; readonly place: KnownHostsPlace };

interface Entry {
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  readonly hosts: string;
  readonly type: string;
  readonly key: string;
  readonly place: KnownHostsPlace;
}

/** Looks a host's key up. `key` is its public half in the form that goes over the wire. */
export function checkHostKey(
  files: readonly KnownHostsFile[],
  host: HostName,
  key: Uint8Array,
): HostKeyVerdict {
  const offered = Buffer.from(key).toString('base64');
  const entries = entriesFor(files, host);
  const revoked = entries.find((each) => each.marker === 'revoked' && each.key === offered);
  if (revoked !== undefined) return { kind: 'revoked', place: revoked.place };
  const plain = entries.filter((each) => each.marker === undefined);
  const same = plain.find((each) => each.key === offered);
  if (same !== undefined) return { kind: 'known', place: same.place };
  const type = keyType(key);
  // A key of another kind says nothing about this one, but the host was asked for kinds that are known.
  const other = plain.find((each) => each.type === type) ?? plain[0];
  if (other !== undefined) {
    const fingerprint = fingerprintOf(Buffer.from(other.key, 'base64'));
    return { kind: 'changed', place: other.place, fingerprint, type: other.type };
  }
  const authority = entries.find((each) => each.marker === 'cert-authority');
  if (authority !== undefined) return { kind: 'authority', place: authority.place };
  return { kind: 'unknown' };
}

/** Kinds of keys that are known of a host, for which it has to be asked. */
export function knownKeyTypes(files: readonly KnownHostsFile[], host: HostName): readonly string[] {
  const plain = entriesFor(files, host).filter((each) => each.marker === undefined);
  return [...new Set(plain.map((each) => each.type))];
}

/** The line that makes a key known. */
export function knownHostsLine(host: HostName, key: Uint8Array): string {
  return `${spelling(host)} ${keyType(key)} ${Buffer.from(key).toString('base64')}`;
}

/** `SHA256:…` as ssh shows it. */
export function fingerprintOf(key: Uint8Array): string {
  const digest = createHash('sha256').update(key).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}

/** `ssh-ed25519`: the first text of a public key. */
export function keyType(key: Uint8Array): string {
  const bytes = Buffer.from(key);
  return bytes.subarray(4, 4 + bytes.readUInt32BE(0)).toString('latin1');
}

/** As people call the kind: `ED25519`. */
export function keyTypeName(type: string): string {
  return type
    .replace(/^(ssh|sk-ssh|ecdsa-sha2)-/, '')
    .replace(/^nistp\d+$/, 'ecdsa')
    .replace(/@.*$/, '')
    .toUpperCase();
}

function entriesFor(files: readonly KnownHostsFile[], host: HostName): readonly Entry[] {
  return files.flatMap(parse).filter((entry) => covers(entry.hosts, host));
}

function parse({ path, text }: KnownHostsFile): readonly Entry[] {
  return text.split('\n').flatMap((content, index): readonly Entry[] => {
    const words = content.trim().split(/\s+/);
    if (words[0] === '' || words[0]?.startsWith('#') === true) return [];
    const marker = /^@(revoked|cert-authority)$/.exec(words[0] ?? '')?.[1];
    const [hosts, type, key] = marker === undefined ? words : words.slice(1);
    if (hosts === undefined || type === undefined || key === undefined) return [];
    return [
      { marker: marker as Entry['marker'], hosts, type, key, place: { path, line: index + 1 } },
    ];
  });
}

function covers(patterns: string, host: HostName): boolean {
  const spelt = spelling(host);
  if (patterns.startsWith('|')) return isHashOf(patterns, spelt);
  let found = false;
  for (const pattern of patterns.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!wildcard(negated ? pattern.slice(1) : pattern).test(spelt)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

function isHashOf(pattern: string, name: string): boolean {
  const [, version, salt, hash] = pattern.split('|');
  if (version !== '1' || salt === undefined || hash === undefined) return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function spelling({ name, port }: HostName): string {
  const lower = name.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}
