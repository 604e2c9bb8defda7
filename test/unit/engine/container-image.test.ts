import { describe, expect, it } from 'vitest';
import type { Call, EngineClient } from '../../../src/engine/client.ts';
import { describeContainerImage } from '../../../src/engine/container-image.ts';
import { EngineError } from '../../../src/engine/errors.ts';

const ID = `sha256:${'0a'.repeat(32)}`;
const inspected = {
  Id: ID,
  Os: 'linux',
  Architecture: 'arm64',
  Variant: 'v8',
  Size: 7,
  Created: '2026-01-02T03:04:05.120000000Z',
  Metadata: { LastTagTime: '2026-01-02T04:00:00+00:00' },
};

/** A client that answers every inspection alike, and notes the calls. */
function client(answer: object | Error, version = 1.41) {
  const calls: Call[] = [];
  const fake = {
    supports: (needed: string) => Number(needed) <= version,
    send: (call: Call) => {
      calls.push(call);
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  } as unknown as EngineClient;
  return { fake, calls };
}

const container = (image: string) => ({
  Id: 'c',
  Names: ['/c'],
  Image: image,
  ImageID: ID,
  Created: 0,
  State: 'running',
  Status: '',
  Labels: {},
  ImageManifestDescriptor: { digest: 'sha256:m', platform: { os: 'linux', architecture: 'arm64' } },
});

const { signal } = new AbortController();
const describeImage = (engine: EngineClient, image: string) =>
  describeContainerImage(engine, container(image), signal);

describe('the image of a container', () => {
  it.each([
    ['nginx', 'nginx', 'latest'],
    ['docker.io/library/nginx:1', 'nginx', '1'],
    ['me/app:x', 'me/app', 'x'],
    ['localhost:5000/a/b:y', 'localhost:5000/a/b', 'y'],
    [`nginx:1@${ID}`, 'nginx', ''],
    [ID, '', ''],
    ['0a'.repeat(32), '', ''],
  ])('%s is called %j with tag %j', async (image, repository, tag) => {
    expect(await describeImage(client(inspected).fake, image)).toMatchObject({ repository, tag });
  });

  it('has platform, size and times as Go prints them', async () => {
    expect(await describeImage(client(inspected).fake, 'nginx')).toMatchObject({
      id: ID,
      platform: 'linux/arm64/v8',
      size: 7,
      created: '2026-01-02T03:04:05.12Z',
      lastTagged: '2026-01-02T04:00:00Z',
    });
  });

  it('has no times that the image does not tell', async () => {
    const silent = { ...inspected, Created: '', Metadata: { LastTagTime: '0001-01-01T00:00:00Z' } };
    expect(await describeImage(client(silent).fake, 'nginx')).toMatchObject({
      created: undefined,
      lastTagged: undefined,
    });
  });

  it('is asked for again for the platform that runs, where the engine can tell', async () => {
    const old = client(inspected, 1.48);
    await describeImage(old.fake, 'nginx');
    expect(old.calls).toHaveLength(1);
    const recent = client(inspected, 1.49);
    await describeImage(recent.fake, 'nginx');
    expect(recent.calls.map(({ query }) => query)).toEqual([
      undefined,
      { platform: { os: 'linux', architecture: 'arm64' } },
    ]);
  });

  it('that was removed is known by its id only', async () => {
    const { fake } = client(new EngineError('not-found', 'No such image'));
    expect(await describeImage(fake, 'nginx:1')).toEqual({
      id: ID,
      repository: 'nginx',
      tag: '1',
      platform: 'unknown',
      size: 0,
      created: undefined,
      lastTagged: undefined,
    });
  });

  it('that cannot be asked for is a failure', async () => {
    const { fake } = client(new EngineError('connection-lost', 'lost'));
    await expect(describeImage(fake, 'nginx')).rejects.toThrow('lost');
  });
});
