import { MachineError } from '../machine-error.ts';
import { STORE_VERSION, type MachinePhase, type MachineRecord } from './machine-record.ts';
import { broken, isObject, parseStoredObject } from './stored-json.ts';

/** Turns a record of the version that is its key into one of the next version. */
export type Migrations = Readonly<
  Record<number, (record: Record<string, unknown>) => Record<string, unknown>>
>;

/** There is one version so far. */
const MIGRATIONS: Migrations = {};

const PHASES: readonly MachinePhase[] = ['creating', 'ready', 'failed', 'removing'];

/** What `machine.json` holds. */
export function formatRecord(record: MachineRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/**
 * Reads a record of this or an older version.
 *
 * @throws MachineError `store`: broken (file, line, column), incomplete, or of a newer tcompose
 */
export function parseRecord(
  text: string,
  path: string,
  { version = STORE_VERSION, migrations = MIGRATIONS } = {},
): MachineRecord {
  let value = parseStoredObject(text, { path });
  const stored = value['version'];
  if (typeof stored !== 'number' || !Number.isInteger(stored)) {
    throw broken(`${path}: version is missing`);
  }
  if (stored > version) throw newerStore(path, stored, version);
  for (let from = stored; from < version; from += 1) {
    const migrate = migrations[from];
    if (migrate === undefined) throw broken(`${path}: version ${stored} is not known`);
    value = { ...migrate(value), version: from + 1 };
  }
  const fault = findFault(value);
  if (fault !== undefined) throw broken(`${path}: ${fault}`);
  return value as unknown as MachineRecord;
}

/**
 * The record that lies in a machine's folder.
 *
 * @throws MachineError `store`, also for the record of another machine: what is done to a copy would be done to that
 */
export function parseRecordOf(name: string, text: string, path: string): MachineRecord {
  const record = parseRecord(text, path);
  if (record.name === name) return record;
  throw broken(
    `${path}: it is the record of machine ${record.name}: was the folder copied or renamed?`,
    `a folder has to be called as its machine; "machine rm --force ${name}" moves this one out of the way`,
  );
}

/** The failure for files that this program is too old for. */
export function newerStore(path: string, stored: number, known: number): MachineError {
  return new MachineError(
    'store',
    `${path}: the store is of a newer tcompose (version ${stored}; this one knows ${known})`,
    { hint: 'update tcompose, or set TCOMPOSE_HOME to another folder' },
  );
}

const TEXTS = ['name', 'provider', 'token', 'createdAt', 'madeBy'] as const;
const OPTIONAL_TEXTS = ['step', 'instanceId', 'address', 'taggedBy', 'group'] as const;
const LISTS = [
  'labels',
  'options',
  'insecureRegistries',
  'registryMirrors',
  'env',
  'tlsSans',
] as const;

/** What keeps an object from being a record; only what the program relies on. */
function findFault(value: Record<string, unknown>): string | undefined {
  for (const key of TEXTS) {
    if (typeof value[key] !== 'string') return `${key} is missing`;
  }
  for (const key of OPTIONAL_TEXTS) {
    if (value[key] !== undefined && typeof value[key] !== 'string') return `${key} is no text`;
  }
  if (!PHASES.includes(value['phase'] as MachinePhase))
    return `phase is none of ${PHASES.join(', ')}`;
  if (!isObject(value['settings'])) return 'settings is missing';
  const { ssh, engine } = value;
  if (!isObject(ssh) || typeof ssh['user'] !== 'string' || typeof ssh['port'] !== 'number') {
    return 'ssh needs user and port';
  }
  if (ssh['key'] !== undefined && typeof ssh['key'] !== 'string') return 'ssh.key is no path';
  if (!isObject(engine) || typeof engine['source'] !== 'string') return 'engine is missing';
  const list = LISTS.find((key) => !Array.isArray(engine[key]));
  return list === undefined ? undefined : `engine.${list} is no list`;
}
