import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findBuildx, wantsBuildKit, type FoundBuildx } from '../../../src/engine/build/buildx.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tcompose-plugins-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

/** A plugin that says what it is told to when asked for its metadata. */
function plugin(directory: string, metadata: string): string {
  mkdirSync(join(root, directory), { recursive: true });
  const path = join(root, directory, 'docker-buildx');
  writeFileSync(path, `#!/bin/sh\n[ "$1" = docker-cli-plugin-metadata ] && echo '${metadata}'\n`, {
    mode: 0o755,
  });
  return path;
}

const find = (): Promise<FoundBuildx> =>
  findBuildx({ configDir: root, extraDirs: [join(root, 'extra')], env: process.env });

describe('the buildx plugin', () => {
  it.each([
    ['v0.17.0', '0.17.0'],
    ['0.29.1+ds1', '0.29.1'],
    ['v1.2.3-desktop.1', '1.2.3'],
  ])('is taken with version %s', async (Version, version) => {
    const path = plugin('cli-plugins', JSON.stringify({ Version }));
    expect(await find()).toEqual({ kind: 'found', buildx: { path, version } });
  });

  it.each([
    ['{"Version":"v0.16.2"}', /requires buildx 0\.17\.0 or later, .* is 0\.16\.2/],
    ['{}', /did not say which version/],
    ['oops', /did not say which version/],
  ])('is refused when it answers %s', async (metadata, reason) => {
    plugin('cli-plugins', metadata);
    expect(await find()).toMatchObject({
      kind: 'unusable',
      reason: expect.stringMatching(reason),
    });
  });

  it('is looked for first where the configuration says', async () => {
    plugin('cli-plugins', '{"Version":"v0.20.0"}');
    const path = plugin('extra', '{"Version":"v0.21.0"}');
    expect(await find()).toMatchObject({ buildx: { path } });
  });
});

describe('BuildKit', () => {
  const linux = { builder: '2', osType: 'linux' };

  it.each([
    ['1', true],
    ['true', true],
    ['T', true],
    ['0', false],
    ['FALSE', false],
    ['f', false],
    ['', true],
  ])('is wanted by DOCKER_BUILDKIT=%s: %s', (DOCKER_BUILDKIT, wanted) => {
    expect(wantsBuildKit({ DOCKER_BUILDKIT }, linux)).toBe(wanted);
  });

  it.each([
    ['1', 'linux', true],
    ['1', 'windows', false],
    ['2', 'windows', true],
  ])('is wanted of an engine with builder %s on %s: %s', (builder, osType, wanted) => {
    expect(wantsBuildKit({}, { builder, osType })).toBe(wanted);
  });

  it.each(['yes', 'on', '2', 'False '])('is not decided by %j', (DOCKER_BUILDKIT) => {
    expect(() => wantsBuildKit({ DOCKER_BUILDKIT }, linux)).toThrow(
      'DOCKER_BUILDKIT environment variable expects boolean value',
    );
  });
});
