import { parseLogTime } from '../engine/logs/log-time.ts';
import { CommandFailure } from './failure.ts';

/** The value of `--since` or `--until` as the engine takes it; undefined when not given. */
export function timeOption(text: string): string | undefined {
  if (text === '') return undefined;
  const parsed = parseLogTime(text, Date.now());
  if (parsed.ok) return parsed.value;
  throw new CommandFailure(parsed.error, 'write 2013-01-02T13:23:37Z, or 42m for 42 minutes ago');
}
