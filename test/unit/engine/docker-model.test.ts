import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDockerModel } from '../../../src/engine/model/docker-model.ts';
import { isAtLeast } from '../../../src/engine/plugin-version.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-models-'));
  mkdirSync(join(folder, 'cli-plugins'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const sources = () => ({
  configDir: folder,
  extraDirs: [],
  env: { PATH: process.env['PATH'] },
  cwd: folder,
});

/** A plugin of this version that answers with these lines of shell. */
function plugin(version: string, answers: string) {
  const path = join(folder, 'cli-plugins/docker-model');
  const script = `case "$1" in docker-cli-plugin-metadata) echo '{"Version":"${version}"}';; ${answers} *) echo "$*" >> calls;; esac`;
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return openDockerModel(sources(), new AbortController().signal);
}

const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
const quiet = (): void => undefined;
const model = { model: 'ai/x', context_size: 10, runtime_flags: ['--a', 'b'] };

describe('the plugin for models', () => {
  it('is named with how to get it where it is missing', () => {
    expect(() => openDockerModel(sources(), new AbortController().signal)).toThrow(
      "'models' support requires Docker Model plugin",
    );
  });

  it.each([
    ['v1.0.6', ['pull ai/x', 'configure --context-size 10 ai/x -- --a b']],
    ['v1.0.5', ['pull ai/x', 'configure --context-size 10 ai/x']],
  ])('%s gets flags for the runtime from 1.0.6 on', async (version, expected) => {
    await plugin(version, "ls) echo '[]';;").prepare('x', model, quiet);
    expect(calls()).toEqual(expected);
  });

  it('does not pull what is there, and pulls where it cannot tell', async () => {
    const there = `ls) echo '[{"tags":["ai/x"]},{"tags":null}]';;`;
    await plugin('1', there).prepare('x', { model: 'ai/x' }, quiet);
    expect(calls()).toEqual(['configure ai/x']);
    await plugin('1', 'ls) exit 1;;').prepare('x', { model: 'ai/x' }, quiet);
    expect(calls()).toEqual(['configure ai/x', 'pull ai/x', 'configure ai/x']);
  });

  it('tells where models are, or why not', async () => {
    const status = `status) echo '{"endpoint":"http://m/"}';;`;
    expect(await plugin('1', status).endpoint()).toBe('http://m/');
    await expect(plugin('1', 'status) echo no;;').endpoint()).rejects.toThrow('is no JSON');
    await expect(plugin('1', 'status) exit 2;;').endpoint()).rejects.toThrow(
      'error checking docker-model status: exit status 2',
    );
  });
});

it.each([
  ['1.0.6', true],
  ['1.1', true],
  ['2.0.0', true],
  ['1.0.5', false],
  ['0.9.9', false],
  ['1.0', false],
])('%s is at least 1.0.6: %s', (version, expected) => {
  expect(isAtLeast(version, [1, 0, 6])).toBe(expected);
});
