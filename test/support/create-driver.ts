/**
 * A process that makes a machine and is ended, or interrupted, at a moment: `node create-driver.ts JSON`. Moments
 * are counted: before and after every write to the store and every call that changes the cloud. Prints how many
 * there were.
 */
import { createMachine } from '../../src/machines/lifecycle/create.ts';
import { DEFAULT_ENGINE } from '../../src/machines/lifecycle/create-request.ts';
import type { MachineFolder, MachineStore } from '../../src/machines/store/machine-store.ts';
import { removeMachine } from '../../src/machines/lifecycle/remove.ts';
import type { ProviderChoice } from '../../src/machines/lifecycle/accounts.ts';
import { PROVIDERS } from '../../src/providers/registry.ts';
import { testContext } from './machine-context.ts';

export interface DriverOrder {
  readonly folder: string;
  readonly name: string;
  readonly command: 'create' | 'remove';
  /** Number of the moment, from 1; 0: never. */
  readonly moment: number;
  readonly signal: 'SIGKILL' | 'SIGINT' | 'SIGTERM';
  readonly onInterrupt: 'keep' | 'rollback';
  /** Provider and its settings; absent: the scripted one. */
  readonly choice?: ProviderChoice;
  /** Milliseconds to wait at each moment, so that others come in between. */
  readonly pause?: number;
}

const order = JSON.parse(process.argv[2] ?? '') as DriverOrder;
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.on(name, () => {
    stop.abort(new Error(`interrupted by ${name}`));
  });
}
let count = 0;

async function moment(): Promise<void> {
  count += 1;
  if (count === order.moment) {
    process.kill(process.pid, order.signal);
    // Signals with a handler arrive in a later turn.
    while (!stop.signal.aborted) await new Promise(setImmediate);
  }
  if (order.pause !== undefined) await new Promise((resolve) => setTimeout(resolve, order.pause));
}

/** Runs a write with a moment before and after it. */
async function around<T>(write: () => Promise<T>): Promise<T> {
  await moment();
  const result = await write();
  await moment();
  return result;
}

function watched(store: MachineStore): MachineStore {
  const watchFolder = (folder: MachineFolder): MachineFolder => ({
    name: folder.name,
    path: folder.path,
    read: () => folder.read(),
    write: (record) => around(() => folder.write(record)),
    journal: () => folder.journal(),
    append: (line) => around(() => folder.append(line)),
    readFile: (name) => folder.readFile(name),
    writeFile: (name, text) => around(() => folder.writeFile(name, text)),
    removeFile: (name) => folder.removeFile(name),
  });
  return {
    path: store.path,
    id: () => store.id(),
    oldMachines: () => store.oldMachines(),
    list: () => store.list(),
    get: (name) => store.get(name),
    withMachine: (name, options, work) =>
      store.withMachine(name, options, (folder) => work(watchFolder(folder))),
    remove: (folder) => around(() => store.remove(folder)),
    setAside: (folder) => store.setAside(folder),
    checkWritable: () => store.checkWritable(),
    leftovers: () => store.leftovers(),
    changeLeftovers: (change, signal) => store.changeLeftovers(change, signal),
    caller: store.caller,
  };
}

const choice = order.choice ?? { provider: 'scripted', settings: { region: 'here' } };
const context = testContext({
  folder: order.folder,
  providers: PROVIDERS,
  env: process.env,
  signal: stop.signal,
  wrapStore: watched,
  script: {
    at: (name) => (/^(create|made|remove|removed) /.test(name) ? moment() : undefined),
  },
});
try {
  if (order.command === 'create') {
    await createMachine(context, {
      name: order.name,
      ...choice,
      engine: DEFAULT_ENGINE,
      configure: true,
      force: false,
      onFailure: 'keep',
      onInterrupt: order.onInterrupt,
    });
  } else {
    await removeMachine(context, { name: order.name, force: false });
  }
  process.stdout.write(`done ${count}\n`);
} catch (error) {
  process.stdout.write(`failed ${count}: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
