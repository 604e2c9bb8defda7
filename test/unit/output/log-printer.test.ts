import { describe, expect, it } from 'vitest';
import type { LogEvent, LogSource } from '../../../src/engine/logs/log-event.ts';
import { LogPrinter, type LogStyle } from '../../../src/output/log-printer.ts';

const web: LogSource = { id: 'a', name: 'web-1', service: 'web', number: 1 };
const database: LogSource = { id: 'b', name: 'database-1', service: 'database', number: 1 };

const line = (
  source: LogSource,
  text: string,
  stream: 'stdout' | 'stderr' = 'stdout',
): LogEvent => ({
  type: 'line',
  source,
  stream,
  line: text,
});

function printed(
  style: Partial<LogStyle>,
  events: readonly LogEvent[],
): { out: string; err: string } {
  const text = { out: '', err: '' };
  const printer = new LogPrinter(
    { color: false, prefix: true, timestamps: false, terminal: false, ...style },
    {
      out: (chunk) => {
        text.out += chunk;
      },
      err: (chunk) => {
        text.err += chunk;
      },
    },
    () => 'NOW',
  );
  for (const event of events) printer.print(event);
  return text;
}

describe('printed logs', () => {
  it('stand behind names padded to the longest one', () => {
    const { out } = printed({}, [
      { type: 'sources', sources: [database, web] },
      line(web, 'hello'),
      line(database, 'ready'),
    ]);
    expect(out).toBe('web-1       | hello\ndatabase-1  | ready\n');
  });

  it('get wider when a longer name appears', () => {
    const { out } = printed({}, [line(web, 'a'), line(database, 'b'), line(web, 'c')]);
    expect(out).toBe('web-1  | a\ndatabase-1  | b\nweb-1       | c\n');
  });

  it('colour names in the order of appearance', () => {
    const { out } = printed({ color: true }, [line(web, 'a'), line(database, 'b')]);
    expect(out).toBe('\u001B[36mweb-1  | \u001B[0ma\n\u001B[33mdatabase-1  | \u001B[0mb\n');
  });

  it('keep standard error apart', () => {
    expect(printed({}, [line(web, 'bad', 'stderr')])).toEqual({ out: '', err: 'web-1  | bad\n' });
  });

  it('can go without names and with times', () => {
    const { out } = printed({ prefix: false, timestamps: true }, [
      line(web, 'a'),
      { type: 'line', source: web, stream: 'stdout', line: 'b', timestamp: 'THEN' },
    ]);
    expect(out).toBe('NOW a\nTHEN b\n');
  });

  it('say how containers ended', () => {
    const exited = { type: 'exited', source: web, outOfMemory: false } as const;
    const { out } = printed({}, [
      { ...exited, exitCode: 3, restarting: false },
      { ...exited, exitCode: 1, restarting: true },
      { type: 'recreated', source: web, replaces: 'web-1' },
    ]);
    expect(out).toBe(
      'web-1 exited with code 3\nweb-1 exited with code 1 (restarting)\nweb-1 has been recreated\n',
    );
  });
});
