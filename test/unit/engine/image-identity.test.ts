import { describe, expect, it } from 'vitest';
import {
  encodeReference,
  identifyImage,
  type ImageInspect,
  type ImageManifest,
} from '../../../src/engine/image-identity.ts';
import { matchesPlatform, parsePlatform } from '../../../src/engine/platform.ts';

const inspect: ImageInspect = {
  Id: 'sha256:index',
  Architecture: 'amd64',
  Os: 'linux',
  Config: { Volumes: { '/b': {}, '/a': {} } },
  Metadata: { LastTagTime: '2026-01-02T03:04:05Z' },
};

function manifest(
  ID: string,
  architecture?: string,
  more: Partial<ImageManifest> = {},
): ImageManifest {
  return {
    ID,
    Kind: 'image',
    Available: true,
    ...(architecture === undefined
      ? {}
      : { ImageData: { Platform: { os: 'linux', architecture } } }),
    ...more,
  };
}

describe('identity of an image', () => {
  it('is its id where the engine lists no manifests', () => {
    expect(identifyImage(inspect)).toEqual({
      satisfied: true,
      image: {
        id: 'sha256:index',
        digest: 'sha256:index',
        platform: 'linux/amd64',
        volumes: ['/a', '/b'],
        lastTagged: Date.UTC(2026, 0, 2, 3, 4, 5),
      },
    });
  });

  it('knows no time for an image that was never tagged here', () => {
    const never = { ...inspect, Metadata: { LastTagTime: '0001-01-01T00:00:00Z' } };
    expect(identifyImage(never).image.lastTagged).toBeUndefined();
  });

  const attestation = manifest('att', 'unknown', { Kind: 'attestation' });
  const both = [manifest('amd', 'amd64'), manifest('arm', 'arm64'), attestation];
  const absent = [manifest('amd', 'amd64'), manifest('arm', 'arm64', { Available: false })];
  it.each([
    ['the manifest of the engine’s platform', both, undefined, 'amd', true],
    ['the manifest of the platform that is pinned', both, 'linux/arm64', 'arm', true],
    ['a manifest that is not here does not count', absent, 'linux/arm64', 'amd', false],
    [
      'the only image manifest, of another platform',
      [manifest('arm', 'arm64')],
      'linux/amd64',
      'arm',
      false,
    ],
    ['the only image manifest, on its own', [manifest('arm', 'arm64')], undefined, 'arm', true],
    [
      'a manifest without data: the image’s own platform',
      [manifest('x')],
      'linux/amd64',
      'x',
      true,
    ],
    ['several that do not fit: the index', both, 'linux/s390x', 'sha256:index', false],
  ])('%s', (...[, manifests, platform, digest, satisfied]) => {
    const got = identifyImage({ ...inspect, Manifests: manifests }, platform);
    expect([got.image.digest, got.satisfied]).toEqual([digest, satisfied]);
  });

  it('of another platform than the pinned one does not do', () => {
    expect(identifyImage(inspect, 'linux/arm64').satisfied).toBe(false);
  });
});

describe('references in paths', () => {
  it.each([
    ['nginx', 'nginx'],
    ['r.example:5000/a/b:1.2', 'r.example:5000/a/b:1.2'],
    ['a@sha256:0f', 'a%40sha256:0f'],
  ])('%s', (reference, expected) => {
    expect(encodeReference(reference)).toBe(expected);
  });
});

describe('platforms', () => {
  it.each([
    ['linux/amd64', 'linux', 'amd64', ''],
    ['x86_64', 'linux', 'amd64', ''],
    ['linux/aarch64', 'linux', 'arm64', ''],
    ['linux/arm64/v8', 'linux', 'arm64', ''],
    ['linux/arm', 'linux', 'arm', 'v7'],
    ['armel', 'linux', 'arm', 'v6'],
    ['linux/arm/6', 'linux', 'arm', 'v6'],
    ['windows/amd64', 'windows', 'amd64', ''],
    ['linux', 'linux', '', ''],
  ])('%s', (text, os, architecture, variant) => {
    expect(parsePlatform(text)).toEqual({ os, architecture, variant });
  });

  it('match when they mean the same', () => {
    const match = (wanted: string, offered: string): boolean =>
      matchesPlatform(parsePlatform(wanted), parsePlatform(offered));
    expect(match('linux/arm64', 'linux/arm64/v8')).toBe(true);
    expect(match('linux', 'linux/amd64')).toBe(true);
    expect(match('linux/arm/v6', 'linux/arm/v7')).toBe(false);
    expect(match('windows/amd64', 'linux/amd64')).toBe(false);
  });
});
