import type { ProviderContext } from '../provider.ts';
import type { DigitalOceanClient } from './client.ts';
import type { DigitalOceanSettings } from './settings.ts';

/** What work on an account needs. */
export interface Place {
  readonly client: DigitalOceanClient;
  readonly settings: DigitalOceanSettings;
  readonly context: ProviderContext;
}
