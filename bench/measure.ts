/** Measuring commands: wall time, CPU time and peak memory of a process and all it started. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../test/support/command.ts';

/** One run. */
export interface Sample {
  /** Seconds. */
  readonly wall: number;
  /** Seconds, user and system. */
  readonly cpu: number;
  /** Kibibytes, of the largest process. */
  readonly memory: number;
}

/** A command line with its folder and environment. */
export interface Command {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** bash's own clock has milliseconds where time(1) has hundredths, which in turn knows the memory. */
const script = `TIMEFORMAT='%3R %3U %3S'
{ time /usr/bin/time -f %M -o "$0/memory" "$@" >/dev/null 2>"$0/stderr"; } 2>"$0/times"`;

/**
 * Runs a command once.
 * @throws when it fails: the time of a failure means nothing.
 */
export async function measure(command: Command): Promise<Sample> {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-bench-'));
  try {
    const done = await run('bash', ['-c', script, folder, ...command.argv], command);
    const read = (file: string): string => readFileSync(join(folder, file), 'utf8').trim();
    if (done.code !== 0) {
      throw new Error(`${command.argv.join(' ')}: exit code ${done.code}\n${read('stderr')}`);
    }
    const [wall = 0, user = 0, system = 0] = read('times').split(' ').map(Number);
    return { wall, cpu: user + system, memory: Number(read('memory').split('\n').at(-1)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
