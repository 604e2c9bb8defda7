import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Finished, run } from '../support/command.ts';
import { checkout } from '../support/debian.ts';
import { referenceBinary } from '../support/reference.ts';

const launcher = join(checkout, 'bin/tcompose');
const docker = await referenceBinary('docker');
const foreign = await referenceBinary('docker-compose');

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tcompose-plugin-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const plugins = () => join(home, '.docker/cli-plugins');
const plugin = () => join(plugins(), 'docker-compose');
const original = () => join(plugins(), 'original-docker-compose');

function environment(): Record<string, string> {
  return { HOME: home, PATH: `${dirname(docker)}:/usr/bin:/bin` };
}

function install(...flags: readonly string[]): Promise<Finished> {
  return run(launcher, ['install-plugin', ...flags], { env: environment(), timeout: 60_000 });
}

/** The version of what `docker compose` runs. */
async function version(word = 'compose'): Promise<string> {
  const done = await run(docker, [word, 'version', '--short'], { env: environment() });
  return done.stdout.trim();
}

describe('install-plugin', () => {
  it('makes docker run tcompose, and changes nothing the second time', async () => {
    const first = await install();
    expect(first.stdout).toContain(`Linked ${plugin()} to ${launcher}\n`);
    expect(first.stdout).toContain('docker compose is tcompose now, version 5.');
    expect(first.code).toBe(0);
    expect(await version()).toMatch(/\+tcompose\./);

    const { ino } = lstatSync(plugin());
    const second = await install();
    expect(second.stdout).toContain(`${plugin()} is tcompose already\n`);
    expect(second.code).toBe(0);
    expect(lstatSync(plugin()).ino).toBe(ino);
  });

  it('can be another word of docker', async () => {
    const done = await install('--as', 'tcompose');
    expect(done.stdout).toContain('docker tcompose is tcompose now');
    expect(await version('tcompose')).toMatch(/^\d+\.\d+\.\d+$/);
    expect(existsSync(plugin())).toBe(false);
  });

  it('leaves another program alone unless it is forced, and gives it back', async () => {
    mkdirSync(plugins(), { recursive: true });
    symlinkSync(foreign, plugin());
    const refused = await install();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${plugin()} is there already and is not tcompose`);
    expect(readlinkSync(plugin())).toBe(foreign);

    const forced = await install('--force');
    expect(forced.stdout).toContain(`Kept ${plugin()} as ${original()}\n`);
    expect(forced.code).toBe(0);
    expect(await version()).toMatch(/\+tcompose\./);

    const removed = await install('--uninstall');
    expect(removed.stdout).toBe(`Removed ${plugin()}\nPut back ${plugin()}\n`);
    expect(readdirSync(plugins())).toEqual(['docker-compose']);
    expect(await version()).toMatch(/^2\.40\./);
  });

  it('never loses what an earlier --force kept', async () => {
    mkdirSync(plugins(), { recursive: true });
    symlinkSync(foreign, original());
    writeFileSync(plugin(), 'another one');
    const refused = await install('--force');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`${original()}, which an earlier --force kept`);
    expect(readlinkSync(original())).toBe(foreign);
  });

  it('takes the place of another tcompose', async () => {
    mkdirSync(plugins(), { recursive: true });
    const other = join(home, 'tcompose');
    writeFileSync(other, '#!/bin/sh\n', { mode: 0o755 });
    symlinkSync(other, plugin());
    const done = await install();
    expect(done.code).toBe(0);
    expect(readlinkSync(plugin())).toBe(launcher);
  });

  it.each([
    ['--dry-run', 'Would link'],
    ['--dry-run --uninstall', 'is not there: nothing to do'],
  ])('with %s only tells', async (flags, told) => {
    const done = await install(...flags.split(' '));
    expect(done.stdout).toContain(told);
    expect(done.code).toBe(0);
    expect(existsSync(plugins())).toBe(false);
  });

  it('removes nothing that is not tcompose', async () => {
    mkdirSync(plugins(), { recursive: true });
    symlinkSync(foreign, plugin());
    const done = await install('--uninstall');
    expect(done.code).toBe(1);
    expect(done.stderr).toContain(`${plugin()} is not tcompose`);
    expect(readlinkSync(plugin())).toBe(foreign);
  });

  it('tells which plugin docker prefers', async () => {
    const preferred = join(home, 'preferred');
    mkdirSync(preferred);
    symlinkSync(foreign, join(preferred, 'docker-compose'));
    mkdirSync(join(home, '.docker'));
    writeFileSync(
      join(home, '.docker/config.json'),
      JSON.stringify({ cliPluginsExtraDirs: [preferred] }),
    );
    const done = await install();
    expect(done.code).toBe(1);
    expect(done.stderr).toMatch(/docker compose does not run this tcompose: it is version 2\.40/);
    expect(done.stderr).toContain(join(preferred, 'docker-compose'));
  });

  it('works without docker, and says that it is missing', async () => {
    const done = await run(launcher, ['install-plugin'], {
      env: { HOME: home, PATH: dirname(process.execPath) },
    });
    expect(done.stdout).toContain('The docker command is not on PATH');
    expect(done.code).toBe(0);
  });
});
