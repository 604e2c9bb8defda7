import { type Step, second, writeStep } from './step.ts';

/**
 * What it takes for a change to have effect; `units`: systemd has to read its files again, the engine knows already
 * what they say; `socket`: the engine is restarted, and the socket that systemd holds for it.
 */
export type Effect = 'none' | 'units' | 'reload' | 'restart' | 'socket';

/** Files that change together. */
export interface Change {
  readonly step: Step;
  readonly undo?: Step;
  readonly difference: readonly string[];
  /** What it takes for it to have effect, where that is not a restart. */
  readonly effect?: Effect;
  /** Removes what only its undoing needs, once the engine runs with the change. */
  readonly cleanup?: Step;
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
