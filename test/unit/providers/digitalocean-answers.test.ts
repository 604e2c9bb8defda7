import { describe, expect, it } from 'vitest';
import { creation } from '../../support/provider-bench.ts';
import { scriptedDigitalOcean } from '../../support/scripted-digitalocean.ts';

const droplet = (name: string, tags: readonly string[], id = 7) => ({
  id,
  name,
  status: 'active',
  created_at: '2026-11-26T10:00:00Z',
  size_slug: 's-1vcpu-2gb',
  region: { slug: 'nyc3' },
  image: { slug: 'debian-13-x64' },
  networks: { v4: [{ ip_address: '192.0.2.7', type: 'public' }] },
  tags,
});
const TAGS = ['tcompose', 'tcompose-store:s7', 'tcompose-machine:web'];

describe('tags of DigitalOcean, which keep the capitals that they were first given', () => {
  const web = droplet('Web', TAGS);
  const tags = { tcompose: '1', 'tcompose-store': 's7', 'tcompose-machine': 'Web' };

  it('a droplet is found by a tag that somebody has written otherwise before', async () => {
    const { account, calls } = await scriptedDigitalOcean({
      'GET /v2/droplets': { body: { droplets: [web] } },
      'GET /v2/droplets/7': { body: { droplet: web } },
      'GET /v2/account/keys': { body: { ssh_keys: [] } },
      'GET /v2/firewalls': { body: { firewalls: [] } },
    });
    expect(await account.create(creation('Web', {}))).toMatchObject({ id: '7', name: 'Web' });
    expect(calls.filter((call) => call.startsWith('POST'))).toEqual([]);
    expect(await account.list(tags)).toMatchObject([{ id: '7', name: 'Web' }]);
    expect(await account.resources(tags)).toMatchObject([{ id: '7', machine: 'Web' }]);
  });
});

describe('what DigitalOcean answers besides what is wanted', () => {
  const active = droplet('web', TAGS);
  const busy = {
    status: 422,
    body: { id: 'unprocessable_entity', message: 'Droplet already has a pending event.' },
  };

  it('a droplet that the journal knows is gone on with although the list lacks it yet', async () => {
    const { account, calls } = await scriptedDigitalOcean({
      'GET /v2/droplets': { body: { droplets: [] } },
      'GET /v2/droplets/7': { body: { droplet: active } },
    });
    const request = creation('web', {});
    const earlier = [{ kind: 'instance', token: request.token, id: '7' }];
    const journal = { ...request.journal, earlier };
    expect(await account.create({ ...request, journal })).toMatchObject({ id: '7' });
    expect(calls.filter((call) => call.startsWith('POST'))).toEqual([]);
  });

  it('a droplet that is busy is started once it is not any more', async () => {
    const { account, calls, clock } = await scriptedDigitalOcean({
      'POST /v2/droplets/7/actions': [
        busy,
        { status: 201, body: { action: { id: 1, status: 'completed', type: 'power_on' } } },
      ],
    });
    await account.start('7');
    expect(calls).toHaveLength(2);
    expect(clock.slept).toHaveLength(1);
  });

  it('a droplet that is busy is removed once it is not any more', async () => {
    const { account, calls } = await scriptedDigitalOcean({
      'GET /v2/droplets/7': [{ body: { droplet: active } }, { status: 404 }],
      'DELETE /v2/droplets/7': [busy, { status: 204 }],
      'GET /v2/tags/tcompose-machine:web': { status: 404 },
    });
    expect(await account.remove({ kind: 'instance', id: '7' })).toBe(true);
    expect(calls.filter((call) => call.startsWith('DELETE'))).toHaveLength(2);
  });

  it('a droplet that is busy for ever is not waited for as long', async () => {
    const { account } = await scriptedDigitalOcean({
      'GET /v2/droplets/7': { body: { droplet: active } },
      'DELETE /v2/droplets/7': busy,
      'POST /v2/droplets/7/actions': busy,
    });
    await expect(account.remove({ kind: 'instance', id: '7' })).rejects.toMatchObject({
      kind: 'in-use',
      message: 'DigitalOcean: Droplet already has a pending event.',
    });
    await expect(account.restart('7')).rejects.toMatchObject({ kind: 'in-use' });
  });

  it('an answer that is no JSON is an error that says so, and not a fault of the program', async () => {
    const page = { headers: { 'content-type': 'text/html' }, body: '<html>Log in</html>' };
    const { account } = await scriptedDigitalOcean({
      'GET /v2/droplets': page,
      'GET /v2/droplets/7': page,
    });
    const expected = {
      name: 'ProviderError',
      kind: 'failed',
      message: expect.stringContaining('no JSON') as string,
    };
    await expect(account.list({})).rejects.toMatchObject(expected);
    await expect(account.describe('7')).rejects.toMatchObject(expected);
  });

  it.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'ratelimit-reset': String(Date.parse('2026-11-26T10:00:20Z') / 1000) }, 20_000],
    [{ 'ratelimit-reset': String(Date.parse('2026-11-26T11:00:00Z') / 1000) }, 60_000],
    [{ 'retry-after': '2', 'ratelimit-reset': '99999999999' }, 2000],
    [{}, 500],
  ])('too many calls with %j are paused for %d ms', async (headers, pause) => {
    const { account, clock } = await scriptedDigitalOcean({
      'GET /v2/droplets': [{ status: 429, headers }, { body: { droplets: [] } }],
    });
    await account.list({});
    expect(clock.slept).toEqual([pause]);
  });

  it('a token that may not do something is told what that is', async () => {
    const refused = {
      status: 403,
      body: { id: 'Forbidden', message: 'You are not authorized to perform this operation' },
    };
    const { account } = await scriptedDigitalOcean({ 'GET /v2/droplets': refused });
    await expect(account.list({})).rejects.toMatchObject({
      kind: 'denied',
      hint: expect.stringContaining('GET /v2/droplets') as string,
    });
  });

  it('a token needs no right to look at the account', async () => {
    const { account, calls } = await scriptedDigitalOcean({
      'GET /v2/account': { status: 403, body: { id: 'Forbidden', message: 'no' } },
      'GET /v2/regions': { body: { regions: [{ slug: 'nyc3', available: true }] } },
      'GET /v2/sizes': {
        body: { sizes: [{ slug: 's-1vcpu-2gb', available: true, regions: ['nyc3'] }] },
      },
      'GET /v2/images': { body: { images: [{ slug: 'debian-13-x64', regions: ['nyc3'] }] } },
    });
    await account.check(creation('web', {}));
    expect(calls).toContain('GET /v2/account');
  });
});
