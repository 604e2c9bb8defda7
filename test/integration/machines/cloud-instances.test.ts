import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { amazonec2 } from '../../../src/providers/amazonec2/amazonec2.ts';
import { digitalocean } from '../../../src/providers/digitalocean/digitalocean.ts';
import {
  CloudInstances,
  digitaloceanSource,
  ec2Source,
  INSTANCE_PACKAGES,
} from '../../support/cloud-instances.ts';
import { run } from '../../support/command.ts';
import { FAKE_TOKEN, FakeDigitalOcean } from '../../support/digitalocean.ts';
import { digitaloceanSpec } from '../../support/digitalocean-spec.ts';
import { startHosts, type TestHosts } from '../../support/hosts.ts';
import { startMoto } from '../../support/moto.ts';
import { creation, providerContext, settingsFrom } from '../../support/provider-bench.ts';
import { keyPair } from '../../support/key-pair.ts';

const spec = digitaloceanSpec();
const own = keyPair('machine');
const host = keyPair('host');

/** User data with the host key of the machine, as create makes it. */
const userData = `#cloud-config\n${JSON.stringify({
  ssh_deletekeys: true,
  ssh_keys: { ed25519_private: host.private, ed25519_public: host.public },
  write_files: [{ path: '/etc/told', content: 'by user data' }],
})}\n`;

describe('instances of emulated clouds really run', () => {
  let hosts: TestHosts;
  let folder: string;

  beforeAll(async () => {
    hosts = await startHosts();
    await hosts.image('bookworm', INSTANCE_PACKAGES);
    folder = mkdtempSync(join(tmpdir(), 'tcompose-instances-'));
    writeFileSync(join(folder, 'key'), own.private);
    chmodSync(join(folder, 'key'), 0o600);
  });
  afterAll(async () => {
    await hosts?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Logs in with the machine's key, to a host with the host key of the user data and no other. */
  const ssh = async (user: string, address: string, command: string): Promise<string> => {
    const known = join(folder, 'known_hosts');
    writeFileSync(known, `${address} ${host.public.split(' ').slice(0, 2).join(' ')}\n`);
    const options = [
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${known}`,
      'BatchMode=yes',
      'ConnectTimeout=3',
    ];
    const flags = ['-F', '/dev/null', '-i', join(folder, 'key'), '-o', 'IdentitiesOnly=yes'];
    const words = options.flatMap((option) => ['-o', option]);
    const done = await run('ssh', [...flags, ...words, `${user}@${address}`, command]);
    return done.code === 0 ? done.stdout.trim() : `${done.code}: ${done.stderr.trim()}`;
  };
  const reached = (user: string, address: string, answer: string) =>
    expect
      .poll(() => ssh(user, address, 'echo $(cat /etc/told): $(hostname)'), {
        timeout: 120_000,
        interval: 500,
      })
      .toBe(answer);

  it('those of EC2, at their addresses, with key and user data by cloud-init', async () => {
    const moto = await startMoto();
    const instances = await CloudInstances.start(hosts, ec2Source(moto.url));
    try {
      const settings = settingsFrom(amazonec2);
      const keys = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };
      const env = { ...keys, AWS_ENDPOINT_URL_EC2: moto.url };
      const account = await amazonec2.connect(settings, providerContext(env));
      const request = creation('web', settings, { publicKey: own.public, userData });
      const { id, address = '' } = await account.create(request);
      await reached('ubuntu', address, 'by user data: web');
      expect(await ssh('ubuntu', address, 'sudo -n id -un')).toBe('root');
      expect(await ssh('ubuntu', address, 'cloud-init status --wait')).toMatch(/status: done$/);
      await account.stop(id, { force: false });
      await expect.poll(() => instances.host(id)?.state(), { timeout: 60_000 }).toBe('exited');
      await account.start(id);
      const moved = (await account.describe(id))?.address ?? '';
      expect(moved).not.toBe(address);
      await reached('ubuntu', moved, 'by user data: web');
      await account.remove({ kind: 'instance', id });
      await expect.poll(() => instances.hosts.size, { timeout: 60_000 }).toBe(0);
      expect(instances.failure).toBeUndefined();
    } finally {
      await instances.close();
      await moto[Symbol.asyncDispose]();
    }
  });

  it.skipIf(spec === undefined)('those of DigitalOcean, for root', async () => {
    const fake = await FakeDigitalOcean.start(spec ?? '', { address: () => hosts.freeAddress() });
    const instances = await CloudInstances.start(hosts, digitaloceanSource(fake));
    try {
      const settings = settingsFrom(digitalocean);
      const env = { DIGITALOCEAN_ACCESS_TOKEN: FAKE_TOKEN, DIGITALOCEAN_API_URL: fake.url };
      const account = await digitalocean.connect(settings, providerContext(env));
      const request = creation('web', settings, { publicKey: own.public, userData });
      const { id, address = '' } = await account.create(request);
      await reached('root', address, 'by user data: web');
      await account.remove({ kind: 'instance', id });
      await expect.poll(() => instances.hosts.size, { timeout: 60_000 }).toBe(0);
      expect(fake.violations).toEqual([]);
    } finally {
      await instances.close();
      await fake[Symbol.asyncDispose]();
    }
  });
});
