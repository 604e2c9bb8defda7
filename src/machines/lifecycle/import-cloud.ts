import { MACHINE_TAG, STORE_TAG, TAG, TAG_VALUE } from '../../providers/machine-tags.ts';
import type { Instance, Provider } from '../../providers/provider.ts';
import type { MachineContext } from '../machine-context.ts';
import { STORE_VERSION, type MachineRecord } from '../store/machine-record.ts';
import { withAccount, type ProviderChoice } from './accounts.ts';
import { absolutePath } from './create-begin.ts';
import { DEFAULT_ENGINE } from './create-request.ts';
import { IMPORT_LOCK, importedToken, importOfOne, type ImportedMachine } from './imported.ts';

/**
 * Rebuilds records of machines from the tags at an account: of machines of this store whose records were lost, and
 * of those that colleagues have made. Our keys are let in once they have run `machine authorize`.
 */
export async function importFromCloud(
  context: MachineContext,
  choice: ProviderChoice,
  names?: readonly string[],
): Promise<readonly ImportedMachine[]> {
  const { store } = context;
  await store.checkWritable();
  const provider = await context.provider(choice.provider);
  const own = await store.id();
  const instances = await withAccount(context, choice, (account) =>
    account.list({ [TAG]: TAG_VALUE }),
  );
  const records = (await store.list()).flatMap((machine) =>
    'record' in machine ? [machine.record] : [],
  );
  const known = new Set(records.map(({ instanceId }) => instanceId));
  const imported: ImportedMachine[] = [];
  for (const instance of instances) {
    const name = instance.tags[MACHINE_TAG] ?? instance.name;
    if (names !== undefined && !names.includes(name)) continue;
    if (known.has(instance.id)) continue;
    const found = { provider, choice, instance, name, own };
    imported.push(await importOfOne(context, name, () => importInstance(context, found)));
  }
  for (const name of names ?? []) {
    if (imported.some((each) => each.name === name)) continue;
    const there = records.find((record) => record.name === name && record.instanceId !== undefined);
    const reason = instances.some(({ id }) => id === there?.instanceId)
      ? 'it is in the store already'
      : 'the account has no such machine';
    imported.push({ name, done: false, reason });
  }
  return imported;
}

interface Found {
  readonly provider: Provider;
  readonly choice: ProviderChoice;
  readonly instance: Instance;
  readonly name: string;
  /** Id of our store. */
  readonly own: string;
}

async function importInstance(context: MachineContext, found: Found): Promise<ImportedMachine> {
  const { provider, choice, instance, name, own } = found;
  const { user, port, keyPath } = provider.ssh(choice.settings);
  const key =
    keyPath === undefined ? undefined : absolutePath(keyPath, context.providerContext.home);
  const options = { create: true, timeout: IMPORT_LOCK, signal: context.signal };
  return context.store.withMachine(name, options, async (folder): Promise<ImportedMachine> => {
    if ((await folder.read()) !== undefined) {
      const reason = `another machine of this name is in the store (this one is ${instance.id}; TCOMPOSE_HOME=FOLDER names another store)`;
      return { name, done: false, reason };
    }
    const taggedBy = instance.tags[STORE_TAG] ?? own;
    const record: MachineRecord = {
      version: STORE_VERSION,
      name,
      provider: provider.name,
      settings: provider.settingsOf?.(choice.settings, instance) ?? choice.settings,
      phase: 'ready',
      instanceId: instance.id,
      ...(instance.address === undefined ? {} : { address: instance.address }),
      // The first connection decides about the host key: whoever made it does not tell it by tags.
      ssh: { user, port, hostKeyAlias: name, ...(key === undefined ? {} : { key }) },
      engine: DEFAULT_ENGINE,
      token: importedToken(instance.id),
      createdAt: instance.createdAt ?? new Date(context.clock.now()).toISOString(),
      madeBy: context.version,
      ...(taggedBy === own ? {} : { taggedBy }),
    };
    await folder.write(record);
    return { name, done: true, record, remark: remarkOf(record) };
  });
}

/** Who gets in, and how: keys are nowhere in an account. */
function remarkOf({ name, ssh: { user, key }, taggedBy }: MachineRecord): string {
  const own = 'a key of your agent or ~/.ssh';
  if (key !== undefined) return `it is reached as ${user} with ${key}`;
  if (taggedBy === undefined) {
    return `it is reached as ${user} with ${own} that was let in before, as the one that was made for it is not here any more`;
  }
  return `it is reached as ${user} with ${own} once somebody who has access has run "machine authorize --key FILE.pub ${name}"`;
}

/** Where an account was looked at, when that is not all of it. */
export function searchedRegion(
  { accountKey }: Pick<Provider, 'accountKey'>,
  { settings }: ProviderChoice,
): string | undefined {
  const { region } = settings;
  if (typeof region !== 'string' || accountKey === undefined) return undefined;
  const elsewhere = accountKey({ ...settings, region: `not ${region}` });
  return accountKey(settings) === elsewhere ? undefined : region;
}
