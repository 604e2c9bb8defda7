import { expect, it } from 'vitest';
import { examine } from '../../../../src/machines/provision/doctor.ts';
import type { SshHost } from '../../../../src/machines/ssh/ssh-host.ts';

it('a user without a shell is a fault, not only a reason to look no further', async () => {
  const host = {
    target: { title: 'web', address: '192.0.2.7', port: 22, user: 'backup' },
    connect: () => Promise.resolve(),
    run: () => Promise.resolve({ code: 1, stdout: 'only backups here\n', stderr: '' }),
    forward: () => Promise.reject(new Error('refused')),
  } as unknown as SshHost;
  const { signal } = new AbortController();
  const { status, checks } = await examine({ machine: 'web', host, now: 0, signal });
  expect(status).toBe('fail');
  const [fault, ...others] = checks.filter((check) => check.status === 'fail');
  expect(others).toEqual([]);
  expect(fault?.detail).toContain('it says: only backups here');
  expect(fault?.advice).toContain('backup');
});
