import type { CommandDefinition } from './definition.ts';

/** `tcompose publish` */
export const command: CommandDefinition = {
  name: 'publish',
  usage: 'publish [OPTIONS] REPOSITORY[:TAG]',
  summary: 'Put the project into a registry, to be used as -f oci://REPOSITORY[:TAG]',
  args: { min: 1, max: 1, wording: 'docker' },
  flags: [
    {
      name: 'app',
      type: 'bool',
      summary: 'Pin and copy images of services along with the project',
    },
    {
      name: 'insecure-registry',
      type: 'bool',
      summary: 'Speak to the registry without TLS',
      hidden: true,
    },
    {
      name: 'oci-version',
      type: 'string',
      summary: 'Form of the artifact: 1.0 or 1.1; default: what the registry takes',
      values: ['1.0', '1.1'],
    },
    {
      name: 'resolve-image-digests',
      type: 'bool',
      summary: 'Pin images to the digests that they have now',
    },
    { name: 'with-env', type: 'bool', summary: 'Take env files along, and do not ask about them' },
    {
      name: 'yes',
      short: 'y',
      type: 'bool',
      summary: 'Answer all questions with yes',
      aliases: ['y'],
      aliasWarning: '--y is deprecated, please use --yes instead',
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/publish.ts');
    return run(invocation);
  },
};
