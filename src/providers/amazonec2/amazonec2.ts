import type { Provider, ProviderSettings } from '../provider.ts';
import { sshOf } from '../ssh-settings.ts';
import { amazonec2Flags } from './flags.ts';
import { type Ec2Settings, settingsOf } from './settings.ts';

/** Instances of Amazon EC2. The SDK is loaded when an account is connected to. */
export const amazonec2: Provider = {
  name: 'amazonec2',
  title: 'Amazon EC2',
  flags: amazonec2Flags,
  power: 'api',
  makesInstances: true,
  settings: settingsOf,
  ssh: (settings) => sshOf(typed(settings)),
  accountKey: (settings) => {
    const { region, endpoint = '', profile = '' } = typed(settings);
    return [region, endpoint, profile].join(' ');
  },
  // Also which image it is would be told, but not whether that one or just the newest was asked for.
  settingsOf: (settings, { size }) => ({
    ...settings,
    ...(size === undefined ? {} : { instanceType: size }),
  }),
  userDataPath: (settings) => typed(settings).userData,
  connect: async (settings, context) => {
    const [{ Ec2 }, { accountOf }] = await Promise.all([
      import('./client.ts'),
      import('./account.ts'),
    ]);
    return accountOf(await Ec2.connect(typed(settings), context));
  },
};

function typed(settings: ProviderSettings): Ec2Settings {
  return settings as unknown as Ec2Settings;
}
