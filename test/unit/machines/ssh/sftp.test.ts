import type { SFTPWrapper } from 'ssh2';
import { expect, it } from 'vitest';
import { MachineError } from '../../../../src/machines/machine-error.ts';
import { Sftp } from '../../../../src/machines/ssh/sftp.ts';
import type { SshTarget } from '../../../../src/machines/ssh/ssh-host.ts';

it('calls that are not answered fail when the channel is gone, and so do later ones', async () => {
  const { promise: gone, resolve } = Promise.withResolvers<MachineError>();
  const raw = {
    realpath: (path: string, done: (error: undefined, real: string) => void) => {
      if (path !== '/silent') done(undefined, path);
    },
  };
  const sftp = new Sftp(raw as unknown as SFTPWrapper, { title: 'web' } as SshTarget, gone);
  expect(await sftp.realPath('/a')).toBe('/a');
  const silent = sftp.realPath('/silent');
  resolve(new MachineError('connection-lost', 'cut'));
  await expect(silent).rejects.toThrow('cut');
  await expect(sftp.realPath('/a')).rejects.toThrow('cut');
});

it('calls that were open when the channel ended say why it ended, which is known later', async () => {
  const { promise: gone, resolve } = Promise.withResolvers<MachineError>();
  const unanswered = (_path: string, done: (error: Error) => void): void =>
    done(new Error('No response from server'));
  const raw = { realpath: unanswered, stat: unanswered };
  const sftp = new Sftp(raw as unknown as SFTPWrapper, { title: 'web' } as SshTarget, gone);
  const asked = [sftp.realPath('/a'), sftp.kind('/a')];
  setImmediate(() => resolve(new MachineError('connection-lost', 'cut')));
  for (const call of asked) await expect(call).rejects.toThrow('cut');
});
