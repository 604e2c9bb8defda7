import type { MachineOptions } from '../../../app/machine/options.ts';
import { globalOptions } from '../../global-options.ts';
import type { Invocation } from '../../invocation.ts';
import { typedLine } from '../../usage-words.ts';

/** What the flags before `machine` and those before its command say. */
export function machineOptions({ global, group, flags }: Invocation): MachineOptions {
  // Without a command of its own, the group's flags are those of the invocation.
  const own = group ?? flags;
  const { progress, ansi, verbose } = globalOptions(global);
  return {
    storagePath: own.given('storage-path'),
    progress: own.given('progress') ?? progress,
    ansi,
    verbose: verbose || own.bool('debug'),
  };
}

/** The command line as it was typed, for hints. */
export function commandLineOf({ typed, session }: Invocation): string {
  return typedLine(session.programName, typed.join(' '));
}
