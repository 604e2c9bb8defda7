import type { ProgressEvent } from '../../engine/event.ts';
import type { MachineEvent } from '../../machines/machine-event.ts';
import { plainMachineLine } from '../../output/machine/plain-line.ts';
import { createReporter, progressMode } from '../progress.ts';
import type { Session } from '../session.ts';
import type { MachineOptions } from './options.ts';

/** Says something for people while progress is shown, as one line. */
export type Tell = (line: string) => void;

/** Shows what happens while something is done to machines. */
export interface MachineReporter {
  readonly report: (event: MachineEvent) => void;
  readonly tell: Tell;
  /** Leaves the terminal as it was found. */
  readonly close: () => void;
}

/**
 * A live display on a terminal, JSON when asked for, else lines as docker-machine printed them: on standard output,
 * with the machine's name in front.
 */
export function machineReporter(
  session: Session,
  options: MachineOptions,
  { title, quiet }: { readonly title: string; readonly quiet: boolean },
): MachineReporter {
  const mode = progressMode(session, options);
  if (quiet || mode === 'plain' || mode === 'quiet') {
    const silent = quiet || mode === 'quiet';
    return {
      report: (event) => printLine(session, event, { ...options, silent }),
      tell: (line) => void session.stdout.write(`${line}\n`),
      close: () => {},
    };
  }
  const reporter = createReporter(session, options, { title });
  const steps = new Map<string, string>();
  return {
    report: (event) => reporter.report(progressEvent(event, steps)),
    tell: (text) => reporter.report({ type: 'message', level: 'info', text }),
    close: () => reporter.close(),
  };
}

function printLine(
  { stdout, stderr }: Session,
  event: MachineEvent,
  { silent, verbose }: { readonly silent: boolean; readonly verbose: boolean },
): void {
  if (event.type !== 'warning' && silent) return;
  const line = plainMachineLine(event, { details: verbose });
  if (line === undefined) return;
  (event.type === 'warning' ? stderr : stdout).write(`${line}\n`);
}

/** @param steps what each machine is at; details are told beside it */
function progressEvent(event: MachineEvent, steps: Map<string, string>): ProgressEvent {
  const { machine: id, text } = event;
  switch (event.type) {
    case 'step':
      steps.set(id, text);
      return { type: 'progress', progress: { id, status: 'working', text } };
    case 'step-done':
      return { type: 'progress', progress: { id, status: 'done', text } };
    case 'detail':
      return {
        type: 'progress',
        progress: { id, status: 'working', text: steps.get(id) ?? '', details: text },
      };
    case 'warning':
      return { type: 'message', level: 'warning', text: id === '' ? text : `${id}: ${text}` };
  }
}
