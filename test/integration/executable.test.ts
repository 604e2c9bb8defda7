import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { run } from '../support/command.ts';
import { checkout } from '../support/debian.ts';
import { dockerHost } from '../support/test-engine.ts';

const folder = mkdtempSync(join(tmpdir(), 'tcompose-executable-'));
const installed = join(folder, 'tcompose');
symlinkSync(join(checkout, 'dist/bin/tcompose'), installed);
writeFileSync(
  join(folder, 'compose.yaml'),
  'name: executable\nservices:\n  web: {image: test-idle}\n',
);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Nothing of this machine but the executable: no Node, no PATH. */
function alone(...args: readonly string[]): ReturnType<typeof run> {
  const env = { DOCKER_HOST: dockerHost, HOME: folder, PATH: '' };
  return run(installed, args, { cwd: folder, env });
}

it('runs a project where there is no Node', async () => {
  expect(await alone('--version')).toMatchObject({ code: 0, stderr: '' });
  expect((await alone('config')).stdout).toContain('image: test-idle');
  const started = await alone('up', '-d');
  expect(started).toMatchObject({ code: 0 });
  const rows = await alone('ps', '--format', '{{.Name}} {{.State}}');
  const removed = await alone('down', '-t', '5');
  expect(rows.stdout).toBe('executable-web-1 running\n');
  expect(removed).toMatchObject({ code: 0 });
});

it('is a plugin of docker under the name of one', async () => {
  const plugin = join(folder, 'docker-compose');
  symlinkSync(join(checkout, 'dist/bin/tcompose'), plugin);
  const env = { DOCKER_HOST: dockerHost, HOME: folder, PATH: '' };
  const metadata = await run(plugin, ['docker-cli-plugin-metadata'], { cwd: folder, env });
  expect(JSON.parse(metadata.stdout)).toMatchObject({ SchemaVersion: '0.1.0', Vendor: 'tcompose' });
  const version = await run(plugin, ['version', '--short'], { cwd: folder, env });
  expect(version.stdout).toMatch(/^5\./);
});

it('passes on what it is given and how it ended', async () => {
  const failed = await alone('-f', 'absent.yaml', 'config');
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('absent.yaml');
  const variables = await alone('--env-file', 'absent.env', 'config');
  expect(variables).toMatchObject({ code: 1 });
  expect(variables.stderr).toContain("couldn't find env file: ");
});
