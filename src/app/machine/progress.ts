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
  {
    title,
    quiet,
    forProgram,
  }: { readonly title: string; readonly quiet: boolean; readonly forProgram: boolean },
): MachineReporter {
  const mode = progressMode(session, options);
  const out = forProgram ? session.stderr : session.stdout;
  if (quiet || mode === 'plain' || mode === 'quiet') {
    const silent = quiet || mode === 'quiet';
    return {
      report: (event) => printLine({ out, err: session.stderr }, event, { ...options, silent }),
      tell: (line) => void out.write(`${line}\n`),
      close: () => {},
    };
  }
  const reporter = createReporter(session, options, { title });
  return {
    report: (event) => reporter.report(progressEvent(event)),
    tell: (text) => reporter.report({ type: 'message', level: 'info', text }),
    close: () => reporter.close(),
  };
}

type Output = Pick<Session['stdout'], 'write'>;

function printLine(
  { out, err }: { readonly out: Output; readonly err: Output },
  event: MachineEvent,
  { silent, verbose }: { readonly silent: boolean; readonly verbose: boolean },
): void {
  if (event.type !== 'warning' && silent) return;
  const line = plainMachineLine(event, { details: verbose });
  if (line === undefined) return;
  (event.type === 'warning' ? err : out).write(`${line}\n`);
}

function progressEvent(event: MachineEvent): ProgressEvent {
  const { machine: id, text } = event;
  switch (event.type) {
    case 'step':
      return { type: 'progress', progress: { id, status: 'working', text } };
    case 'step-done':
      return { type: 'progress', progress: { id, status: 'done', text } };
    case 'detail':
      return { type: 'progress', progress: { id, status: 'working', text: '', details: text } };
    case 'warning':
      return { type: 'message', level: 'warning', text: `${id}: ${text}` };
  }
}
