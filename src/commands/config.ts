import type { CommandDefinition } from './definition.ts';

/** `tcompose config` */
export const command: CommandDefinition = {
  name: 'config',
  aliases: ['convert'],
  usage: 'config [OPTIONS] [SERVICE...]',
  summary: 'Check the files and print the resolved project',
  flags: [
    { name: 'environment', type: 'bool', summary: 'Print the variables that interpolation uses' },
    {
      name: 'explain',
      type: 'string',
      summary: 'Tell where the value at this path, or of this variable, comes from',
    },
    { name: 'format', type: 'string', summary: 'yaml or json', values: ['yaml', 'json'] },
    {
      name: 'hash',
      type: 'string',
      summary: 'Print the configuration hash of services: names with commas, or *',
      values: 'services',
    },
    { name: 'images', type: 'bool', summary: 'Print image names, one a line' },
    {
      name: 'lock-image-digests',
      type: 'bool',
      summary: 'Print an override file that pins images to digests',
    },
    { name: 'models', type: 'bool', summary: 'Print model names, one a line' },
    { name: 'networks', type: 'bool', summary: 'Print network names, one a line' },
    { name: 'no-consistency', type: 'bool', summary: 'Do not check that the parts fit together' },
    { name: 'no-env-resolution', type: 'bool', summary: 'Do not read env files of services' },
    { name: 'no-interpolate', type: 'bool', summary: 'Leave variables as they are' },
    { name: 'no-normalize', type: 'bool', summary: 'Do not add defaults and implied settings' },
    { name: 'no-path-resolution', type: 'bool', summary: 'Leave relative paths as they are' },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'Write to this file instead of standard output',
      values: 'files',
    },
    { name: 'profiles', type: 'bool', summary: 'Print profile names, one a line' },
    { name: 'quiet', short: 'q', type: 'bool', summary: 'Only check, print nothing' },
    {
      name: 'resolve-image-digests',
      type: 'bool',
      summary: 'Pin images to the digests that the registry has',
    },
    { name: 'services', type: 'bool', summary: 'Print service names, one a line' },
    {
      name: 'variables',
      type: 'bool',
      summary: 'Print the variables that the files use, and their defaults',
    },
    { name: 'volumes', type: 'bool', summary: 'Print volume names, one a line' },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/config.ts');
    return run(invocation);
  },
};
