import type { Instance, Provider } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { emptyAccount } from '../empty-account.ts';

/**
 * Only the address of an engine, as docker-machine had it: no SSH, no provisioning, and so no address of a machine.
 * Whatever the URL is, it is kept as it is: who uses it tells what is wrong with it.
 */
export const none: Provider = {
  name: 'none',
  title: 'the address of an engine',
  flags: [
    {
      name: 'url',
      type: 'string',
      summary: 'URL of host when no driver is selected',
    },
  ],
  power: 'none',
  makesInstances: false,
  settings: (values) => {
    const url = values['url'];
    if (typeof url !== 'string' || url === '') {
      throw new ProviderError('invalid', '--url option is required when no driver is selected', {
        hint: 'Give --url tcp://HOST:2375.',
      });
    }
    return { url };
  },
  ssh: () => ({ user: 'root', port: 22 }),
  connect: (settings) => {
    const url = String(settings['url']);
    const instance = (name: string): Instance => ({
      id: url,
      name,
      state: 'Running',
      tags: {},
    });
    return Promise.resolve(
      emptyAccount('hosts without a driver', {
        check: () => Promise.resolve(),
        create: ({ name }) => Promise.resolve(instance(name)),
        describe: () => Promise.resolve(instance('')),
      }),
    );
  },
};
