import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { helperRunner, withDefaultStore } from '../../../src/engine/pull/credential-helper.ts';

let folder: string;
const { signal } = new AbortController();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-helper-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function install(program: string, script = 'exit 0'): void {
  writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, program), 0o755);
}

describe('running a credential helper', () => {
  const env = (): Record<string, string> => ({
    PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
    GREETING: 'hi',
  });

  it('gives it the registry, the environment and nothing of the terminal', async () => {
    install('docker-credential-x', 'echo "$GREETING $1 $(cat)"; exit 4');
    const done = await helperRunner(env(), signal)('docker-credential-x', ['get'], 'q.io');
    expect(done).toEqual({ code: 4, stdout: 'hi get q.io\n' });
  });

  it('says what to do when it is not installed', async () => {
    const run = helperRunner(env(), signal);
    await expect(run('docker-credential-none', ['get'], 'q.io')).rejects.toMatchObject({
      kind: 'unauthorized',
      message: 'error getting credentials: cannot run docker-credential-none',
      hint: expect.stringContaining('install docker-credential-none'),
    });
  });

  it('ends it when the user has had enough', async () => {
    install('docker-credential-slow', 'echo started; exec sleep 60');
    const stop = new AbortController();
    const running = helperRunner(env(), stop.signal)('docker-credential-slow', ['get'], '');
    stop.abort();
    await expect(running).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the credential helper of the platform', () => {
  const choose = (config: object, platform: NodeJS.Platform = 'linux'): string | undefined =>
    withDefaultStore<{ credsStore?: string }>(config, { PATH: folder }, platform).credsStore;

  it('is used when it is installed and nothing else is configured', () => {
    expect(choose({})).toBeUndefined();
    install('docker-credential-secretservice');
    expect(choose({})).toBe('secretservice');
    install('pass');
    expect(choose({})).toBeUndefined();
    install('docker-credential-pass');
    expect(choose({ auths: {} })).toBe('pass');
    install('docker-credential-osxkeychain');
    expect(choose({}, 'darwin')).toBe('osxkeychain');
  });

  it('is not used beside other credentials', () => {
    install('docker-credential-secretservice');
    expect(choose({ credsStore: 'own' })).toBe('own');
    expect(choose({ auths: { 'q.io': {} } })).toBeUndefined();
    expect(choose({ credHelpers: { 'q.io': 'q' } })).toBeUndefined();
  });
});
