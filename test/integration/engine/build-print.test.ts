import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { run, type Finished } from '../../support/command.ts';
import { checkout } from '../../support/debian.ts';
import { referenceBinary } from '../../support/reference.ts';

const folder = join(checkout, 'test/integration/engine/bake');
let compose: string;

beforeAll(async () => {
  compose = await referenceBinary('docker-compose');
});

/** Printing needs no engine, so there is none. */
function print(program: string, args: readonly string[]): Promise<Finished> {
  return run(program, ['build', '--print', ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: '/nowhere',
      DOCKER_HOST: 'unix:///nowhere/docker.sock',
      X: 'val',
    },
  });
}

/** What differs between tools, and what Compose prints in another order each time. */
function settled(text: string): string {
  const [before = '', group = '', after = ''] = text.split(/("targets": \[[^\]]*\])/);
  const targets = [...group.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name).toSorted();
  const version = after.replaceAll(/("com.docker.compose.version": )"[^"]*"/g, '$1"V"');
  return `${before}${JSON.stringify(targets)}${version}`;
}

it.each<readonly string[][]>([
  [[]],
  [['every']],
  [['inline']],
  [['--with-dependencies', 'inline']],
  [['--push', 'abs', 'twin', 'shm0']],
  [['--check', '--pull', '--no-cache', 'dep']],
  [['--ssh', 'default', 'dep']],
  [['--ssh=', 'dep']],
  [['--build-arg', 'X', '--build-arg', 'Q=2', '--build-arg', 'UNSET', 'shm0']],
  [['hid']],
  [['img']],
])('build --print %j prints what Compose prints', async (args) => {
  const wanted = await print(compose, args);
  const got = await print(join(checkout, 'bin/tcompose'), args);
  expect(wanted.code).toBe(0);
  expect(settled(got.stdout)).toBe(settled(wanted.stdout));
  expect(got.code).toBe(0);
});

it('says when there is nothing to build', async () => {
  const { stdout, stderr } = await print(join(checkout, 'bin/tcompose'), ['img']);
  expect([stdout, stderr]).toEqual(['', 'warning: No services to build\n']);
});
