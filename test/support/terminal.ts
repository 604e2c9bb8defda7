/** What happens at the terminal of `atTerminal` and `scriptAtTerminal`. */
import { type ChildProcess, spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import type { Reaction } from './command.ts';

/** Types this, as soon as the text appears. */
export function type(text: string, after: string): Reaction {
  return { after, act: (child) => child.stdin?.write(text) };
}

/** Makes the terminal 90 columns wide and 25 rows high. */
export function shrink(after: string): Reaction {
  return {
    after,
    act: (child) => {
      const terminal = readlinkSync(`/proc/${lastDescendant(child)}/fd/0`);
      spawnSync('stty', ['-F', terminal, 'columns', '90', 'rows', '25']);
    },
  };
}

/** Closes the terminal. */
export function closeTerminal(after: string): Reaction {
  return { after, act: (child) => child.kill('SIGKILL') };
}

/** Sends a signal to the program that runs at the terminal. */
export function signalProgram(signal: NodeJS.Signals, after: string): Reaction {
  return { after, act: (child) => process.kill(lastDescendant(child), signal) };
}

function lastDescendant({ pid = 0 }: ChildProcess): number {
  for (let last = pid; ;) {
    const children = readFileSync(`/proc/${last}/task/${last}/children`, 'utf8');
    const next = children.trim().split(' ').at(-1) ?? '';
    if (next === '') return last;
    last = Number(next);
  }
}
