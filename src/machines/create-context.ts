import type { MachineContext } from './machine-context.ts';
import { openMachineStore, storePath } from './store/open-store.ts';

/** What {@link createMachineContext} is given: everything of a context but the store, and how to find that. */
export interface MachineContextParts extends Omit<MachineContext, 'store'> {
  /** Command that works on the machines, without its arguments: `tcompose machine create`. */
  readonly command: string;
}

/**
 * What work on machines needs, with the store that TCOMPOSE_HOME names, or `~/.tcompose`. What the store mends and
 * waits for is told as warnings and details.
 */
export function createMachineContext(parts: MachineContextParts): MachineContext {
  const { command, ...rest } = parts;
  const { env, home } = parts.providerContext;
  const store = openMachineStore({
    path: storePath(env, home),
    command,
    onWait: (what, holder) => {
      const machine = what.replace(/^machine /, '');
      const text = `${what} is being worked on by ${holder}: waiting until that is done`;
      parts.onEvent({ type: 'warning', machine, text });
    },
    onWarning: (text) => parts.onEvent({ type: 'warning', machine: '', text }),
  });
  return { ...rest, store };
}
