import { run as runOneOff } from '../../app/run.ts';
import type { RunRequest } from '../../app/run-request.ts';
import { shellWords } from '../../compose/shell-words.ts';
import type { FlagValues } from '../flag-values.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';
import { UsageError } from '../usage-error.ts';
import { createRequest } from './create-request.ts';

/** Reads the flags of `run` and runs it. */
export function run(invocation: Invocation): Promise<number> {
  const { session, global } = invocation;
  return runOneOff(session, globalOptions(global), runRequest(invocation));
}

/** What a command line of `run` asks for. @throws UsageError when flags exclude each other */
export function runRequest(invocation: Invocation): RunRequest {
  const { flags, args, session } = invocation;
  const [service = '', ...command] = args;
  if (flags.list('publish').length > 0 && flags.bool('service-ports')) {
    throw new UsageError('--service-ports and --publish are incompatible');
  }
  return {
    create: {
      ...createRequest(invocation),
      services: [],
      removeOrphans: flags.bool('remove-orphans'),
    },
    service,
    command,
    entrypoint: entrypoint(flags),
    detach: flags.bool('detach'),
    remove: flags.bool('rm'),
    tty: wantsTerminal(flags, session),
    interactive: flags.bool('interactive'),
    name: flags.string('name') || undefined,
    environment: flags.list('env'),
    environmentFiles: flags.list('env-from-file'),
    labels: flags.list('label'),
    volumes: flags.list('volume'),
    ports: flags.bool('service-ports') ? 'service' : flags.list('publish'),
    user: flags.string('user'),
    workingDir: flags.string('workdir'),
    capAdd: flags.list('cap-add'),
    capDrop: flags.list('cap-drop'),
    useAliases: flags.bool('use-aliases'),
    quiet: flags.bool('quiet'),
  };
}

/** Undefined when the flag was not given; given empty, it clears. */
function entrypoint(flags: FlagValues): readonly string[] | undefined {
  const given = flags.given('entrypoint');
  if (given === undefined) return undefined;
  const words = shellWords(given);
  if (words !== undefined) return words;
  throw new UsageError(
    'invalid command line string',
    `a quote or bracket of --entrypoint is not closed: ${given}`,
  );
}

/**
 * Whether the container gets a terminal: where output is one, and unless something is piped into a
 * command that was not told what to do about it.
 */
function wantsTerminal(
  flags: FlagValues,
  { stdin, stdout }: Pick<Invocation['session'], 'stdin' | 'stdout'>,
): boolean {
  if (flags.changed('tty')) {
    if (flags.changed('no-tty')) {
      throw new UsageError("--tty and --no-tty can't be used together");
    }
    return flags.bool('tty');
  }
  if (flags.changed('no-tty')) return !flags.bool('no-tty');
  if (!flags.changed('interactive') && !stdin.isTTY) return false;
  return stdout.isTTY === true;
}
