import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { ProviderChoice } from '../../machines/lifecycle/accounts.ts';
import { importExported } from '../../machines/lifecycle/export.ts';
import { importFromCloud, searchedRegion } from '../../machines/lifecycle/import-cloud.ts';
import {
  dockerMachineStore,
  importDockerMachines,
} from '../../machines/lifecycle/import-docker-machine.ts';
import type { ImportedMachine } from '../../machines/lifecycle/imported.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import type { MachineOptions } from './options.ts';

/** Where machines are taken over from. */
export type ImportSource =
  /** An export, or a store of docker-machine; undefined: that of this user. */
  | { readonly kind: 'path'; readonly path: string | undefined }
  /** An account, by the tags of its instances; no names: all of them. */
  | {
      readonly kind: 'account';
      readonly choice: ProviderChoice;
      readonly names: readonly string[];
    };

/** `machine import`: takes machines over into the store. */
export function importMachines(
  session: Session,
  options: MachineOptions,
  source: ImportSource,
): Promise<number> {
  return withMachines(session, options, { title: 'import' }, async (context, tell) => {
    const imported = await importFrom(session, context, source);
    if (imported.length === 0) tell(await nothingWords(context, source));
    for (const machine of imported) {
      if (!machine.done) session.stderr.write(`${machine.name} not imported: ${machine.reason}\n`);
      else {
        const remark = machine.remark === undefined ? '' : `: ${machine.remark}`;
        tell(`${machine.name} imported${remark}`);
      }
    }
    if (source.kind === 'account' && imported.some(({ done }) => done)) tell(UNKNOWN);
    return imported.every(({ done }) => done) ? 0 : 1;
  });
}

const UNKNOWN =
  'An account does not tell host keys (the first connection is trusted) nor other settings than ' +
  'region and size; flags say what is different.';

async function nothingWords(context: MachineContext, source: ImportSource): Promise<string> {
  if (source.kind === 'path') return 'There is nothing to import.';
  const provider = await context.provider(source.choice.provider);
  const region = searchedRegion(provider, source.choice);
  const where = region === undefined ? '' : ` in ${region}`;
  return `There is nothing to import: ${provider.title} has no machines of tcompose${where} that are not in the store already.`;
}

async function importFrom(
  session: Session,
  context: MachineContext,
  source: ImportSource,
): Promise<readonly ImportedMachine[]> {
  if (source.kind === 'account') {
    return importFromCloud(
      context,
      source.choice,
      source.names.length > 0 ? source.names : undefined,
    );
  }
  if (source.path === '-') {
    return importExported(context, { text: await textOf(session.stdin), path: '-' });
  }
  const { env, cwd } = session;
  const path = resolve(cwd, source.path ?? dockerMachineStore(env, env['HOME'] || homedir()));
  if (await isFile(path)) {
    return importExported(context, { text: await readFile(path, 'utf8'), path });
  }
  // What docker-machine has made in our own store was taken over before.
  if (path === context.store.path) return [];
  return importDockerMachines(context, { path });
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Whoever reads it says what is wrong with it.
    return false;
  }
}

async function textOf(stream: NodeJS.ReadStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}
