import { localTime } from '../output/local-time.ts';
import { LogPrinter } from '../output/log-printer.ts';
import type { GlobalOptions } from './global-options.ts';
import { localOffset } from './local-zone.ts';
import type { Session } from './session.ts';
import { usesColor } from './terminal.ts';
import type { LogAppearance } from './up-request.ts';

/**
 * A printer of container output on this process's streams.
 *
 * @param options.merged both streams of containers go to standard output, as `logs` does
 */
export function createLogPrinter(
  session: Session,
  global: Pick<GlobalOptions, 'ansi'>,
  options: {
    readonly appearance: LogAppearance;
    readonly merged: boolean;
    readonly notes?: boolean;
  },
): LogPrinter {
  const { appearance, merged, notes = false } = options;
  const { env, stdout, stderr } = session;
  const out = (text: string): void => {
    stdout.write(text);
  };
  return new LogPrinter(
    {
      color: appearance.color && usesColor(stdout, { ansi: global.ansi, env }),
      prefix: appearance.prefix,
      timestamps: appearance.timestamps,
      terminal: stdout.isTTY === true,
      notes,
    },
    { out, err: merged ? out : (text) => void stderr.write(text) },
    timeNow,
  );
}

/** The local time as Compose prints it with `--timestamps`: always nine digits behind the point. */
function timeNow(): string {
  const { date, time, fraction, zone } = localTime(BigInt(Date.now()) * 1_000_000n, localOffset);
  return `${date}T${time}.${fraction}${zone}`;
}
