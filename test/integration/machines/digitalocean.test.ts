import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openMachineStore } from '../../../src/machines/store/open-store.ts';
import { digitalocean } from '../../../src/providers/digitalocean/digitalocean.ts';
import type { ProviderFlagValues } from '../../../src/providers/provider.ts';
import { CloudProxy, digitaloceanError } from '../../support/cloud-proxy.ts';
import { FAKE_TOKEN, FakeDigitalOcean } from '../../support/digitalocean.ts';
import { digitaloceanSpec } from '../../support/digitalocean-spec.ts';
import {
  creation,
  OTHER_KEY,
  patientClock,
  providerBench,
  providerContext,
  settingsFrom,
  STORE_TAGS,
} from '../../support/provider-bench.ts';

const spec = digitaloceanSpec();

describe.skipIf(spec === undefined)('DigitalOcean', () => {
  let fake: FakeDigitalOcean;
  let proxy: CloudProxy;

  beforeAll(async () => {
    fake = await FakeDigitalOcean.start(spec ?? '');
    proxy = await CloudProxy.start(fake.url);
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
  });
  beforeEach(() => {
    fake.reset();
    proxy.reset();
  });

  const environment = (): Record<string, string> => ({
    DIGITALOCEAN_TOKEN: FAKE_TOKEN,
    DIGITALOCEAN_API_URL: proxy.url,
  });
  const { open, create, removeAll } = providerBench(digitalocean, environment);
  const only = <T>(items: Iterable<T>): T => {
    const [first, ...rest] = items;
    if (first === undefined || rest.length > 0) throw new Error(`not one: ${rest.length + 1}`);
    return first;
  };

  it('makes a droplet of the newest Debian behind a firewall that lets only this computer in', async () => {
    const { instance, request } = await create();
    expect(instance).toMatchObject({
      name: 'web.one',
      state: 'Running',
      address: '203.0.113.1',
      region: 'nyc3',
      size: 's-1vcpu-2gb',
      image: 'debian-13-x64',
    });
    const droplet = only(fake.droplets.values());
    expect(droplet.tags).toEqual(['tcompose', 'tcompose-machine:web_one', 'tcompose-store:s7']);
    expect(droplet.request['user_data']).toBe('#cloud-config\n{}\n');
    const { body } = only(fake.firewalls.values());
    expect(body['tags']).toEqual(['tcompose-store:s7']);
    expect(body['inbound_rules']).toEqual([
      { protocol: 'udp', ports: '51820', sources: { addresses: ['0.0.0.0/0', '::/0'] } },
      { protocol: 'tcp', ports: '22', sources: { addresses: ['198.51.100.7/32'] } },
    ]);
    expect(request.lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'intend ssh-key',
      'made ssh-key',
      'intend firewall',
      'made firewall',
      'intend instance',
      'made instance',
    ]);
    expect(fake.violations).toEqual([]);
  });

  it('would be noticed if a call or an answer were not as DigitalOcean describes them', async () => {
    const headers = { authorization: `Bearer ${FAKE_TOKEN}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'a_b', size: 's-1vcpu-1gb' });
    const answer = await fetch(`${fake.url}/v2/droplets`, { method: 'POST', headers, body });
    expect(answer.status).toBe(422);
    expect(fake.violations.join()).toContain('must match pattern');
    fake.violations.length = 0;
    const wrong = { id: 5, name: 'k', fingerprint: 7, public_key: 'x' };
    fake.keys.set(
      5,
      wrong as unknown as { id: number; name: string; fingerprint: string; public_key: string },
    );
    await fetch(`${fake.url}/v2/account/keys`, { headers });
    expect(fake.violations).toEqual([
      'GET /v2/account/keys -> 200: /ssh_keys/0/fingerprint must be string',
    ]);
  });

  it('passes on everything that flags ask for', async () => {
    await create({
      'digitalocean-region': 'fra1',
      'digitalocean-size': 's-2vcpu-4gb',
      'digitalocean-image': 'ubuntu-24-04-x64',
      'digitalocean-backups': true,
      'digitalocean-ipv6': true,
      'digitalocean-monitoring': true,
      'digitalocean-tags': ['blue', 'team:web'],
      'digitalocean-project': 'Staging',
      'digitalocean-open-port': ['443', '8000-8100/udp'],
      'digitalocean-ssh-port': 2222,
      'digitalocean-ssh-cidr': ['192.0.2.0/24'],
    });
    const droplet = only(fake.droplets.values());
    expect(droplet.request).toMatchObject({
      region: 'fra1',
      size: 's-2vcpu-4gb',
      image: 'ubuntu-24-04-x64',
      backups: true,
      ipv6: true,
      monitoring: true,
    });
    expect(droplet.tags.slice(3)).toEqual(['blue', 'team:web']);
    const [shared, own] = [...fake.firewalls.values()].map(({ body }) => body);
    expect(shared?.['inbound_rules']).toMatchObject([
      { ports: '2222', sources: { addresses: ['192.0.2.0/24'] } },
      { ports: '51820' },
    ]);
    expect(own).toMatchObject({
      name: 'tcompose-s7-web.one',
      droplet_ids: [droplet.id],
      inbound_rules: [
        { protocol: 'tcp', ports: '443' },
        { protocol: 'udp', ports: '8000-8100' },
      ],
    });
    expect([...fake.projects.values()]).toEqual([[`do:droplet:${droplet.id}`]]);
    expect(fake.violations).toEqual([]);
  });

  it('puts a droplet into the VPC and behind the firewall that flags name, whose rules stay as they are', async () => {
    const first = await create({}, 'first');
    const foreign = only(fake.firewalls.values());
    foreign.body = { ...foreign.body, name: 'theirs' };
    const rules = JSON.stringify(foreign.body['inbound_rules']);
    await create({ 'digitalocean-vpc': 'backend', 'digitalocean-firewall': 'theirs' }, 'second');
    const droplet = [...fake.droplets.values()].find(({ name }) => name === 'second');
    expect(droplet?.request['vpc_uuid']).toBe('e0fe0f4d-596a-465e-a902-571ce57b79fa');
    expect(JSON.stringify(foreign.body['inbound_rules'])).toBe(rules);
    expect(foreign.body['droplet_ids']).toEqual([droplet?.id]);
    expect(fake.firewalls.size).toBe(1);
    await expect(first.account.remove({ kind: 'firewall', id: foreign.id })).rejects.toMatchObject({
      message: 'the firewall theirs was not made by tcompose and is left alone',
    });
  });

  it('makes nothing twice when it is called again', async () => {
    const first = await create();
    const second = await create();
    expect(second.instance.id).toBe(first.instance.id);
    expect(fake.left()).toEqual([
      'droplet web.one',
      'key tcompose-s7:web.one',
      'firewall tcompose-s7',
    ]);
  });

  it('shares the firewall of a store, in which the rule of this computer follows it and those of others stay', async () => {
    const path = mkdtempSync(join(tmpdir(), 'tcompose-callers-'));
    onTestFinished(() => rmSync(path, { recursive: true }));
    // The next command is another process, which knows what is on the disk.
    const from = (address: string, store: string) =>
      open(
        {},
        {
          ownAddress: () => Promise.resolve(address),
          caller: openMachineStore({ path: join(path, store), command: 'test' }).caller,
        },
      );
    const first = await from('198.51.100.7', 'ours');
    await first.account.create(creation('first', first.settings));
    await (await from('203.0.113.4', 'theirs')).account.admit?.(STORE_TAGS);
    const { settings, account } = await from('192.0.2.9', 'ours');
    await account.create(creation('second', settings, { publicKey: OTHER_KEY }));
    const { body } = only(fake.firewalls.values());
    expect(body['inbound_rules']).toMatchObject([
      { ports: '51820' },
      { ports: '22', sources: { addresses: ['203.0.113.4/32'] } },
      { ports: '22', sources: { addresses: ['192.0.2.9/32'] } },
    ]);
    expect(fake.violations).toEqual([]);
  });

  it('lets this computer in from another address when it is asked to', async () => {
    await create({}, 'first');
    const { account } = await open({}, { ownAddress: () => Promise.resolve('192.0.2.9') });
    expect(await account.admit?.(STORE_TAGS)).toEqual({
      ranges: ['192.0.2.9/32'],
      changed: true,
      removed: ['198.51.100.7/32'],
      remarks: [],
    });
    expect(await account.admit?.(STORE_TAGS)).toMatchObject({ changed: false });
    expect(fake.violations).toEqual([]);
  });

  it('two creates at once share what they share', async () => {
    const { settings, account } = await open();
    await Promise.all([
      account.create(creation('a', settings)),
      account.create(creation('b', settings, { publicKey: OTHER_KEY })),
    ]);
    expect(fake.left()).toEqual([
      'droplet a',
      'droplet b',
      'key tcompose-s7:a',
      'key tcompose-s7:b',
      'firewall tcompose-s7',
    ]);
  });

  it('leaves a firewall alone that only has the name of the store’s', async () => {
    await create({}, 'first');
    const { id, body } = only(fake.firewalls.values());
    const byHand = { id, body: { ...body, tags: [] } };
    fake.firewalls.set(id, byHand);
    await expect(create({}, 'second')).rejects.toMatchObject({
      kind: 'already-exists',
      message: 'the firewall tcompose-s7 was not made by tcompose for this store',
    });
    expect(fake.firewalls.get(id)).toEqual(byHand);
    const { account } = await open();
    expect((await account.resources(STORE_TAGS)).map(({ kind }) => kind)).not.toContain('firewall');
  });

  it('leaves no droplet without the firewall that the removal of another one took along', async () => {
    proxy.fault({
      call: 'POST /v2/droplets',
      effect: { type: 'observe', run: () => fake.firewalls.clear() },
    });
    await create();
    expect(fake.left()).toContain('firewall tcompose-s7');
    expect(only(fake.firewalls.values()).body['tags']).toEqual(['tcompose-store:s7']);
  });

  it('lists, describes, stops, starts and restarts', async () => {
    const { account, instance } = await create({}, 'a');
    await create({}, 'b');
    fake.calls.length = 0;
    expect((await account.list(STORE_TAGS)).map(({ name }) => name)).toEqual(['a', 'b']);
    expect(fake.calls).toEqual(['GET /v2/droplets']);
    expect(await account.list({ ...STORE_TAGS, 'tcompose-store': 'other' })).toEqual([]);
    await account.stop(instance.id, { force: false });
    expect((await account.describe(instance.id))?.state).toBe('Stopped');
    await account.stop(instance.id, { force: true });
    await account.start(instance.id);
    expect((await account.describe(instance.id))?.state).toBe('Running');
    await account.start(instance.id);
    await account.restart(instance.id);
    expect(await account.describe('1')).toBeUndefined();
    expect(fake.violations).toEqual([]);
  });

  it('reads all pages of a list', async () => {
    fake.reset({ page: 2 });
    const { account } = await open();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await create({}, name);
    expect(await account.list(STORE_TAGS)).toHaveLength(5);
    expect(await account.choices('images')).toHaveLength(6);
  });

  it('removes everything with the last machine, and what is shared not before', async () => {
    fake.reset({ removal: 3 });
    const { account, instance } = await create({ 'digitalocean-open-port': ['80'] }, 'a');
    await create({}, 'b');
    expect(
      (await account.resources({ ...STORE_TAGS, 'tcompose-machine': 'a' })).map((r) => r.kind),
    ).toEqual(['instance', 'ssh-key', 'firewall', 'firewall']);
    await removeAll(account, 'a');
    expect(fake.left()).toEqual(['droplet b', 'firewall tcompose-s7']);
    expect(await account.describe(instance.id)).toBeUndefined();
    expect(await account.remove({ kind: 'instance', id: instance.id })).toBe(true);
    await removeAll(account, 'b');
    expect(fake.left()).toEqual([]);
    expect([...fake.tags]).toEqual(['tcompose']);
    expect(fake.violations).toEqual([]);
  });

  it('offers regions, sizes with prices, and images', async () => {
    const { account } = await open({ 'digitalocean-region': 'ams3' });
    expect((await account.choices('regions')).map(({ value }) => value)).not.toContain('nyc2');
    expect(await account.choices('sizes')).toEqual([
      { value: 's-1vcpu-1gb', summary: '1 vCPU, 1 GiB, 25 GB disk, $6.00 a month' },
      { value: 's-1vcpu-2gb', summary: '1 vCPU, 2 GiB, 50 GB disk, $12.00 a month' },
      { value: 's-2vcpu-4gb', summary: '2 vCPU, 4 GiB, 80 GB disk, $24.00 a month' },
    ]);
    expect(await account.choices('images')).toContainEqual({
      value: 'debian-13-x64',
      summary: 'Debian 13 x64',
    });
  });

  describe('before anything is made', () => {
    const check = async (given: ProviderFlagValues, changes = {}) => {
      const { settings, account } = await open(given, changes);
      await account.check(creation('web', settings));
    };

    it('is content with the defaults and makes nothing', async () => {
      await check({});
      expect(fake.calls.filter((call) => !call.startsWith('GET '))).toEqual([]);
      expect(fake.violations).toEqual([]);
    });

    it.each([
      [{ 'digitalocean-region': 'nyc33' }, 'there is no region "nyc33"', 'Did you mean nyc3?'],
      [{ 'digitalocean-region': 'nyc2' }, 'the region nyc2 takes no new droplets', 'ams3, fra1'],
      [{ 'digitalocean-size': 's-1vcpu-2bg' }, 'there is no size', 'Did you mean s-1vcpu-2gb?'],
      [{ 'digitalocean-size': 'c-32-intel' }, 'is not available in nyc3', 's-1vcpu-1gb'],
      [{ 'digitalocean-image': 'ubuntu-24-04' }, 'there is no image', 'ubuntu-24-04-x64?'],
      [{ 'digitalocean-vpc': 'backed' }, 'there is no VPC in nyc3', 'Did you mean backend?'],
      [{ 'digitalocean-project': 'Stagin' }, 'there is no project', 'Did you mean Staging?'],
      [{ 'digitalocean-firewall': 'x' }, 'there is no firewall "x"', 'There is none.'],
      [{ 'digitalocean-ssh-key-fingerprint': '00:11' }, 'has no SSH key "00:11"', 'none at all'],
      [
        { 'digitalocean-userdata': '/nonexistent' },
        'cannot read /nonexistent',
        'working directory',
      ],
    ])('refuses %j', async (given, message, hint) => {
      await expect(check(given)).rejects.toMatchObject({
        message: expect.stringContaining(message) as string,
        hint: expect.stringContaining(hint) as string,
      });
    });

    it('asks for --digitalocean-ssh-cidr where the own address cannot be told', async () => {
      await expect(
        check({}, { ownAddress: () => Promise.resolve(undefined) }),
      ).rejects.toMatchObject({
        kind: 'invalid',
        hint: expect.stringContaining('--digitalocean-ssh-cidr') as string,
      });
    });

    it('says where it looked for a token', async () => {
      await expect(
        digitalocean.connect(settingsFrom(digitalocean), providerContext({})),
      ).rejects.toMatchObject({
        kind: 'no-credentials',
        hint: expect.stringContaining('DIGITALOCEAN_ACCESS_TOKEN and DIGITALOCEAN_TOKEN') as string,
      });
    });
  });

  describe('when the cloud fails', () => {
    it('a wrong token is told, without the token', async () => {
      const settings = settingsFrom(digitalocean);
      const env = { ...environment(), DIGITALOCEAN_ACCESS_TOKEN: 'dop_v1_secret' };
      const account = await digitalocean.connect(settings, providerContext(env));
      const error: unknown = await account.list(STORE_TAGS).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ kind: 'denied', code: '401' });
      expect(JSON.stringify([String(error), error])).not.toContain('secret');
    });

    it('waits as long as it is told to when it was too fast', async () => {
      const clock = patientClock();
      proxy.fault({
        call: 'POST /v2/droplets',
        times: 2,
        effect: digitaloceanError(429, 'API Rate limit exceeded.', { 'retry-after': '17' }),
      });
      const { settings, account } = await open({}, { clock });
      await account.create(creation('web', settings));
      expect(clock.slept.slice(0, 2)).toEqual([17_000, 17_000]);
      expect(fake.droplets.size).toBe(1);
    });

    it('gives up a call that is too fast for ever', async () => {
      proxy.fault({
        call: 'GET /v2/droplets',
        effect: digitaloceanError(429, 'API Rate limit exceeded.'),
      });
      const { account } = await open();
      await expect(account.list(STORE_TAGS)).rejects.toMatchObject({ kind: 'throttled' });
      expect(proxy.calls).toHaveLength(5);
    });

    it.each(['POST /v2/droplets', 'POST /v2/account/keys', 'POST /v2/firewalls'])(
      '%s whose connection is cut after it was accepted leaves one of each',
      async (call) => {
        proxy.fault({ call, times: 1, effect: { type: 'cut-after' } });
        const { request } = await create();
        expect(fake.left()).toHaveLength(3);
        expect(request.lines.filter((line) => line.startsWith('made '))).toHaveLength(3);
        expect(fake.violations).toEqual([]);
      },
    );

    it.each(['POST /v2/droplets', 'POST /v2/account/keys', 'POST /v2/firewalls', 'POST /v2/tags'])(
      '%s that is cut before it arrives, or fails with 500, is made once in the end',
      async (call) => {
        proxy.fault({ call, times: 1, effect: { type: 'cut' } });
        proxy.fault({ call, times: 1, effect: digitaloceanError(500, 'Server Error') });
        await create();
        expect(fake.left()).toHaveLength(3);
      },
    );

    it('a server that fails for ever is told as that, and nothing is made', async () => {
      proxy.fault({ call: 'POST /v2/droplets', effect: digitaloceanError(503, 'Server Error') });
      await expect(create()).rejects.toMatchObject({ kind: 'failed', code: '503' });
      expect(fake.droplets.size).toBe(0);
    });

    it('too little room is told with what else to try', async () => {
      proxy.fault({
        call: 'POST /v2/droplets',
        effect: digitaloceanError(422, 'creating this would exceed your droplet limit'),
      });
      await expect(create()).rejects.toMatchObject({
        kind: 'capacity',
        message: 'DigitalOcean: creating this would exceed your droplet limit',
        hint: expect.stringContaining('higher limit') as string,
      });
    });

    it('an image that vanished since the check is told, and nothing is made', async () => {
      proxy.fault({
        call: 'POST /v2/droplets',
        effect: digitaloceanError(404, 'The image you requested could not be found.'),
      });
      await expect(create()).rejects.toMatchObject({ kind: 'not-found', code: '404' });
      expect(fake.droplets.size).toBe(0);
    });

    it('a droplet that vanishes while its address is waited for is told as that', async () => {
      fake.reset({ activation: 3 });
      proxy.fault({
        call: /^GET .v2.droplets.\d+$/,
        times: 1,
        effect: { type: 'observe', run: () => fake.droplets.clear() },
      });
      await expect(create()).rejects.toMatchObject({
        message: expect.stringMatching(
          /^the droplet \d+ vanished while it was being made$/,
        ) as string,
        hint: expect.stringContaining('Somebody removed it') as string,
      });
    });

    it.each(['POST /v2/account/keys', 'POST /v2/firewalls', 'POST /v2/droplets'])(
      '%s that is too fast is made once in the end',
      async (call) => {
        const effect = digitaloceanError(429, 'API Rate limit exceeded.');
        proxy.fault({ call, times: 3, effect });
        await create();
        expect(fake.left()).toHaveLength(3);
      },
    );

    it('a droplet that never gets an address is given up and can be found', async () => {
      fake.reset({ activation: Number.POSITIVE_INFINITY });
      const { settings, account } = await open();
      const request = creation('web', settings);
      await expect(account.create(request)).rejects.toMatchObject({
        message: expect.stringContaining(
          'has got no address within 5 minutes (it is new)',
        ) as string,
      });
      expect(request.lines.at(-1)).toMatch(/^made instance \d+$/);
      expect(await account.resources(STORE_TAGS)).toHaveLength(3);
    });

    it('a droplet that stays although it was removed is not called removed', async () => {
      const { account, instance } = await create();
      fake.options = { removal: Number.POSITIVE_INFINITY };
      await expect(account.remove({ kind: 'instance', id: instance.id })).rejects.toMatchObject({
        message: expect.stringContaining('is still there after it was removed') as string,
      });
    });

    it('stops at once when it is interrupted', async () => {
      const controller = new AbortController();
      proxy.fault({
        call: 'POST /v2/droplets',
        effect: { type: 'observe', run: () => controller.abort(new Error('interrupted')) },
      });
      const { settings, account } = await open({}, { signal: controller.signal });
      await expect(account.create(creation('web', settings))).rejects.toThrow('interrupted');
    });
  });
});
