import { jsonReporter } from '../output/json.ts';
import { plainReporter } from '../output/plain.ts';
import { quietReporter, type Reporter } from '../output/reporter.ts';
import { ttyReporter } from '../output/tty.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Session } from './session.ts';
import { usesColor } from './terminal.ts';

export interface ProgressOptions {
  /** What is going on, for the head line of a terminal: `up`, `down`. */
  readonly title: string;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  /** Containers write to the terminal meanwhile: a live display would draw over their lines. */
  readonly besideOutput?: boolean;
}

/** The mode that flags, environment and the terminal ask for. */
export function progressMode(
  session: Pick<Session, 'env' | 'stderr'>,
  global: Pick<GlobalOptions, 'progress' | 'ansi'>,
): 'tty' | 'plain' | 'json' | 'quiet' {
  const asked = (global.progress ?? session.env['COMPOSE_PROGRESS']) || 'auto';
  const ansi = (global.ansi ?? session.env['COMPOSE_ANSI']) || 'auto';
  switch (asked) {
    case 'json':
    case 'plain':
      if (ansi === 'always' && asked === 'plain') {
        throw new CommandFailure("can't use --progress plain while ANSI support is forced");
      }
      return asked;
    case 'quiet':
    case 'none':
      return 'quiet';
    case 'tty':
      if (ansi === 'never') {
        throw new CommandFailure("can't use --progress tty while ANSI support is disabled");
      }
      return 'tty';
    case 'auto':
      if (ansi === 'always') return 'tty';
      return ansi !== 'never' && session.stderr.isTTY === true ? 'tty' : 'plain';
    default:
      throw new CommandFailure(
        `unsupported --progress value ${JSON.stringify(asked)}`,
        'use auto, tty, plain, json or quiet',
      );
  }
}

/** The reporter for a run; progress goes to standard error. */
export function createReporter(
  session: Session,
  global: Pick<GlobalOptions, 'progress' | 'ansi'>,
  options: ProgressOptions,
): Reporter {
  const write = (text: string): void => {
    session.stderr.write(text);
  };
  const mode = options.quiet === true ? 'quiet' : progressMode(session, global);
  switch (mode) {
    case 'quiet':
      return quietReporter;
    case 'json':
      return jsonReporter(write, { dryRun: options.dryRun === true });
    case 'plain':
      return plainReporter(write);
    case 'tty':
      if (options.besideOutput === true) return plainReporter(write);
      return ttyReporter(session.stderr, {
        title: options.title,
        color: usesColor(session.stderr, { ansi: global.ansi, env: session.env }),
        now: () => performance.now(),
        every: (milliseconds, tick) => {
          const timer = setInterval(tick, milliseconds).unref();
          return () => {
            clearInterval(timer);
          };
        },
        onExit: session.onExit ?? (() => () => {}),
      });
  }
}
