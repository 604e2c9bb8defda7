import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { CallerRule, CallerRules } from '../../providers/provider.ts';
import { STORE_VERSION } from './machine-record.ts';
import { readIfThere, replaceFile } from './store-files.ts';
import { broken, isObject, parseStoredObject } from './stored-json.ts';

/** Folder of a store with a file for each computer that uses it. */
export const COMPUTERS = 'computers';

const MEND =
  'mend the file, or remove it: what this computer was let in by then stays in firewalls';

/** What a store knows of a computer. */
interface Computer {
  /** Random. */
  readonly id: string;
  /** Rules that it has added to firewalls, or may have, by the firewalls' ids. */
  readonly rules: Readonly<Record<string, readonly CallerRule[]>>;
}

/** What tells computers apart. */
export interface ComputerTraits {
  /** As systemd has it; empty where there is none. */
  readonly machineId: string;
  readonly platform: string;
  readonly hostName: string;
}

/**
 * Name of the file of this computer. Stores are copied to other computers, or lie where several reach them: each has a
 * file of its own there, so that none takes back what another one needs.
 */
export async function computerFile(): Promise<string> {
  const machineId = await readFile('/etc/machine-id', 'utf8').catch(() => '');
  return fileNameOf({ machineId, platform: process.platform, hostName: hostname() });
}

/** The same as long as the computer is; nothing of it can be read from it. */
export function fileNameOf({ machineId, platform, hostName }: ComputerTraits): string {
  // Without an id, as in containers, the name has to do; elsewhere names change with the network.
  const name = platform === 'linux' ? hostName : 'this';
  const hash = createHash('sha256').update(`tcompose\0${machineId.trim() || name}`);
  return `${hash.digest('hex').slice(0, 16)}.json`;
}

/** What a computer's file has of a firewall; the file is made when there is none. Others must not change it meanwhile. */
export async function openCallerRules(path: string, firewall: string): Promise<CallerRules> {
  let computer = await readComputer(path);
  if (computer === undefined) {
    computer = { id: randomBytes(6).toString('hex'), rules: {} };
    await writeComputer(path, computer);
  }
  const { id, rules: all } = computer;
  let known = all[firewall] ?? [];
  return {
    computer: id,
    rules: known,
    remember: async (rules) => {
      if (JSON.stringify(rules) === JSON.stringify(known)) return;
      const { [firewall]: _before, ...others } = all;
      const kept = rules.length === 0 ? others : { ...others, [firewall]: rules };
      await writeComputer(path, { id, rules: kept });
      known = rules;
    },
  };
}

/** Undefined: this computer has not been let in anywhere yet. */
async function readComputer(path: string): Promise<Computer | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const { version, id, rules } = parseStoredObject(text, { path, hint: MEND });
  const right = typeof id === 'string' && /^[0-9a-f]{12}$/.test(id) && isObject(rules);
  if (version !== STORE_VERSION || !right || !Object.values(rules).every((each) => isList(each))) {
    throw broken(`${path}:1:1: this is not what tcompose writes`, MEND);
  }
  return { id, rules: rules as Computer['rules'] };
}

function isList(rules: unknown): rules is readonly CallerRule[] {
  return (
    Array.isArray(rules) &&
    rules.every(
      (rule) =>
        isObject(rule) && typeof rule['port'] === 'number' && typeof rule['range'] === 'string',
    )
  );
}

async function writeComputer(path: string, { id, rules }: Computer): Promise<void> {
  const text = JSON.stringify({ version: STORE_VERSION, id, rules }, undefined, 2);
  await replaceFile(path, `${text}\n`);
}
