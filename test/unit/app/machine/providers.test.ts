import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { providersOf } from '../../../../src/app/machine/providers.ts';
import type { Session } from '../../../../src/app/session.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tcompose-providers-'))));
afterEach(() => rmSync(folder, { recursive: true }));

it('a provider that is a program is asked who it is once, however many machines it has', async () => {
  const log = join(folder, 'log');
  writeFileSync(
    join(folder, 'tcompose-provider-mine'),
    `#!/bin/sh\necho started >>${log}\nread line\necho '{"id":1,"result":{"protocol":1,"title":"Mine","power":"api"}}'\n`,
    { mode: 0o755 },
  );
  const signal = new AbortController().signal;
  const session = { env: { PATH: folder }, cwd: '/', signal } as unknown as Session;
  const provider = providersOf(session);
  const found = await Promise.all(['mine', 'mine', 'none'].map((name) => provider(name)));
  expect(found.map(({ title }) => title)).toEqual(['Mine', 'Mine', 'the address of an engine']);
  expect(readFileSync(log, 'utf8')).toBe('started\n');
  await expect(provider('nobody')).rejects.toThrow('Driver "nobody" not found');
});
