import { parseLogTime } from '../engine/logs/log-time.ts';
import { CommandFailure } from './failure.ts';

/**
 * The value of `--since` or `--until` as the engine takes it; undefined when not given. A wrong one is
 * refused with the name of the `flag`, where Compose does that.
 */
export function timeOption(text: string, flag?: 'since' | 'until'): string | undefined {
  if (text === '') return undefined;
  const parsed = parseLogTime(text, Date.now());
  if (parsed.ok) return parsed.value;
  const which = flag === undefined ? '' : `invalid value for "${flag}": `;
  throw new CommandFailure(
    which + parsed.error,
    'write 2013-01-02T13:23:37Z, or 42m for 42 minutes ago',
  );
}
