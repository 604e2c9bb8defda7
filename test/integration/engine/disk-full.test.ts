import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../../support/command.ts';
import { checkout } from '../../support/debian.ts';
import { startEngine, stopEngine, type TestEngine } from '../../support/engine.ts';
import { engineVersions } from '../../support/engine-binaries.ts';
import { importTestImages } from '../../support/images.ts';
import { referenceBinary } from '../../support/reference.ts';
import { engineVersion } from '../../support/test-engine.ts';

const MEGABYTE = 1024 * 1024;
let engine: TestEngine;
let folder: string;

beforeAll(async () => {
  const version = engineVersions.find((each) => each === engineVersion) ?? '28';
  engine = await startEngine(version, { dataSize: 96 * MEGABYTE });
  await importTestImages(engine.api);
  folder = mkdtempSync(join(tmpdir(), 'tcfull-'));
  mkdirSync(join(folder, 'cli-plugins'));
  symlinkSync(await referenceBinary('docker-buildx'), join(folder, 'cli-plugins/docker-buildx'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await stopEngine(engine);
});

it.each(['0', '1'])(
  'a build that fills the disk says so and leaves no image (DOCKER_BUILDKIT=%s)',
  async (DOCKER_BUILDKIT) => {
    const fill = 'FROM busybox\nRUN echo before\nRUN dd if=/dev/zero of=/big bs=1M count=200\n';
    const services = { app: { image: 'tcfull:1', build: { dockerfile_inline: fill } } };
    writeFileSync(join(folder, 'compose.json'), JSON.stringify({ name: 'tcfull', services }));
    const tcompose = (...args: string[]) =>
      run(join(checkout, 'bin/tcompose'), ['-f', join(folder, 'compose.json'), ...args], {
        env: {
          PATH: process.env['PATH'],
          HOME: folder,
          DOCKER_CONFIG: folder,
          DOCKER_HOST: engine.dockerHost,
          DOCKER_BUILDKIT,
        },
      });
    const { code, stderr } = await tcompose('build');
    expect(code).toBe(1);
    expect(stderr).toMatch(/service "app": failed to build: /);
    expect(stderr).toContain('dockerfile_inline:3: RUN dd if=/dev/zero of=/big bs=1M count=200');
    expect(stderr).toMatch(/No space left on device/i);
    expect(stderr).toMatch(/\n {2}help: Free space on the engine's disk/);
    expect((await engine.api.call('GET', '/images/tcfull:1/json')).status).toBe(404);
    expect(await engine.api.ask('GET', '/containers/json?all=1')).toEqual([]);
    expect((await tcompose('up', '-d')).code).toBe(1);
    expect(await engine.api.networks('com.docker.compose.project=tcfull')).toEqual([]);
  },
);
