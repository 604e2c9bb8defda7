import { copyFiles } from '../../../app/machine/scp.ts';
import type { Invocation } from '../../invocation.ts';
import { machineOptions } from './options.ts';

/** Reads the flags of `machine scp` and runs it. */
export function run(invocation: Invocation): Promise<number> {
  const { flags, args, session } = invocation;
  return copyFiles(session, machineOptions(invocation), {
    words: args,
    recursive: flags.bool('recursive'),
    delta: flags.bool('delta'),
    quiet: flags.bool('quiet'),
  });
}
