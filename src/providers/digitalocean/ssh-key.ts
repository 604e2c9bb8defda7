import { createHash } from 'node:crypto';
import type { CreateRequest } from '../provider.ts';
import { isProviderError, ProviderError } from '../provider-error.ts';
import { MACHINE_TAG } from '../machine-tags.ts';
import { nameOf } from '../tags.ts';
import type { DigitalOceanClient } from './client.ts';
import type { SshKey } from './model.ts';
import type { DigitalOceanSettings } from './settings.ts';

/** The fingerprint by which DigitalOcean finds a key: MD5 of its bytes. */
export function fingerprintOf(publicKey: string): string {
  const [, bytes = ''] = publicKey.trim().split(/\s+/);
  const digest = createHash('md5').update(Buffer.from(bytes, 'base64')).digest('hex');
  return digest.replace(/..(?!$)/g, '$&:');
}

/** True for keys that tcompose has put into the account; others are never removed. */
export function isOwnKey({ name }: Pick<SshKey, 'name'>, store: string): boolean {
  return name === store || name.startsWith(`${store}:`);
}

/** Machine that a key is for; undefined: shared. */
export function machineOfKey({ name }: Pick<SshKey, 'name'>): string | undefined {
  const at = name.indexOf(':');
  return at < 0 ? undefined : name.slice(at + 1);
}

/** Keys to let in, as droplets take them: the account's own one by fingerprint, and that of the request. */
export async function ensureKeys(
  client: DigitalOceanClient,
  settings: DigitalOceanSettings,
  request: CreateRequest,
): Promise<(string | number)[]> {
  const { keyFingerprint, keyPath } = settings;
  const named = keyFingerprint === undefined ? [] : [keyFingerprint];
  if (keyFingerprint !== undefined && keyPath !== undefined) return named;
  const own = await ensureKey(client, request, keyPath !== undefined);
  return [...named, own.id];
}

async function ensureKey(
  client: DigitalOceanClient,
  { publicKey, tags, journal, progress }: CreateRequest,
  shared: boolean,
): Promise<SshKey> {
  const fingerprint = fingerprintOf(publicKey);
  const store = nameOf(tags);
  const name = shared ? store : `${store}:${tags[MACHINE_TAG] ?? ''}`;
  const known = await findKey(client, fingerprint);
  const key = known ?? (await addKey());
  if (isOwnKey(key, store)) {
    const machine = machineOfKey(key);
    await journal.made({
      kind: 'ssh-key',
      id: String(key.id),
      ...(machine === undefined ? {} : { machine }),
      title: `SSH key ${key.name}`,
    });
  }
  return key;

  async function addKey(): Promise<SshKey> {
    progress(`adding the SSH key ${name}`);
    await journal.intend('ssh-key', fingerprint, { name });
    try {
      const { ssh_key } = await client.call<{ ssh_key: SshKey }>({
        method: 'POST',
        path: '/v2/account/keys',
        body: { name, public_key: publicKey.trim() },
        repeatable: true,
      });
      return ssh_key;
    } catch (error) {
      // Somebody else was faster, or the answer to an earlier try was lost.
      if (!isProviderError(error, 'already-exists')) throw error;
      const found = await findKey(client, fingerprint);
      if (found === undefined) throw error;
      return found;
    }
  }
}

/** @throws ProviderError when the account has no key with the given fingerprint */
export async function requireKey(client: DigitalOceanClient, fingerprint: string): Promise<void> {
  if ((await findKey(client, fingerprint)) !== undefined) return;
  const keys = await client.list<SshKey>('/v2/account/keys', 'ssh_keys');
  const list = keys.map((key) => `${key.name} ${key.fingerprint}`).join(', ');
  throw new ProviderError(
    'invalid',
    `--digitalocean-ssh-key-fingerprint: the account has no SSH key "${fingerprint}"`,
    { hint: list === '' ? 'It has none at all.' : `It has: ${list}.` },
  );
}

async function findKey(
  client: DigitalOceanClient,
  fingerprint: string,
): Promise<SshKey | undefined> {
  const path = `/v2/account/keys/${encodeURIComponent(fingerprint)}`;
  return (await client.find<{ ssh_key: SshKey }>(path))?.ssh_key;
}
