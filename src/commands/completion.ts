import type { CommandDefinition } from './definition.ts';

/** `tcompose completion` */
export const command: CommandDefinition = {
  name: 'completion',
  usage: 'completion bash|zsh|fish',
  summary: 'Print a script that makes a shell complete commands, flags and services',
  args: { min: 1, max: 1 },
  projectless: true,
  flags: [],
  examples: ['completion bash > /etc/bash_completion.d/tcompose', 'completion fish | source'],
  run: async (invocation) => {
    const { run } = await import('./run/completion.ts');
    return run(invocation);
  },
};
