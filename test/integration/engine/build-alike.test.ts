import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run, type Finished } from '../../support/command.ts';
import { checkout } from '../../support/debian.ts';
import { referenceBinary } from '../../support/reference.ts';
import { startDockerRegistry, type TestRegistry } from '../../support/registry.ts';
import {
  dockerHost,
  engineApi,
  engineVersion,
  enterEngineNetwork,
} from '../../support/test-engine.ts';

const NAME = 'tcalike';
const tcompose = join(checkout, 'bin/tcompose');
let registry: TestRegistry;
let compose: string;
let folder: string;
let agent: Server;

const DOCKERFILE = `FROM busybox AS base
ARG GREETING
ARG FROM_ENV
ENV GREETING=$GREETING FROM_ENV=$FROM_ENV
RUN --mount=type=secret,id=file --mount=type=secret,id=variable \\
  cat /run/secrets/file /run/secrets/variable > /secrets
RUN --mount=type=ssh test -S $SSH_AUTH_SOCK && echo agent > /agent
RUN grep wanted.example /etc/hosts > /hosts; df /dev/shm | tail -1 | awk '{print $2}' > /shm; \\
  ulimit -n > /limit; ip link | grep -c UP > /links
RUN for file in /secrets /agent /hosts /shm /limit /links; do echo "$file: $(cat $file)"; done
FROM base AS wanted
COPY kept /kept
FROM base AS never
RUN exit 1
`;

beforeAll(async () => {
  registry = await startDockerRegistry(enterEngineNetwork, 5931);
  compose = await referenceBinary('docker-compose');
  folder = mkdtempSync(join(tmpdir(), 'tcalike-'));
  mkdirSync(join(folder, 'config/cli-plugins'), { recursive: true });
  const buildx = await referenceBinary('docker-buildx');
  symlinkSync(buildx, join(folder, 'config/cli-plugins/docker-buildx'));
  const auth = Buffer.from('bob:secret').toString('base64');
  const config = { auths: { [registry.address]: { auth } } };
  writeFileSync(join(folder, 'config/config.json'), JSON.stringify(config));
  writeFileSync(join(folder, 'Dockerfile'), DOCKERFILE);
  writeFileSync(join(folder, 'kept'), 'x');
  writeFileSync(join(folder, 'secret.txt'), 'from-file\n');
  writeFileSync(join(folder, 'compose.json'), JSON.stringify(project()));
  agent = createServer((socket) => socket.end()).listen(join(folder, 'agent.sock'));
  await once(agent, 'listening');
});

afterAll(async () => {
  agent.close();
  for (const tag of ['one', 'two']) await forget(`${registry.address}/alike:${tag}`);
  await registry[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function project(): object {
  const app = {
    image: `${registry.address}/alike:one`,
    build: {
      context: '.',
      args: { GREETING: 'two words $$x', FROM_ENV: null },
      extra_hosts: { 'wanted.example': '10.9.8.7' },
      labels: { mine: 'a=b', number: 5 },
      network: 'none',
      no_cache: true,
      secrets: ['file', { source: 'env', target: 'variable' }],
      shm_size: '32m',
      ssh: ['default'],
      tags: [`${registry.address}/alike:two`],
      target: 'wanted',
      ulimits: { nofile: { soft: 100, hard: 200 } },
    },
  };
  const secrets = { file: { file: './secret.txt' }, env: { environment: 'SECRET' } };
  return { name: NAME, services: { app }, secrets };
}

/** Runs tcompose on the project. */
function onProject(...args: string[]): Promise<Finished> {
  return launch(tcompose, ['-f', join(folder, 'compose.json'), ...args]);
}

function launch(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  return run(program, args, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      DOCKER_CONFIG: join(folder, 'config'),
      DOCKER_HOST: dockerHost,
      SSH_AUTH_SOCK: join(folder, 'agent.sock'),
      FROM_ENV: 'inherited',
      SECRET: 'from-variable',
      ...env,
    },
  });
}

async function forget(image: string): Promise<void> {
  await engineApi.call('DELETE', `/images/${image}?force=1`);
}

/** What was seen inside the build, and what came out of it. */
async function result(program: string) {
  const args = ['-f', join(folder, 'compose.json'), 'build'];
  const { code, stdout, stderr } = await launch(program, args);
  if (code !== 0) throw new Error(stderr);
  const seen = [...stdout.matchAll(/ (\/\w+: .*)$/gm)].map(([, line]) => line);
  const image = (await engineApi.ask('GET', `/images/${registry.address}/alike:one/json`)) as {
    readonly Config: { readonly Env: string[]; readonly Labels: Record<string, string> };
    readonly RepoTags: string[];
  };
  const { 'com.docker.compose.version': version, ...labels } = image.Config.Labels;
  expect(version).not.toBe('');
  return { seen, config: { ...image.Config, Labels: labels }, tags: image.RepoTags.toSorted() };
}

it('builds what Compose builds, from the same surroundings', async () => {
  const wanted = await result(compose);
  const got = await result(tcompose);
  expect(got).toEqual(wanted);
  expect(got.seen).toHaveLength(6);
  expect(got.config.Env).toContain('GREETING=two words $x');
  expect(got.config.Env).toContain('FROM_ENV=inherited');
});

it('pushes all names of what it built', async () => {
  expect((await onProject('build', '--push')).code).toBe(0);
  const services = {
    one: { image: `${registry.address}/alike:one` },
    two: { image: `${registry.address}/alike:two` },
  };
  for (const tag of ['one', 'two']) await forget(`${registry.address}/alike:${tag}`);
  writeFileSync(join(folder, 'pull.json'), JSON.stringify({ services }));
  expect(await launch(tcompose, ['-f', join(folder, 'pull.json'), 'pull'])).toMatchObject({
    code: 0,
  });
});

it('logs in with what --config names', async () => {
  const config = join(folder, 'config');
  const file = join(folder, 'compose.json');
  const env = { DOCKER_CONFIG: join(folder, 'nowhere') };
  const args = ['--config', config, '-f', file, 'build', '--push', '--quiet'];
  expect(await launch(tcompose, args, env)).toMatchObject({ code: 0 });
});

// The BuildKit inside engine 20.10 has no checks; without a network it cannot get a newer one.
const checks = engineVersion === '20.10' ? undefined : it;
checks?.('only checks when asked to', async () => {
  await forget(`${registry.address}/alike:one`);
  await forget(`${registry.address}/alike:two`);
  const { stdout, stderr } = await onProject('build', '--check');
  expect(stdout).toContain('Check complete');
  expect(stderr).not.toContain('Built');
  const there = await engineApi.call('GET', `/images/${registry.address}/alike:one/json`);
  expect(there.status).toBe(404);
});

it('tells of the build in JSON, step by step', async () => {
  const { stdout } = await onProject('--progress', 'json', 'build');
  const reports = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(reports.some((report) => 'vertexes' in report)).toBe(true);
});

it('says only what fails when quiet', async () => {
  expect(await onProject('build', '--quiet')).toMatchObject({ code: 0, stdout: '', stderr: '' });
  const failed = await onProject('build', '--quiet', '--builder', 'no-such-builder');
  expect([failed.code, failed.stdout]).toEqual([1, '']);
  expect(failed.stderr).toContain('no builder "no-such-builder" found');
});
