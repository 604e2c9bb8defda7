import type { Provider, ProviderSettings } from '../provider.ts';
import { sshOf } from '../ssh-settings.ts';
import { noToken } from './failure.ts';
import { digitaloceanFlags } from './flags.ts';
import { type DigitalOceanSettings, settingsOf } from './settings.ts';

/** Droplets of DigitalOcean, by its API over plain HTTP. */
export const digitalocean: Provider = {
  name: 'digitalocean',
  title: 'DigitalOcean',
  flags: digitaloceanFlags,
  power: 'api',
  makesInstances: true,
  settings: settingsOf,
  ssh: (settings) => sshOf(typed(settings)),
  // Regions are no borders here; the token says which account it is.
  accountKey: () => '',
  // Also which image it is would be told, but not whether that one or just the newest was asked for.
  settingsOf: (settings, { region, size }) => ({
    ...settings,
    ...(region === undefined ? {} : { region }),
    ...(size === undefined ? {} : { size }),
  }),
  userDataPath: (settings) => typed(settings).userData,
  connect: async (settings, context) => {
    const { DIGITALOCEAN_ACCESS_TOKEN: first, DIGITALOCEAN_TOKEN: second } = context.env;
    const token = first === undefined || first === '' ? second : first;
    if (token === undefined || token === '') throw noToken();
    const { openAccount } = await import('./account.ts');
    return openAccount(typed(settings), token, context);
  },
};

function typed(settings: ProviderSettings): DigitalOceanSettings {
  return settings as unknown as DigitalOceanSettings;
}
