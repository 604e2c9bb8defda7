/** A provider of servers that are there already, as `generic` is. */
import type { Provider } from '../../src/providers/provider.ts';
import { ProviderError } from '../../src/providers/provider-error.ts';

function refuse(): Promise<never> {
  return Promise.reject(new ProviderError('failed', 'nothing is made here'));
}

export const existingHosts: Provider = {
  name: 'existing',
  title: 'Existing',
  flags: [
    { name: 'existing-address', type: 'string', summary: 'address' },
    { name: 'existing-port', type: 'int', default: '22', summary: 'port' },
    { name: 'existing-tags', type: 'list', summary: 'tags' },
    {
      name: 'existing-password',
      type: 'string',
      summary: 'secret',
      secret: true,
      env: ['PASSWORD'],
    },
  ],
  power: 'ssh',
  makesInstances: false,
  settings: (values) => {
    const address = values['existing-address'];
    if (address === undefined) throw new ProviderError('invalid', 'an address is missing');
    return { address, port: values['existing-port'], tags: values['existing-tags'] };
  },
  ssh: () => ({ user: 'ada', port: 22 }),
  connect: (settings) => {
    const address = settings['address'] as string;
    const instance = { id: address, name: '', state: 'Running', address, tags: {} } as const;
    return Promise.resolve({
      check: () => Promise.resolve(),
      create: ({ name }) => Promise.resolve({ ...instance, name }),
      list: () => Promise.resolve([]),
      describe: () => Promise.resolve(instance),
      start: refuse,
      stop: refuse,
      restart: refuse,
      resources: () => Promise.resolve([]),
      remove: refuse,
      choices: () => Promise.resolve([]),
      close: () => undefined,
    });
  },
};
