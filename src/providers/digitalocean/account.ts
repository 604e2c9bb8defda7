import type { Account, ProviderContext } from '../provider.ts';
import { isProviderError, ProviderError } from '../provider-error.ts';
import { checkCreation } from './check.ts';
import { choicesOf } from './choices.ts';
import { DigitalOceanClient } from './client.ts';
import { createDroplet } from './create.ts';
import { instanceOf, isTagged, storeWord } from './droplet.ts';
import { admit } from './firewall.ts';
import { removeResource, resourcesOf } from './resources.ts';
import type { Action, Droplet } from './model.ts';
import { onceFree } from './once-free.ts';
import type { DigitalOceanSettings } from './settings.ts';

/** Milliseconds between looks at an action, and after which it is given up. */
const INTERVAL = 1500;
const ACTION_TIMEOUT = 180_000;

type ActionType = 'power_on' | 'shutdown' | 'power_off' | 'reboot';

/** An account of DigitalOcean; no call is made yet. */
export function openAccount(
  settings: DigitalOceanSettings,
  token: string,
  context: ProviderContext,
): Account {
  const client = new DigitalOceanClient(token, context);
  const place = { client, settings, context };
  const act = (id: string, type: ActionType): Promise<void> => runAction(place, id, type);
  return {
    check: (request) => checkCreation(client, settings, context, request),
    create: (request) => createDroplet(place, request),
    list: async (tags) => {
      const query = { tag_name: storeWord(tags) };
      const droplets = await client.list<Droplet>('/v2/droplets', 'droplets', query);
      return droplets.filter((droplet) => isTagged(droplet, tags)).map(instanceOf);
    },
    describe: async (id) => {
      const found = await client.find<{ droplet: Droplet }>(`/v2/droplets/${id}`);
      return found === undefined ? undefined : instanceOf(found.droplet);
    },
    start: (id) => act(id, 'power_on'),
    stop: (id, { force }) => act(id, force ? 'power_off' : 'shutdown'),
    restart: (id) => act(id, 'reboot'),
    resources: (tags) => resourcesOf(place, tags),
    remove: (resource) => removeResource(place, resource),
    admit: (tags) => admit(place, tags),
    choices: (kind) => choicesOf(client, kind, settings.region),
    close: () => undefined,
  };
}

/** Posts an action and follows it to its end; that the droplet is in that state already is no failure. */
async function runAction(
  {
    client,
    context: { clock, signal },
  }: { readonly client: DigitalOceanClient; readonly context: ProviderContext },
  id: string,
  type: ActionType,
): Promise<void> {
  const path = `/v2/droplets/${id}/actions`;
  let action: Action;
  try {
    const call = { method: 'POST', path, body: { type }, repeatable: true } as const;
    action = (await onceFree({ clock, signal }, () => client.call<{ action: Action }>(call)))
      .action;
  } catch (error) {
    if (isProviderError(error, 'invalid') && /already powered (on|off)/i.test(error.message))
      return;
    throw error;
  }
  const hint =
    type === 'shutdown' ? 'The system in it does not react; kill it instead.' : 'Try again.';
  const deadline = clock.now() + ACTION_TIMEOUT;
  while (action.status === 'in-progress') {
    if (clock.now() >= deadline) {
      throw new ProviderError('failed', `${type} of the droplet ${id} has not ended in time`, {
        hint,
      });
    }
    await clock.sleep(INTERVAL, signal);
    action = (await client.get<{ action: Action }>(`/v2/actions/${action.id}`)).action;
  }
  if (action.status === 'errored') {
    throw new ProviderError('failed', `DigitalOcean could not ${type} the droplet ${id}`, { hint });
  }
}
