import { command as generate } from './alpha-generate.ts';
import { command as viz } from './alpha-viz.ts';
import type { CommandDefinition } from './definition.ts';
import { commandHelp } from './help.ts';
import { command as publish } from './publish.ts';

/** `tcompose alpha`: what Compose has on trial. */
export const command: CommandDefinition = {
  name: 'alpha',
  usage: 'alpha [OPTIONS] COMMAND',
  summary: 'Commands on trial, which may change or vanish',
  hidden: true,
  projectless: true,
  flags: [],
  // It was on trial once; scripts may still call it that.
  subcommands: [generate, { ...publish, usage: `alpha ${publish.usage}` }, viz],
  run: ({ session }) => {
    session.stdout.write(commandHelp(session.programName, command));
    return Promise.resolve(0);
  },
};
