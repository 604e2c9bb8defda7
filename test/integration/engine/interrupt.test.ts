import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run, type Finished } from '../../support/command.ts';
import { checkout } from '../../support/debian.ts';
import { referenceBinary } from '../../support/reference.ts';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';
import { dockerHost, engineApi, enterEngineNetwork } from '../../support/test-engine.ts';

const NAME = 'tcinterrupt';
/** In the command line of a build step, and nowhere else on this machine. */
const MARK = 61_000 + (process.pid % 1000);
let registry: TestRegistry;
let buildx: string;
let folder: string;

beforeAll(async () => {
  registry = await startRegistry(enterEngineNetwork, 5921);
  buildx = await referenceBinary('docker-buildx');
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcinterrupt-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Runs tcompose and interrupts it as soon as it has written `after`. */
function interrupted(
  services: object,
  args: readonly string[],
  { after, env }: { readonly after: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Finished> {
  const file = join(folder, 'compose.json');
  writeFileSync(file, JSON.stringify({ name: NAME, services }));
  const base = { PATH: process.env['PATH'], HOME: folder, DOCKER_HOST: dockerHost };
  return run(join(checkout, 'bin/tcompose'), ['-f', file, ...args], {
    cwd: folder,
    env: { ...base, DOCKER_CONFIG: join(folder, 'config'), TMPDIR: folder, ...env },
    signals: [{ after, signal: 'SIGINT' }],
    timeout: 60_000,
  });
}

/** Command lines on this machine, engines included, that contain a text. */
function processes(text: string): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(text));
}

async function eventuallyNone(text: string): Promise<string[]> {
  const deadline = performance.now() + 20_000;
  while (processes(text).length > 0 && performance.now() < deadline) await delay(50);
  return processes(text);
}

async function images(): Promise<unknown> {
  const filters = { label: [`com.docker.compose.project=${NAME}`] };
  return engineApi.ask(
    'GET',
    `/images/json?filters=${encodeURIComponent(JSON.stringify(filters))}`,
  );
}

describe.each(['classic', 'bake'])('interrupting the %s builder', (builder) => {
  it('ends everything that was at work and leaves no image', async () => {
    const plugins = join(folder, 'config/cli-plugins');
    mkdirSync(plugins, { recursive: true });
    symlinkSync(buildx, join(plugins, 'docker-buildx'));
    const dockerfile_inline = `FROM busybox\nRUN echo begun-$((40+2)); sleep ${MARK}\n`;
    const { code, stdout, stderr } = await interrupted(
      { app: { build: { dockerfile_inline }, image: `${NAME}:1` } },
      ['build'],
      { after: 'begun-42', env: { DOCKER_BUILDKIT: builder === 'bake' ? '1' : '0' } },
    );
    expect([code, stdout]).toEqual([130, expect.stringContaining('begun-42')]);
    expect(stderr).not.toMatch(/Built|Error|internal error/);
    expect(await eventuallyNone(`sleep ${MARK}`)).toEqual([]);
    expect(processes(folder)).toEqual([]);
    expect(readdirSync(folder).filter((entry) => entry.startsWith('tcompose-'))).toEqual([]);
    expect(await images()).toEqual([]);
    expect((await engineApi.call('GET', `/images/${NAME}:1/json`)).status).toBe(404);
  });
});

describe('interrupting transfers', () => {
  it('stops a pull and leaves no image', async () => {
    const image = `${registry.address}/stuck:1`;
    const { code, stderr } = await interrupted({ app: { image } }, ['pull'], { after: 'Pulling' });
    expect(code).toBe(130);
    expect(stderr).toBe(` Image ${image} Pulling \n Image ${image} Interrupted \n`);
    expect((await engineApi.call('GET', `/images/${image}/json`)).status).toBe(404);
  });

  it('stops the pulls of up before anything is created', async () => {
    const image = `${registry.address}/stuck:1`;
    const { code } = await interrupted({ app: { image } }, ['up', '-d'], { after: 'Pulling' });
    expect(code).toBe(130);
    expect(await engineApi.containers([`com.docker.compose.project=${NAME}`])).toEqual([]);
    expect(await engineApi.networks(`com.docker.compose.project=${NAME}`)).toEqual([]);
  });

  it('stops a push', async () => {
    const image = `${registry.address}/stuck:1`;
    await engineApi.ask('POST', `/images/busybox/tag?repo=${registry.address}/stuck&tag=1`);
    const { code, stderr } = await interrupted({ app: { image, build: '.' } }, ['push'], {
      after: 'Pushing',
    });
    expect([code, stderr]).toEqual([130, ` ${image} Pushing \n ${image} Interrupted \n`]);
    await engineApi.ask('DELETE', `/images/${image}`);
  });
});
