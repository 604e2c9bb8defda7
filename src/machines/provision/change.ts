import { type Step, second, writeStep } from './step.ts';

/** One file that changes. */
export interface Change {
  readonly step: Step;
  readonly undo?: Step;
  readonly difference: readonly string[];
  /** What it takes for it to have effect, where that is not a restart. */
  readonly effect?: 'none' | 'units';
}

export function command(title: string, argv: readonly string[]): Step {
  return { kind: 'file', title, argv, timeout: 30 * second, changes: true };
}

/** Puts a file back, or removes what was not there. */
export function restoreStep(path: string, content: string | undefined, mode: string): Step {
  const title = `put ${path} back`;
  return content === undefined
    ? command(title, ['rm', '-f', path])
    : writeStep({ title, path, content: `${content}\n`, mode, secret: true });
}

/** Takes away a file that is not wanted any more. */
export function removal(path: string, current: string, mode: string): Change {
  return {
    step: command(`remove ${path}`, ['rm', '-f', path]),
    undo: restoreStep(path, current, mode),
    difference: [`${path} is not wanted any more`],
  };
}
