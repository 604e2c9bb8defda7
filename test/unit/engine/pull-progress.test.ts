import { describe, expect, it } from 'vitest';
import { pullFailure } from '../../../src/engine/pull/pull-failure.ts';
import { layerProgress } from '../../../src/engine/pull/pull-progress.ts';

describe('progress of layers', () => {
  it.each([
    ['Pulling fs layer', {}, { status: 'working', details: '0B' }],
    [
      'Downloading',
      { current: 1_500_000, total: 3_000_000 },
      { status: 'working', current: 1_500_000, total: 3_000_000, percent: 50, details: '1.5MB' },
    ],
    ['Extracting', { current: 9, total: 3 }, { percent: 100 }],
    ['Downloading', { current: 12_345_678 }, { percent: 0, total: 0, details: '12.35MB' }],
    ['Pull complete', {}, { status: 'done', percent: 100 }],
    ['Already exists', {}, { status: 'done', percent: 100 }],
  ])('%s with %j', (status, progressDetail, wanted) => {
    expect(layerProgress('Image a', { id: 'abc', status, progressDetail })).toMatchObject({
      id: 'abc',
      parentId: 'Image a',
      text: status,
      ...wanted,
    });
  });

  it('is not told of messages that are about no layer', () => {
    expect(layerProgress('Image a', { id: '1.27', status: 'Pulling from nginx' })).toBeUndefined();
    expect(layerProgress('Image a', { status: 'Digest: sha256:…' })).toBeUndefined();
  });
});

describe('failed pulls', () => {
  it.each([
    ['pull access denied for x, repository does not exist', 'unauthorized', 'docker login'],
    ['manifest for x:2 not found: manifest unknown', 'not-found', 'check the tag'],
    ['Get "https://r/v2/": dial tcp: lookup r on 1.2.3.4:53: no such host', 'failed', 'reach'],
    ['no matching manifest for linux/arm64 in the manifest list', 'not-found', 'platform:'],
    ['toomanyrequests: you have reached your limit', 'unauthorized', 'docker login'],
    ['http: server gave HTTP response to HTTPS client', 'failed', 'insecure-registries'],
    ['write /var/lib/x: no space left on device', 'disk-full', 'docker system df'],
  ])('%s is %s and says what would help', (text, kind, hint) => {
    const failure = pullFailure(new Error(`Error response from daemon: ${text}`), {
      image: 'r.io/x:2',
      service: 'web',
    });
    expect(failure.kind).toBe(kind);
    expect(failure.message).toBe(`service "web": cannot pull image "r.io/x:2": ${text}`);
    expect(failure.hint).toContain(hint);
  });
});
