import type { FlagDefinition } from '../definition.ts';

/** Flags between `machine` and its command, those of docker-machine before its command included. */
export const groupFlags: readonly FlagDefinition[] = [
  { name: 'debug', short: 'D', type: 'bool', summary: 'Say more about what goes wrong' },
  {
    name: 'storage-path',
    short: 's',
    type: 'string',
    summary: 'Folder of the store [$MACHINE_STORAGE_PATH, $TCOMPOSE_HOME] (default ~/.tcompose)',
    values: 'directories',
  },
  {
    name: 'progress',
    type: 'string',
    summary: 'How to show progress: auto, tty, plain, json or quiet',
    values: ['auto', 'tty', 'plain', 'json', 'quiet'],
  },
  { name: 'version', short: 'v', type: 'bool', summary: 'Print the version' },
  { name: 'tls-ca-cert', type: 'string', summary: 'Unused', hidden: true, values: 'files' },
  { name: 'tls-ca-key', type: 'string', summary: 'Unused', hidden: true, values: 'files' },
  { name: 'tls-client-cert', type: 'string', summary: 'Unused', hidden: true, values: 'files' },
  { name: 'tls-client-key', type: 'string', summary: 'Unused', hidden: true, values: 'files' },
  { name: 'github-api-token', type: 'string', summary: 'Unused', hidden: true },
  { name: 'native-ssh', type: 'bool', summary: 'Unused: it is always native', hidden: true },
  { name: 'bugsnag-api-token', type: 'string', summary: 'Unused', hidden: true },
];

/** How long one machine may take to answer before it is listed without an answer. */
export const timeoutFlag: FlagDefinition = {
  name: 'timeout',
  short: 't',
  type: 'int',
  default: '10',
  summary: 'Seconds after which a machine that does not answer is given up',
};

/** `--swarm` of commands that could name a Swarm v1. */
export const swarmFlag: FlagDefinition = {
  name: 'swarm',
  type: 'bool',
  summary: 'Unused: Swarm v1 is gone',
  hidden: true,
};

/** `--yes`, which docker-machine knew as `-y` only. */
export const yesFlag: FlagDefinition = {
  name: 'yes',
  short: 'y',
  type: 'bool',
  aliases: ['y'],
  summary: 'Do not ask',
};

/** `--format` of commands that print for people or for programs. */
export const formatFlag: FlagDefinition = {
  name: 'format',
  type: 'string',
  default: 'table',
  summary: 'table or json',
  values: ['table', 'json'],
};
