import type { MachineOptions } from '../../../app/machine/options.ts';
import { globalOptions } from '../../global-options.ts';
import type { Invocation } from '../../invocation.ts';
import { UsageError } from '../../usage-error.ts';
import { typedLine } from '../../usage-words.ts';

/** What the flags before `machine` and those before its command say. */
export function machineOptions({ global, group, flags, session }: Invocation): MachineOptions {
  // Without a command of its own, the group's flags are those of the invocation.
  const own = group ?? flags;
  const { progress, ansi, verbose } = globalOptions(global);
  return {
    storagePath: own.given('storage-path'),
    progress: own.given('progress') ?? progress,
    ansi,
    verbose: verbose || own.bool('debug') || debugVariable(session.env['MACHINE_DEBUG']),
  };
}

/** The command line as it was typed, for hints. */
export function commandLineOf({ typed, session }: Invocation): string {
  return typedLine(session.programName, typed.join(' '));
}

/** docker-machine's reading of its variable: Go's spellings and no others. */
function debugVariable(text = ''): boolean {
  if (text === '' || /^(0|f|F|FALSE|false|False)$/.test(text)) return false;
  if (/^(1|t|T|TRUE|true|True)$/.test(text)) return true;
  throw new UsageError(
    `Error parsing boolean value from MACHINE_DEBUG: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
}
