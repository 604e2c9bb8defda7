import type { Readable } from 'node:stream';
import { createDemultiplexer } from '../logs/log-demultiplex.ts';
import { OutputTail } from './output-tail.ts';

/**
 * Reads a hook's output to its end, line by line. Gives the end of it for an error message:
 * of what it wrote to standard error, or of all when that is nothing.
 */
export async function readHookOutput(
  stream: Readable,
  { tty, onLine }: { readonly tty: boolean; readonly onLine: (line: string) => void },
): Promise<string> {
  const tails = { stdout: new OutputTail(), stderr: new OutputTail() };
  const demultiplexer = createDemultiplexer();
  let rest = '';
  for await (const chunk of stream) {
    const frames = tty
      ? [{ stream: 'stdout' as const, payload: chunk as Buffer }]
      : demultiplexer.push(chunk as Buffer);
    for (const { stream: name, payload } of frames) {
      const text = payload.toString('utf8');
      tails[name === 'stderr' ? 'stderr' : 'stdout'].write(text);
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line.replace(/\r$/, ''));
    }
  }
  if (rest !== '') onLine(rest);
  return tails.stderr.toString() || tails.stdout.toString();
}
