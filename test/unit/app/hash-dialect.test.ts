import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installedComposeVersion } from '../../../src/app/hash-dialect.ts';
import { Interrupts } from '../../../src/app/interrupts.ts';
import type { Session } from '../../../src/app/session.ts';

let home: string;
let plugins: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tcompose-dialect-'));
  plugins = join(home, '.docker/cli-plugins');
  mkdirSync(plugins, { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function program(path: string, metadata: object): string {
  writeFileSync(path, `#!/bin/sh\necho '${JSON.stringify(metadata)}'\n`, { mode: 0o755 });
  return path;
}

function installed(): Promise<string | undefined> {
  const interrupts = new Interrupts(() => {});
  const stream = { write: () => true };
  const session: Session = {
    env: { HOME: home, PATH: join(home, 'bin') },
    cwd: home,
    stdout: stream,
    stderr: stream,
    stdin: process.stdin,
    signal: interrupts.signal,
    interrupts,
    version: '1.2.3',
    programName: 'tcompose',
  };
  return installedComposeVersion(session);
}

describe('the Compose that is installed', () => {
  it('is the one that docker runs', async () => {
    program(join(plugins, 'docker-compose'), { Vendor: 'Docker Inc.', Version: 'v2.40.3' });
    expect(await installed()).toBe('2.40.3');
  });

  it('is the one that tcompose took the place of', async () => {
    symlinkSync(program(join(home, 'tcompose'), {}), join(plugins, 'docker-compose'));
    program(join(plugins, 'original-docker-compose'), { Vendor: 'Docker Inc.', Version: '2.39.0' });
    expect(await installed()).toBe('2.39.0');
  });

  it('is not tcompose under another name', async () => {
    program(join(plugins, 'docker-compose'), { Vendor: 'tcompose', Version: 'v5.5.0' });
    expect(await installed()).toBeUndefined();
  });
});
