import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { providerSettings } from '../../../../src/app/machine/provider-settings.ts';
import type { Session } from '../../../../src/app/session.ts';

it.each([
  ['what ssh_config says of the host', {}, {}, { sshUser: 'deploy', sshPort: 2200 }],
  [
    'flags first',
    { 'generic-ssh-user': 'me', 'generic-ssh-port': 22 },
    {},
    { sshUser: 'me', sshPort: 22 },
  ],
  ['variables first', {}, { GENERIC_SSH_USER: 'me' }, { sshUser: 'me', sshPort: 2200 }],
  [
    'defaults for other hosts',
    { 'generic-ip-address': '10.0.0.1' },
    {},
    { sshUser: 'root', sshPort: 22 },
  ],
])('a server is reached by %s', async (_case, given, variables, expected) => {
  const home = mkdtempSync(join(tmpdir(), 'tcompose-settings-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, '.ssh'));
  writeFileSync(join(home, '.ssh', 'config'), 'Host prod-*\n  User deploy\n  Port 2200\n');
  const session = { env: { HOME: home, ...variables }, cwd: home } as unknown as Session;
  const flags = { 'generic-ip-address': 'prod-1', ...given };
  const { settings } = await providerSettings(session, 'generic', flags);
  expect(settings).toMatchObject(expected);
});
