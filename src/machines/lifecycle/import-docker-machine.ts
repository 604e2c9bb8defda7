import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { MachineContext } from '../machine-context.ts';
import { MachineError } from '../machine-error.ts';
import { checkMachineName } from '../store/machine-names.ts';
import { STORE_VERSION, type MachineRecord } from '../store/machine-record.ts';
import { RECORD_FILE } from '../store/machine-folder.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import { isMissing } from '../store/store-files.ts';
import { parseStoredObject } from '../store/stored-json.ts';
import { messageOf } from './accounts.ts';
import { readDockerMachineConfig, type DockerMachineConfig } from './docker-machine-config.ts';
import { typedFlags } from './flag-types.ts';
import { IMPORT_LOCK, type ImportedMachine } from './imported.ts';

/** Id in place of a store's for machines that docker-machine has made: nothing has tags of it. */
export const DOCKER_MACHINE = 'docker-machine';

/** Certificates of a machine of docker-machine; the key of its authority is left where it is. */
const CERTIFICATES = ['ca.pem', 'cert.pem', 'key.pem'];

/** Folder in which docker-machine keeps its machines. */
export function dockerMachineStore(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const given = env['MACHINE_STORAGE_PATH'] ?? '';
  return given === '' ? join(home, '.docker/machine') : given;
}

/**
 * Takes machines over from a store of docker-machine, which is left as it is: settings without credentials, a copy
 * of the SSH key and of the client's certificates. Machines that are in our store already are left alone.
 *
 * @throws MachineError `not-found` when there is no such store, or no machine of one of the names
 */
export async function importDockerMachines(
  context: MachineContext,
  given: { readonly path: string; readonly names?: readonly string[] },
): Promise<readonly ImportedMachine[]> {
  const folder = join(given.path, 'machines');
  const found = await machineFolders(folder);
  const unknown = given.names?.find((name) => !found.includes(name));
  if (unknown !== undefined) {
    throw new MachineError('not-found', `there is no machine ${unknown} in ${folder}`, {
      hint: `there are: ${found.join(', ')}`,
    });
  }
  await context.store.checkWritable();
  const imported: ImportedMachine[] = [];
  for (const name of given.names ?? found) {
    try {
      imported.push(await importOne(context, join(folder, name), name));
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof MachineError)) throw error;
      imported.push({ name, done: false, reason: error.message });
    }
  }
  return imported;
}

async function machineFolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .toSorted();
  } catch (error) {
    throw new MachineError(
      'not-found',
      isMissing(error)
        ? `there is no store of docker-machine: ${folder} is missing`
        : `the store of docker-machine cannot be read: ${messageOf(error)}`,
      { hint: 'give its path, or set MACHINE_STORAGE_PATH', cause: error },
    );
  }
}

async function importOne(
  context: MachineContext,
  path: string,
  name: string,
): Promise<ImportedMachine> {
  checkMachineName(name);
  const file = join(path, 'config.json');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new MachineError('store', `${file} cannot be read: ${messageOf(error)}`);
  });
  const read = readDockerMachineConfig(parseStoredObject(text, { path: file }));
  if (!read.ok) return { name, done: false, reason: `${file}: ${read.reason}` };
  const { config } = read;
  const provider = await context.provider(config.driver);
  const settings = provider.settings(typedFlags(provider.flags, config.flags, {}));
  const { signal } = context;
  const options = { create: true, takeOver: true, timeout: IMPORT_LOCK, signal };
  return context.store.withMachine(name, options, async (folder) => {
    if ((await folder.readFile(RECORD_FILE)) !== undefined) {
      return { name, done: false, reason: 'a machine of this name is in the store already' };
    }
    const key = await copyKey(folder, path, config);
    const certificates = await copyCertificates(folder, path);
    const { tlsPort: _port, ...withoutTls } = config.engine;
    const at = new Date(context.clock.now()).toISOString();
    const record: MachineRecord = {
      version: STORE_VERSION,
      name,
      provider: config.driver,
      settings,
      phase: 'ready',
      ...(config.instanceId === undefined ? {} : { instanceId: config.instanceId }),
      ...(config.address === undefined ? {} : { address: config.address }),
      ssh: {
        user: config.ssh.user,
        port: config.ssh.port,
        ...(key === undefined ? {} : { key }),
        ...(provider.makesInstances ? { hostKeyAlias: name } : {}),
      },
      engine: certificates ? config.engine : withoutTls,
      token: `docker-machine-${name}`,
      createdAt: at,
      madeBy: DOCKER_MACHINE,
      taggedBy: DOCKER_MACHINE,
    };
    if (provider.makesInstances) await journalResources(folder, config, at);
    await folder.write(record);
    const without =
      key === undefined && config.driver !== 'none'
        ? 'its SSH key was not found: the keys of your agent are tried'
        : undefined;
    return { name, done: true, record, ...(without === undefined ? {} : { remark: without }) };
  });
}

/** So that a removal removes what docker-machine would have removed, although nothing has our tags. */
async function journalResources(
  folder: MachineFolder,
  { instanceId, resources }: DockerMachineConfig,
  at: string,
): Promise<void> {
  const instance = instanceId === undefined ? [] : [{ kind: 'instance', id: instanceId }];
  for (const { kind, id } of [...resources, ...instance]) {
    await folder.append({ at, event: 'made', kind, id });
  }
}

/** Copies the private key, which lies in the machine's folder whatever path was recorded. */
async function copyKey(
  folder: MachineFolder,
  path: string,
  { ssh }: DockerMachineConfig,
): Promise<string | undefined> {
  const names = ssh.keyPath === undefined ? [] : [basename(ssh.keyPath)];
  for (const name of [...names, 'id_rsa', 'id_ed25519']) {
    const text = await readFile(join(path, name), 'utf8').catch(() => undefined);
    if (text === undefined || !text.includes('PRIVATE KEY')) continue;
    const kept = /^\w[\w.-]*$/.test(name) ? name : 'id_imported';
    await folder.writeFile(kept, text);
    const beside = await readFile(join(path, `${name}.pub`), 'utf8').catch(() => undefined);
    if (beside !== undefined) await folder.writeFile(`${kept}.pub`, beside);
    return kept;
  }
  return undefined;
}

/** True: all of them were there. */
async function copyCertificates(folder: MachineFolder, path: string): Promise<boolean> {
  const texts = await Promise.all(
    CERTIFICATES.map((name) => readFile(join(path, name), 'utf8').catch(() => undefined)),
  );
  if (texts.includes(undefined)) return false;
  for (const [index, name] of CERTIFICATES.entries()) {
    await folder.writeFile(name, texts[index] ?? '');
  }
  return true;
}
