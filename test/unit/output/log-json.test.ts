import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/engine/logs/log-event.ts';
import { logJson } from '../../../src/output/log-json.ts';

const source = { id: 'abc', name: 'web-2', service: 'web', number: 2 };

describe('output of containers as JSON', () => {
  it('is an object in a line for each line', () => {
    const line = { type: 'line', source, stream: 'stderr', line: 'a "b" \u001B[1m' } as const;
    const time = '2026-01-02T03:04:05.000000006Z';
    expect(logJson({ ...line, timestamp: time })).toBe(
      `{"time":"${time}","service":"web","number":2,"container":"web-2","id":"abc","stream":"stderr","line":"a \\"b\\" \\u001b[1m"}\n`,
    );
    expect(JSON.parse(logJson(line) ?? '')).not.toHaveProperty('time');
  });

  it('has warnings where a log cannot be read', () => {
    expect(JSON.parse(logJson({ type: 'warning', source, text: 'no log' }) ?? '')).toEqual({
      service: 'web',
      number: 2,
      container: 'web-2',
      id: 'abc',
      warning: 'no log',
    });
  });

  it.each<LogEvent>([
    { type: 'sources', sources: [source] },
    { type: 'created', source },
    { type: 'started', source, restarted: false },
    { type: 'recreated', source, replaces: 'web-1' },
    { type: 'exited', source, exitCode: 1, restarting: false, outOfMemory: false },
    { type: 'health', source, health: 'healthy' },
    { type: 'removed', source },
  ])('leaves out what is no output ($type)', (event) => {
    expect(logJson(event)).toBeUndefined();
  });
});
