import { MACHINE_PROGRAM } from '../app/identity.ts';
import { dockerFlags } from './global-flags.ts';
import { parseFlags } from './flag-parser.ts';

/** How the program was called, and the command line in tcompose's own form. */
export interface Calling {
  /** What users type: `tcompose`, `docker compose`, `docker-compose`. */
  readonly programName: string;
  /** Flags before the command, the command and its words. */
  readonly argv: readonly string[];
  /** Whether the docker command runs it as its plugin. */
  readonly plugin: boolean;
}

/** Words that docker puts before the plugin's own name. */
const LEADING = new Set(['help', '__complete', '__completeNoDesc']);

/**
 * Tells a plugin from a program of its own. The docker command sets a variable, which the plugin's
 * children inherit, and passes its whole command line, its own flags and the plugin's word included
 * (`--context lab compose up`).
 *
 * @param name last part of the path that was called
 */
export function callingOf(
  name: string,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Calling {
  if (name === MACHINE_PROGRAM) return machineCalling(argv, env);
  const word = name.startsWith('docker-') ? name.slice('docker-'.length) : undefined;
  if (word !== undefined && (env['DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND'] ?? '') !== '') {
    const at = afterDockerFlags(argv);
    if (argv[at] === word) {
      return { programName: `docker ${word}`, argv: argv.toSpliced(at, 1), plugin: true };
    }
  }
  return { programName: name, argv, plugin: false };
}

/**
 * Under the name docker-machine the whole line is that of `machine`; as docker's plugin it has that word already,
 * behind flags of docker.
 */
function machineCalling(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Calling {
  if ((env['DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND'] ?? '') !== '') {
    if (argv[afterDockerFlags(argv)] === 'machine') {
      return { programName: 'docker', argv, plugin: true };
    }
  }
  const leading = argv[0] === '__complete' || argv[0] === '__completeNoDesc' ? 1 : 0;
  return {
    programName: MACHINE_PROGRAM,
    argv: argv.toSpliced(leading, 0, 'machine'),
    plugin: false,
  };
}

function afterDockerFlags(argv: readonly string[]): number {
  const leading = LEADING.has(argv[0] ?? '') ? 1 : 0;
  try {
    const { words } = parseFlags(argv.slice(leading), dockerFlags, { interspersed: false });
    return argv.length - words.length;
  } catch {
    // Flags that docker does not know: nothing that docker would have passed.
    return argv.length;
  }
}
