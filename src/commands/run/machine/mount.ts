import { mountFolder } from '../../../app/machine/mount.ts';
import type { Invocation } from '../../invocation.ts';
import { machineOptions } from './options.ts';

/** Reads the flags of `machine mount` and runs it. */
export function run(invocation: Invocation): Promise<number> {
  const { flags, args, session } = invocation;
  return mountFolder(session, machineOptions(invocation), {
    words: args,
    unmount: flags.bool('unmount'),
  });
}
