import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseHashes } from '../../../src/app/hashes.ts';
import { Interrupts } from '../../../src/app/interrupts.ts';
import type { Session } from '../../../src/app/session.ts';
import { LABEL } from '../../../src/compose/labels.ts';
import { image, nothing, project, running } from '../scheduler/sample.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tcompose-hashes-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function session(): Session {
  const interrupts = new Interrupts(() => {});
  const stream = { write: () => true };
  return {
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
}

function install(version: string): void {
  mkdirSync(join(home, 'bin'));
  const metadata = JSON.stringify({ Vendor: 'Docker Inc.', Version: version });
  const script = `#!/bin/sh\necho asked >>${home}/asked\necho '${metadata}'\n`;
  writeFileSync(join(home, 'bin/docker-compose'), script, { mode: 0o755 });
}

const of = project({ web: {} });
const withIndex = { ...image('content'), id: 'sha256:index' };

/** What the label of a new container says, where this version made those that are there. */
async function label(version?: string): Promise<string> {
  const labels = { ...running(of, 'web').labels, [LABEL.version]: version ?? '0.1.0' };
  const observed = { ...nothing, containers: [running(of, 'web', { labels })] };
  return (await chooseHashes({ session: session() }, of, observed)).image(withIndex);
}

describe('the label that names an image with more than its content', () => {
  it.each([
    ['2.40.3', 'sha256:index'],
    ['5.0.0', 'sha256:index'],
    ['5.3.1', 'sha256:index'],
    ['5.4.0', 'sha256:content'],
    ['v5.10', 'sha256:content'],
    ['6', 'sha256:content'],
  ])('is what Compose %s writes where it made the other containers', async (version, expected) => {
    install('2.20.0');
    expect(await label(version)).toBe(expected);
  });

  it.each([
    ['v2.40.3', 'sha256:index'],
    ['v5.5.0', 'sha256:content'],
  ])('is what the installed Compose %s writes otherwise', async (version, expected) => {
    install(version);
    expect(await label()).toBe(expected);
  });

  it('is what any Compose of a distribution understands where there is none', async () => {
    expect(await label()).toBe('sha256:index');
  });
});
