import { createHash, randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { machineTags } from '../../providers/machine-tags.ts';
import type { CreateRequest, Provider, ProviderSettings } from '../../providers/provider.ts';
import type { MachineContext } from '../machine-context.ts';
import { MachineError } from '../machine-error.ts';
import { STORE_VERSION, type MachineRecord } from '../store/machine-record.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import { messageOf } from './accounts.ts';
import type { CreateMachineRequest } from './create-request.ts';
import { KEY_FILE, machineHostKey, machineKey, userPublicKey } from './ssh-keys.ts';
import { combineUserData, hostKeyUserData } from './user-data.ts';

/** File with the user data of a machine that is being made: accounts want the same when it is tried again. */
export const USER_DATA_FILE = 'user-data';

/** The record of a machine that does not exist yet. Its token is new: what was removed is never found again. */
export async function beginRecord(
  context: MachineContext,
  request: CreateMachineRequest,
  provider: Provider,
): Promise<MachineRecord> {
  const { name, settings, engine, group } = request;
  const { user, port, keyPath } = provider.ssh(settings);
  const own = provider.makesInstances ? KEY_FILE : undefined;
  const key = keyPath === undefined ? own : absolutePath(keyPath, context.providerContext.home);
  return {
    version: STORE_VERSION,
    name,
    provider: provider.name,
    settings,
    phase: 'creating',
    ssh: {
      user,
      port,
      ...(key === undefined ? {} : { key }),
      ...(provider.makesInstances ? { hostKeyAlias: name } : {}),
    },
    engine,
    token: token(await context.store.id(), name),
    createdAt: new Date(context.clock.now()).toISOString(),
    madeBy: context.version,
    ...(group === undefined ? {} : { group }),
  };
}

/** At most 64 characters, as EC2 wants it. */
function token(store: string, name: string): string {
  const hash = createHash('sha256').update(`${store}\0${name}\0`).update(randomBytes(16));
  return `tcompose-${hash.digest('hex').slice(0, 40)}`;
}

/** Keys and user data of a machine, made when they are missing, and what its provider needs to make it. */
export async function prepareCreation(
  context: MachineContext,
  folder: MachineFolder,
  { record, provider }: { readonly record: MachineRecord; readonly provider: Provider },
): Promise<Omit<CreateRequest, 'journal' | 'progress'>> {
  const { name, settings, token } = record;
  const { keyPath } = provider.ssh(settings);
  const tags = machineTags(await context.store.id(), name);
  const request = { name, settings, token, tags };
  const theirKey =
    keyPath === undefined
      ? undefined
      : await userPublicKey(absolutePath(keyPath, context.providerContext.home));
  if (!provider.makesInstances) return { ...request, publicKey: theirKey ?? '', userData: '' };
  const publicKey = theirKey ?? (await machineKey(folder)).publicKey;
  let userData = await folder.readFile(USER_DATA_FILE);
  if (userData === undefined) {
    const ours = hostKeyUserData(await machineHostKey(folder, record.ssh.hostKeyAlias ?? name));
    const path = userDataPath(provider, settings);
    const theirs = path === undefined ? undefined : await readUserData(context, path);
    userData = combineUserData(ours, theirs, path);
    await folder.writeFile(USER_DATA_FILE, userData);
  }
  return { ...request, publicKey, userData };
}

/** Path of a file of the user's, wherever the next command is started from. */
export function absolutePath(path: string, home: string): string {
  return path.startsWith('~/') ? join(home, path.slice(2)) : resolve(path);
}

async function readUserData(context: MachineContext, path: string): Promise<string> {
  try {
    return await context.providerContext.readFile(path);
  } catch (error) {
    throw new MachineError(
      'invalid',
      `the user data in ${path} cannot be read: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** File with the user's own user data. */
function userDataPath(provider: Provider, settings: ProviderSettings): string | undefined {
  if (provider.userDataPath !== undefined) return provider.userDataPath(settings);
  const path = settings['userdata'] ?? settings['userData'];
  return typeof path === 'string' && path !== '' ? path : undefined;
}
