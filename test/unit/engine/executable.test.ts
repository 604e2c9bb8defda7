import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runChild } from '../../../src/engine/child-output.ts';
import { findPlugin, findProgram } from '../../../src/engine/executable.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-programs-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function program(path: string, script = '', mode = 0o755): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, `#!/bin/sh\n${script}\n`);
  chmodSync(full, mode);
  return full;
}

describe('programs', () => {
  it('that are plugins are found where the docker command finds them', () => {
    const sources = { configDir: folder, extraDirs: [join(folder, 'extra')] };
    expect(findPlugin(sources, 'cloud-of-nobody')).toBeUndefined();
    const own = program('cli-plugins/docker-cloud');
    expect(findPlugin(sources, 'cloud')).toBe(own);
    const extra = program('extra/docker-cloud');
    expect(findPlugin(sources, 'cloud')).toBe(extra);
    expect(findPlugin(sources, '../extra/docker-cloud')).toBeUndefined();
  });

  it('are found in PATH, or at their path', () => {
    const second = program('b/cloud');
    program('a/cloud', '', 0o644);
    mkdirSync(join(folder, 'c/cloud'), { recursive: true });
    const path = ['a', 'c', 'b'].map((name) => join(folder, name)).join(':');
    expect(findProgram('cloud', { path, cwd: '/' })).toBe(second);
    expect(findProgram('./b/cloud', { path: '', cwd: folder })).toBe(second);
    expect(findProgram('./a/cloud', { path, cwd: folder })).toBeUndefined();
    expect(findProgram('cloud', { path: undefined, cwd: join(folder, 'b') })).toBeUndefined();
  });
});

describe('a child', () => {
  const call = (path: string, onOutput: (text: string) => void = () => undefined) => ({
    path,
    args: [],
    env: { PATH: process.env['PATH'] },
    cwd: folder,
    onOutput,
  });
  const forever = new AbortController().signal;

  it.each([
    ['exit 0', undefined],
    ['exit 3', 'exit status 3'],
    ['kill -9 $$', 'signal: killed'],
    ['kill -15 $$', 'signal: terminated'],
  ])('that ends by "%s"', async (script, failure) => {
    const end = await runChild(call(program('child', `echo why >&2; ${script}`)), forever);
    expect(end).toEqual({ failure, tail: 'why' });
  });

  it('that cannot be run rejects', async () => {
    await expect(runChild(call(join(folder, 'absent')), forever)).rejects.toThrow('ENOENT');
  });

  it('is ended by an abort, and gone when that is told', async () => {
    const stop = new AbortController();
    let said = '';
    const child = program(
      'child',
      'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.01; done',
    );
    const running = runChild(
      call(child, (text) => {
        said += text;
        stop.abort(new Error('no more'));
      }),
      stop.signal,
    );
    await expect(running).rejects.toThrow('no more');
    expect(said).toBe('ready\n');
  });

  it('is ended by a listener that throws', async () => {
    const child = program('child', 'echo bad; exec sleep 1000');
    const running = runChild(
      call(child, () => {
        throw new Error('not understood');
      }),
      forever,
    );
    await expect(running).rejects.toThrow('not understood');
  });
});
