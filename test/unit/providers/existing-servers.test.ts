import { describe, expect, it } from 'vitest';
import { generic } from '../../../src/providers/generic/generic.ts';
import { none } from '../../../src/providers/none/none.ts';
import { creation, providerContext } from '../../support/provider-bench.ts';

describe('hosts that are there already', () => {
  it('generic: the address is the machine, and its power is not ours', async () => {
    const account = await generic.connect({ address: '192.0.2.1' }, providerContext({}));
    const instance = await account.create(creation('web', {}));
    expect(instance).toMatchObject({ name: 'web', state: 'Running', address: '192.0.2.1' });
    await expect(account.stop(instance.id, { force: true })).rejects.toMatchObject({
      message: 'generic driver does not support kill',
    });
    expect(await account.resources({})).toEqual([]);
    expect(await account.remove({ kind: 'instance', id: instance.id })).toBe(true);
  });

  it('generic: a key that is missing is told before anything is done', async () => {
    const settings = { address: 'h', sshKey: '/nonexistent' };
    const account = await generic.connect(settings, providerContext({}));
    await expect(account.check(creation('web', settings))).rejects.toMatchObject({
      message: expect.stringContaining('--generic-ssh-key: cannot read /nonexistent') as string,
    });
  });

  it.each(['tcp://192.0.2.1:2376', 'unix:///var/run/docker.sock', 'nowhere'])(
    'none: %s is kept as it is, and no address of a machine',
    async (url) => {
      const account = await none.connect({ url }, providerContext({}));
      const instance = await account.create(creation('x', { url }));
      expect(instance).toEqual({ id: url, name: 'x', state: 'Running', tags: {} });
    },
  );
});
