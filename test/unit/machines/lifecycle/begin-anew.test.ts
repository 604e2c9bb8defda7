import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createMachine } from '../../../../src/machines/lifecycle/create.ts';
import { MachineError } from '../../../../src/machines/machine-error.ts';
import type { MachineFolder, MachineStore } from '../../../../src/machines/store/machine-store.ts';
import { machineRequest, testFolders } from '../../../support/lifecycle-bench.ts';
import { cloudOf, testContext } from '../../../support/machine-context.ts';
import { changeCloud, cloudResources } from '../../../support/scripted-provider.ts';

const { some: someFolder } = testFolders();

/** A process that ends at a moment: from then on, nothing that it does has an effect. */
function endingAt(end: number) {
  let count = 0;
  const moment = (): void => {
    count += 1;
    if (end > 0 && count >= end) throw new MachineError('failed', 'the process has ended');
  };
  const watchFolder = (folder: MachineFolder): MachineFolder => {
    const around =
      <A extends readonly unknown[]>(write: (...args: A) => Promise<void>) =>
      async (...args: A): Promise<void> => {
        moment();
        await write(...args);
      };
    return {
      name: folder.name,
      path: folder.path,
      read: () => folder.read(),
      journal: () => folder.journal(),
      readFile: (name) => folder.readFile(name),
      write: around((record) => folder.write(record)),
      append: around((line) => folder.append(line)),
      writeFile: around((name, text) => folder.writeFile(name, text)),
      removeFile: around((name) => folder.removeFile(name)),
    };
  };
  const wrapStore = (store: MachineStore): MachineStore => ({
    path: store.path,
    id: () => store.id(),
    list: () => store.list(),
    get: (name) => store.get(name),
    oldMachines: () => store.oldMachines(),
    withMachine: (name, options, work) =>
      store.withMachine(name, options, (folder) => work(watchFolder(folder))),
    remove: async (folder) => {
      moment();
      await store.remove(folder);
    },
    setAside: (folder) => store.setAside(folder),
    checkWritable: () => store.checkWritable(),
    leftovers: () => store.leftovers(),
    changeLeftovers: (change, signal) => store.changeLeftovers(change, signal),
    caller: store.caller,
  });
  return { wrapStore, script: { at: moment }, moments: () => count };
}

it.each([
  ['with other settings, by force', { size: 'large' }, 'Running'],
  ['because its instance is gone', {}, 'gone'],
] as const)('a create that begins anew %s can end at any moment', async (_why, more, state) => {
  const begun = someFolder();
  const provision = (): Promise<never> => Promise.reject(new MachineError('provision', 'failed'));
  await expect(
    createMachine(testContext({ folder: begun, provision }), machineRequest()),
  ).rejects.toThrow('failed');
  const made = cloudResources(cloudOf(begun)).find(({ kind }) => kind === 'instance');
  changeCloud(cloudOf(begun), made?.id ?? '', { state });
  const settings = { region: 'here', ...more };
  const again = machineRequest({ settings, force: true });
  const run = async (folder: string, end: number): Promise<number> => {
    cpSync(begun, folder, { recursive: true });
    const { wrapStore, script, moments } = endingAt(end);
    await createMachine(testContext({ folder, wrapStore, script }), again).catch(() => undefined);
    return moments();
  };
  const all = await run(someFolder(), 0);
  expect(all).toBeGreaterThan(5);
  for (let end = 1; end <= all; end += 1) {
    const folder = someFolder();
    await run(folder, end);
    await createMachine(testContext({ folder }), again).catch((error: unknown) => {
      if (!(error instanceof MachineError) || error.kind !== 'already-exists') throw error;
    });
    const left = cloudResources(cloudOf(folder));
    const at = `ended at ${end} of ${all}`;
    expect(left.map(({ kind }) => kind).toSorted(), at).toEqual([
      'instance',
      'key-pair',
      'security-group',
    ]);
    const instance = left.find(({ kind }) => kind === 'instance');
    const machine = join(folder, 'store/machines/web');
    const [, , blob = ''] = readFileSync(join(machine, 'known_hosts'), 'utf8').trim().split(' ');
    expect(instance?.userData, at).toContain(blob);
    expect(JSON.parse(readFileSync(join(machine, 'machine.json'), 'utf8')), at).toMatchObject({
      phase: 'ready',
      settings,
      instanceId: instance?.id,
    });
  }
});
