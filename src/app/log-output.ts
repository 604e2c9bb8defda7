import { LogPrinter } from '../output/log-printer.ts';
import type { GlobalOptions } from './global-options.ts';
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
    () => new Date().toISOString().replace('Z', '000000Z'),
  );
}
