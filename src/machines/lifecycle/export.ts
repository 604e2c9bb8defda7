import { findJsonFault } from '../../foundation/json-fault.ts';
import type { MachineContext } from '../machine-context.ts';
import { MachineError } from '../machine-error.ts';
import { checkMachineName } from '../store/machine-names.ts';
import type { EngineOptions, MachineRecord } from '../store/machine-record.ts';
import { parseRecord } from '../store/record-text.ts';
import { isObject } from '../store/stored-json.ts';
import { IMPORT_LOCK, importOfOne, type ImportedMachine } from './imported.ts';
import { KNOWN_HOSTS_FILE } from '../ssh/machine-target.ts';

/** Version of exported machines. */
const EXPORT_VERSION = 1;

/** A machine as a colleague can import it: no secrets, no private keys, no paths of this computer. */
interface ExportedMachine {
  readonly record: MachineRecord;
  /** Lines of its `known_hosts`: the colleague's first connection is verified, too. */
  readonly knownHosts: string;
}

/**
 * Machines as JSON for a colleague or another computer. Whoever imports it still needs a key that is let in.
 *
 * @throws MachineError `wrong-state` for a machine that is not finished
 */
export async function exportMachines(
  context: MachineContext,
  names: readonly string[],
): Promise<string> {
  const { store, signal, onEvent } = context;
  const own = await store.id();
  const machines: ExportedMachine[] = [];
  for (const name of names) {
    const options = { create: false, timeout: IMPORT_LOCK, signal };
    const exported = await store.withMachine(name, options, async (folder) => {
      const record = await folder.read();
      if (record?.phase !== 'ready') {
        throw new MachineError('wrong-state', `machine ${name} is not finished`, {
          hint: `"machine create" with the same flags continues`,
        });
      }
      const withheld = withheldParts(record.engine);
      if (withheld.length > 0) {
        const text = `left out, as they may be secrets: ${withheld.join(', ')}`;
        onEvent({ type: 'warning', machine: name, text });
      }
      const { key: _key, ...ssh } = record.ssh;
      const shared: MachineRecord = {
        ...record,
        settings: withoutLocalPaths(withoutCredentials(record.settings)),
        engine: {
          ...withoutCredentials(record.engine),
          env: publicParts(record.engine.env),
          options: publicParts(record.engine.options),
        },
        ssh,
        taggedBy: record.taggedBy ?? own,
      };
      return { record: shared, knownHosts: (await folder.readFile(KNOWN_HOSTS_FILE)) ?? '' };
    });
    machines.push(exported);
  }
  return `${JSON.stringify({ 'tcompose-machines': EXPORT_VERSION, machines }, undefined, 2)}\n`;
}

/** The same without names and passwords in URLs, such as those of proxies and mirrors. */
function withoutCredentials<T>(value: T): T {
  const clean = (_key: string, part: unknown): unknown =>
    typeof part === 'string' ? part.replaceAll(/(\b[a-z][\w+.-]*:\/\/)[^\s/@]*@/gi, '$1') : part;
  return JSON.parse(JSON.stringify(value, clean)) as T;
}

/** Variables and options of an engine whose names do not say that they are secrets. */
function publicParts(parts: readonly string[]): readonly string[] {
  return withoutCredentials(parts).filter((text) => !isSecret(text));
}

function isSecret(text: string): boolean {
  return /(PASS|SECRET|TOKEN|KEY)[^=]*=/i.test(text);
}

/** Names of what does not travel, for whoever has to tell it in another way. */
function withheldParts({ env, options }: EngineOptions): readonly string[] {
  const names = env.filter(isSecret).map((text) => text.replace(/=.*$/s, ''));
  const secret = options.filter(isSecret);
  // Values of options may have names themselves: `log-opt=splunk-token=…`.
  return [
    ...names,
    ...secret.map((text) => text.replace(/((?:PASS|SECRET|TOKEN|KEY)[^=]*)=.*$/is, '$1')),
  ];
}

/** Settings without absolute paths: keys and user data of this computer. */
function withoutLocalPaths(settings: MachineRecord['settings']): MachineRecord['settings'] {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([, value]) => typeof value !== 'string' || !/^([/~]|[A-Za-z]:\\)/.test(value),
    ),
  );
}

/**
 * Takes machines that {@link exportMachines} wrote into the store.
 *
 * @throws MachineError `invalid` with file, line and column for text that is no such export
 */
export async function importExported(
  context: MachineContext,
  { text, path }: { readonly text: string; readonly path: string },
): Promise<readonly ImportedMachine[]> {
  const machines = parseExport(text, path);
  await context.store.checkWritable();
  const own = await context.store.id();
  const imported: ImportedMachine[] = [];
  for (const { record, knownHosts } of machines) {
    const { taggedBy, ...rest } = record;
    const taken = taggedBy === own || taggedBy === undefined ? rest : record;
    const { name } = record;
    imported.push(
      await importOfOne(context, name, () => take(context, { record: taken, knownHosts })),
    );
  }
  return imported;
}

function take(
  { store, signal }: MachineContext,
  { record, knownHosts }: ExportedMachine,
): Promise<ImportedMachine> {
  const { name } = record;
  const options = { create: true, timeout: IMPORT_LOCK, signal };
  return store.withMachine(name, options, async (folder): Promise<ImportedMachine> => {
    if ((await folder.read()) !== undefined) {
      return { name, done: false, reason: 'a machine of this name is in the store already' };
    }
    if (knownHosts !== '') await folder.writeFile(KNOWN_HOSTS_FILE, knownHosts);
    await folder.write(record);
    const remark = `it lets you in once somebody who has access has run "machine authorize --key FILE.pub ${name}" with your key`;
    return { name, done: true, record, remark };
  });
}

function parseExport(text: string, path: string): ExportedMachine[] {
  const fault = findJsonFault(text);
  if (fault !== undefined) {
    throw wrong(`${path}:${fault.line}:${fault.column}: ${fault.expected} is missing`);
  }
  const value: unknown = JSON.parse(text);
  const machines = isObject(value) ? value['machines'] : undefined;
  const version = isObject(value) ? value['tcompose-machines'] : undefined;
  if (typeof version === 'number' && version > EXPORT_VERSION) {
    throw wrong(`${path} is of a newer tcompose`, 'update tcompose');
  }
  if (version !== EXPORT_VERSION || !Array.isArray(machines)) {
    throw wrong(`${path} is no export of machines`);
  }
  return machines.map((machine: unknown, index) => {
    const place = `${path}: machines[${index}]`;
    if (!isObject(machine)) throw wrong(`${place} is no object`);
    const record = parseRecord(JSON.stringify(machine['record'] ?? null), `${place}.record`);
    checkMachineName(record.name);
    const { key: _key, ...ssh } = record.ssh;
    const knownHosts = machine['knownHosts'];
    return {
      record: { ...record, ssh },
      knownHosts: typeof knownHosts === 'string' ? knownHosts : '',
    };
  });
}

function wrong(message: string, hint = '"machine export" writes such files'): MachineError {
  return new MachineError('invalid', message, { hint });
}
