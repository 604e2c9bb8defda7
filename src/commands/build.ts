import type { CommandDefinition } from './definition.ts';

/** `tcompose build` */
export const command: CommandDefinition = {
  name: 'build',
  usage: 'build [OPTIONS] [SERVICE...]',
  summary: 'Build images of services',
  flags: [
    {
      name: 'build-arg',
      type: 'list',
      summary: 'Set a build argument: NAME=VALUE; several allowed',
    },
    { name: 'builder', type: 'string', summary: 'Builder to use' },
    { name: 'check', type: 'bool', summary: 'Only check the build definitions' },
    { name: 'compress', type: 'bool', default: 'true', summary: 'No effect', hidden: true },
    { name: 'force-rm', type: 'bool', default: 'true', summary: 'No effect', hidden: true },
    {
      name: 'memory',
      short: 'm',
      type: 'bytes',
      summary: 'Memory limit of build containers; not with BuildKit',
    },
    { name: 'no-cache', type: 'bool', summary: 'Do not use the cache' },
    { name: 'no-rm', type: 'bool', summary: 'No effect', hidden: true },
    { name: 'parallel', type: 'bool', default: 'true', summary: 'No effect', hidden: true },
    { name: 'print', type: 'bool', summary: 'Print the equivalent bake file and build nothing' },
    {
      name: 'progress',
      type: 'string',
      summary: 'Same as --progress before the command',
      hidden: true,
      values: ['auto', 'tty', 'plain', 'json', 'quiet'],
    },
    { name: 'provenance', type: 'string', summary: 'Add a provenance attestation' },
    { name: 'pull', type: 'bool', summary: 'Always look for newer base images' },
    { name: 'push', type: 'bool', summary: 'Push the images afterwards' },
    { name: 'quiet', short: 'q', type: 'bool', summary: 'No output of builds' },
    { name: 'sbom', type: 'string', summary: 'Add an SBOM attestation' },
    {
      name: 'ssh',
      type: 'string',
      summary: "SSH keys or agent for the build ('default' for the agent)",
      values: ['default'],
    },
    { name: 'with-dependencies', type: 'bool', summary: 'Services it depends on too' },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/build.ts');
    return run(invocation);
  },
};
