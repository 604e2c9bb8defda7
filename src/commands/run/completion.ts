import type { Invocation } from '../invocation.ts';
import { bash } from '../shells/bash.ts';
import { fish } from '../shells/fish.ts';
import { zsh } from '../shells/zsh.ts';
import { UsageError } from '../usage-error.ts';

/** In the scripts `$@{` stands for `${`, which would be a placeholder of ours. */
const SCRIPTS: ReadonlyMap<string, string> = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
]);

/** Prints the completion script of a shell, for the name the program is called by. */
export function run({ args: [shell = ''], session }: Invocation): Promise<number> {
  const script = SCRIPTS.get(shell);
  if (script === undefined) {
    throw new UsageError(`unknown shell ${JSON.stringify(shell)}`, 'use bash, zsh or fish');
  }
  const program = session.programName;
  if (program.includes(' ')) {
    throw new UsageError(
      `${program} is completed by docker itself`,
      `use the output of "docker completion ${shell}"`,
    );
  }
  const name = `${program.replaceAll('-', '_')}_words`;
  session.stdout.write(
    script.replaceAll('$@{', '${').replaceAll('PROGRAM', program).replaceAll('FUNCTION', name),
  );
  return Promise.resolve(0);
}
