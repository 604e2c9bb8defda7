import { importDockerMachines } from '../../machines/lifecycle/import-docker-machine.ts';
import { isMachineError } from '../../machines/machine-error.ts';
import type { MachineContext } from '../../machines/machine-context.ts';

/**
 * Makes machines that docker-machine has made in this very store ours as well, where they lie: its own files stay
 * as they are, so that it knows them still. What cannot be taken over is told and left alone.
 */
export async function takeOverOldMachines(
  context: MachineContext,
  warn: (line: string) => void,
): Promise<void> {
  const { store } = context;
  const names = await store.oldMachines();
  if (names.length === 0) return;
  try {
    for (const machine of await importDockerMachines(context, { path: store.path, names })) {
      if (machine.done) warn(`${machine.name} was made by docker-machine and is taken over`);
      else if (!(await isOurs(context, machine.name))) {
        warn(`${machine.name} was made by docker-machine and cannot be used: ${machine.reason}`);
      }
    }
  } catch (error) {
    if (!isMachineError(error)) throw error;
    context.signal.throwIfAborted();
    warn(`machines of docker-machine cannot be taken over: ${error.message}`);
  }
}

/** Another process may have taken it over meanwhile. */
async function isOurs({ store }: MachineContext, name: string): Promise<boolean> {
  return (await store.list()).some((machine) => machine.name === name && 'record' in machine);
}
