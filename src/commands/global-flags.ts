import type { FlagDefinition } from './definition.ts';

const help: FlagDefinition = { name: 'help', short: 'h', type: 'bool', summary: 'Print help' };

/** Flags of the docker command: which engine, and how to talk to it. */
export const dockerFlags: readonly FlagDefinition[] = [
  help,
  {
    name: 'host',
    short: 'H',
    type: 'list',
    summary: 'Engine to use: unix:///path, tcp://host:port, ssh://user@host',
  },
  {
    name: 'context',
    short: 'c',
    type: 'string',
    summary: 'Docker context to use',
    values: 'contexts',
  },
  {
    name: 'config',
    type: 'string',
    summary: "Directory of docker's configuration",
    hidden: true,
    values: 'directories',
  },
  { name: 'debug', short: 'D', type: 'bool', summary: 'Same as --verbose', hidden: true },
  {
    name: 'log-level',
    short: 'l',
    type: 'string',
    summary: 'Unused',
    hidden: true,
    values: ['debug', 'info', 'warn', 'error', 'fatal'],
  },
  { name: 'tls', type: 'bool', summary: 'Use TLS', hidden: true },
  {
    name: 'tlscacert',
    type: 'string',
    summary: 'Trust certificates of this CA',
    hidden: true,
    values: 'files',
  },
  {
    name: 'tlscert',
    type: 'string',
    summary: 'TLS certificate file',
    hidden: true,
    values: 'files',
  },
  { name: 'tlskey', type: 'string', summary: 'TLS key file', hidden: true, values: 'files' },
  { name: 'tlsverify', type: 'bool', summary: 'Use TLS and verify the engine', hidden: true },
];

/** Flags of Compose that stand before the command word, as in `tcompose -f a.yaml up`. */
const composeFlags: readonly FlagDefinition[] = [
  {
    name: 'all-resources',
    type: 'bool',
    summary: 'Keep networks, volumes, secrets and configs that no service uses',
  },
  {
    name: 'ansi',
    type: 'string',
    default: 'auto',
    summary: 'When to use colours and cursor movement: never, always or auto',
    values: ['auto', 'always', 'never'],
  },
  {
    name: 'compatibility',
    type: 'bool',
    summary: 'Name containers with underscores, as Compose 1 did',
  },
  {
    name: 'dry-run',
    type: 'bool',
    summary: 'Print what would be done and do nothing',
  },
  {
    name: 'env-file',
    type: 'list',
    summary: 'Read variables from this file instead of .env; several allowed',
    values: 'files',
  },
  {
    name: 'file',
    short: 'f',
    type: 'list',
    summary: 'Compose file, - for standard input; several are merged in order',
    values: 'yaml files',
  },
  {
    name: 'insecure-registry',
    type: 'list',
    summary: 'Registry to fetch Compose files from without TLS; images are not affected',
    hidden: true,
  },
  {
    name: 'lock',
    type: 'bool',
    default: 'true',
    summary: 'Change a project only while nobody else does',
  },
  {
    name: 'lock-timeout',
    type: 'string',
    summary:
      'How long to wait for somebody who changes the project: 30s, 0 to fail; default: until done',
  },
  {
    name: 'machine',
    type: 'string',
    summary: 'Machine whose engine to use; see "machine ls"',
    values: 'machines',
  },
  { name: 'no-ansi', type: 'bool', summary: 'Same as --ansi never', hidden: true },
  {
    name: 'parallel',
    type: 'int',
    default: '-1',
    summary: 'How many operations run at once; -1 lets tcompose choose',
  },
  {
    name: 'profile',
    type: 'list',
    summary: 'Profile to enable, * for all; several allowed',
    values: 'profiles',
  },
  {
    name: 'progress',
    type: 'string',
    summary: 'How to show progress: auto, tty, plain, json or quiet',
    values: ['auto', 'tty', 'plain', 'json', 'quiet'],
  },
  {
    name: 'project-directory',
    type: 'string',
    summary: 'Directory that relative paths start from; default: that of the first Compose file',
    values: 'directories',
  },
  {
    name: 'project-name',
    short: 'p',
    type: 'string',
    summary: 'Name of the project',
    values: 'projects',
  },
  { name: 'verbose', type: 'bool', summary: 'Say more about what goes wrong', hidden: true },
  { name: 'version', short: 'v', type: 'bool', summary: 'Print the version', hidden: true },
  {
    name: 'workdir',
    type: 'string',
    summary: 'Same as --project-directory',
    hidden: true,
    values: 'directories',
  },
];

/** All flags that may stand before the command word. */
export const globalFlags: readonly FlagDefinition[] = [...composeFlags, ...dockerFlags];

/** Flags that every command takes after its name. */
export const everyCommandFlags: readonly FlagDefinition[] = [
  { name: 'dry-run', type: 'bool', summary: 'Print what would be done and do nothing' },
  help,
];
