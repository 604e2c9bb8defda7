import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { authorizeKey } from '../../machines/lifecycle/authorize.ts';
import { listAuthorizedKeys, parseKeyLine } from '../../machines/lifecycle/authorized-keys.ts';
import { admitThisComputer } from '../../machines/lifecycle/admit.ts';
import { eachMachine, type Outcome } from '../../machines/lifecycle/several.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import { joinFailures, sortOutcomes, wordsOf } from './failures.ts';
import type { MachineOptions } from './options.ts';
import { targetNames } from './target.ts';

export interface AuthorizeRequest {
  readonly names: readonly string[];
  /** Public keys, or files with public keys; to remove one, its comment does as well. None: they are listed. */
  readonly keys: readonly string[];
  readonly remove: boolean;
}

/** `machine authorize`: lets colleagues in by their public keys, takes them out, or tells who is let in. */
export function authorizeKeys(
  session: Session,
  options: MachineOptions,
  { names, keys, remove }: AuthorizeRequest,
): Promise<number> {
  return withMachines(session, options, { title: 'authorize' }, async (context, tell) => {
    const targets = await targetNames(context.store, names);
    const lines = (await Promise.all(keys.map((key) => keysOf(session, key, remove)))).flat();
    const outcomes = await eachMachine(targets, context, async (name) => {
      if (lines.length === 0) return tellKeys(context, name, tell);
      for (const key of lines) {
        const { changed } = await authorizeKey(context, name, {
          do: remove ? 'remove' : 'add',
          key,
        });
        const done = remove ? 'not let in any more' : 'let in';
        tell(`(${name}) ${titleOf(key)} is ${done}${changed ? '' : ', as before'}`);
      }
    });
    return finish(context, outcomes);
  });
}

/**
 * `machine authorize --address`: lets this computer in through the firewalls, from the address that it has now and no
 * longer from the one that it had before.
 */
export function admitComputer(
  session: Session,
  options: MachineOptions,
  names: readonly string[],
): Promise<number> {
  return withMachines(session, options, { title: 'authorize' }, async (context, tell) => {
    const targets = await targetNames(context.store, names);
    // One after the other: they may share a firewall.
    const outcomes = await eachMachine(targets, { ...context, limit: 1 }, async (name) => {
      const { ranges, changed, removed, remarks } = await admitThisComputer(context, name);
      const before = removed.length === 0 ? '' : `, and no longer from ${removed.join(', ')}`;
      tell(`(${name}) SSH is let in from ${ranges.join(', ')}${changed ? before : ', as before'}`);
      for (const remark of remarks) tell(`(${name}) ${remark}`);
    });
    return finish(context, outcomes);
  });
}

function finish({ signal }: MachineContext, outcomes: readonly Outcome<void>[]): number {
  signal.throwIfAborted();
  const { failures } = sortOutcomes(outcomes);
  if (failures.length > 0) {
    throw joinFailures(failures, ({ name, error }) => `${name}: ${wordsOf(error).message}`);
  }
  return 0;
}

async function tellKeys(
  context: MachineContext,
  name: string,
  tell: (line: string) => void,
): Promise<void> {
  const { keys } = await authorizeKey(context, name);
  for (const { type, comment, blob } of keys)
    tell(`(${name}) ${type} …${blob.slice(-12)} ${comment}`);
}

/** What was given is a key itself, or a file of keys. */
async function keysOf(
  { cwd }: Session,
  given: string,
  remove: boolean,
): Promise<readonly string[]> {
  if (parseKeyLine(given) !== undefined) return [given];
  try {
    const text = await readFile(resolve(cwd, given), 'utf8');
    const lines = text.split('\n').filter((line) => parseKeyLine(line) !== undefined);
    if (lines.length > 0) return lines.map((line) => line.trim());
    // A comment may be the name of a file as well.
    if (remove) return [given];
    const hint = /PRIVATE KEY/.test(text) ? 'it is a private key: give its .pub file' : undefined;
    throw new CommandFailure(`there is no public key in ${given}`, hint);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    if (remove) return [given];
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : message;
    throw new CommandFailure(
      `${JSON.stringify(given)} is neither a public key nor a file with public keys`,
      why,
    );
  }
}

function titleOf(key: string): string {
  const [known] = listAuthorizedKeys(key);
  return known === undefined ? key : known.comment || `…${known.blob.slice(-12)}`;
}
