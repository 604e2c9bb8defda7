import type { FlagDefinition } from '../definition.ts';

/** Flags of `create` that every provider has; those of docker-machine, and a few more. */
export const sharedCreateFlags: readonly FlagDefinition[] = [
  {
    name: 'driver',
    short: 'd',
    type: 'string',
    aliases: ['provider'],
    summary: 'Where to create it: amazonec2, digitalocean, generic, none … [$MACHINE_DRIVER]',
    values: 'providers',
  },
  {
    name: 'count',
    type: 'int',
    summary: 'How many to create: NAME-1, NAME-2 …',
  },
  {
    name: 'parallel',
    type: 'int',
    default: '5',
    summary: 'How many are created at once',
  },
  {
    name: 'engine-source',
    type: 'string',
    default: 'auto',
    summary: "Where the engine comes from: auto, distribution, docker (Docker's packages), none",
    values: ['auto', 'distribution', 'docker', 'none'],
  },
  { name: 'engine-version', type: 'string', summary: 'Version of the engine, as 28.5' },
  {
    name: 'engine-tls',
    type: 'bool',
    summary:
      'Let the engine listen on the network with certificates; means --configure [$MACHINE_ENGINE_TLS]',
  },
  {
    name: 'engine-tls-port',
    type: 'int',
    default: '2376',
    summary: 'Port for --engine-tls',
  },
  {
    name: 'configure',
    type: 'bool',
    summary: 'Also change an engine that is there already (generic)',
  },
  {
    name: 'force',
    type: 'bool',
    summary: 'Remove what an earlier create with other settings has made, and begin anew',
  },
  {
    name: 'rollback',
    type: 'bool',
    summary: 'Remove what was made when it fails or is interrupted; else the same command goes on',
  },
  {
    name: 'engine-install-url',
    type: 'string',
    summary: 'Script that installs the engine [$MACHINE_DOCKER_INSTALL_URL]',
  },
  {
    name: 'engine-opt',
    type: 'list',
    summary: 'Option of the engine as flag=value, a key of daemon.json',
  },
  {
    name: 'engine-insecure-registry',
    type: 'list',
    summary: 'Registry that the engine may use without TLS',
  },
  {
    name: 'engine-registry-mirror',
    type: 'list',
    summary: 'Registry mirror [$ENGINE_REGISTRY_MIRROR]',
  },
  { name: 'engine-label', type: 'list', summary: 'Label of the engine' },
  {
    name: 'engine-storage-driver',
    type: 'string',
    summary: 'Storage driver of an engine that is newly installed',
  },
  {
    name: 'engine-env',
    type: 'list',
    summary: 'Environment variable of the engine as NAME=VALUE',
  },
  {
    name: 'tls-san',
    type: 'list',
    summary: 'Further name or address for the certificate of --engine-tls',
  },
  ...swarmFlags(),
];

/** Swarm v1 is gone; scripts go on naming it, and `ls --filter swarm=` finds what they said. */
function swarmFlags(): FlagDefinition[] {
  const flag = (name: string, type: FlagDefinition['type'], fallback?: string): FlagDefinition => ({
    name: `swarm${name}`,
    type,
    ...(fallback === undefined ? {} : { default: fallback }),
    summary: 'Unused: Swarm v1 is gone',
    hidden: true,
  });
  return [
    flag('', 'bool'),
    flag('-image', 'string', 'swarm:latest'),
    flag('-master', 'bool'),
    flag('-discovery', 'string'),
    flag('-strategy', 'string', 'spread'),
    flag('-opt', 'list'),
    flag('-join-opt', 'list'),
    flag('-host', 'string', 'tcp://0.0.0.0:3376'),
    flag('-addr', 'string'),
    flag('-experimental', 'bool'),
  ];
}
