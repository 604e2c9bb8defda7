import type { CommandDefinition } from './definition.ts';

/** `tcompose commit` */
export const command: CommandDefinition = {
  name: 'commit',
  usage: 'commit [OPTIONS] SERVICE [REPOSITORY[:TAG]]',
  summary: "Make an image of a container's present state",
  args: { min: 1, max: 2 },
  usesEngine: true,
  flags: [
    {
      name: 'author',
      short: 'a',
      type: 'string',
      summary: 'Who made the image: "Ada Lovelace <ada@example.org>"',
    },
    {
      name: 'change',
      short: 'c',
      type: 'list',
      summary: 'Instruction of a Dockerfile to apply; several allowed',
    },
    { name: 'index', type: 'int', default: '0', summary: 'Replica; default: the first' },
    { name: 'message', short: 'm', type: 'string', summary: 'What the image is' },
    {
      name: 'pause',
      short: 'p',
      type: 'bool',
      default: 'true',
      summary: 'Let the container stand still meanwhile',
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/commit.ts');
    return run(invocation);
  },
};
