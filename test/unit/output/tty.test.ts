import { describe, expect, it } from 'vitest';
import type { Progress } from '../../../src/engine/event.ts';
import type { Reporter } from '../../../src/output/reporter.ts';
import { ttyReporter } from '../../../src/output/tty.ts';
import { TestTerminal } from './test-terminal.ts';

interface Rig {
  readonly terminal: TestTerminal;
  readonly reporter: Reporter;
  readonly say: (id: string, status: Progress['status'], text: string) => void;
  /** Lets time pass; the display's timer ticks at the end of it. */
  readonly pass: (milliseconds: number) => void;
  readonly exit: () => void;
  /** Timers, exit and resize listeners that are still there. */
  readonly leftovers: () => number;
}

function rig({ columns = 60, rows = 10 } = {}): Rig {
  const terminal = new TestTerminal(columns, rows);
  const ticks = new Set<() => void>();
  const exits = new Set<() => void>();
  let now = 0;
  const reporter = ttyReporter(terminal, {
    title: 'up',
    color: false,
    now: () => now,
    every: (milliseconds, tick) => {
      expect(milliseconds).toBe(100);
      ticks.add(tick);
      return () => ticks.delete(tick);
    },
    onExit: (listener) => {
      exits.add(listener);
      return () => exits.delete(listener);
    },
  });
  return {
    terminal,
    reporter,
    say: (id, status, text) => {
      reporter.report({ type: 'progress', progress: { id, status, text } });
    },
    pass: (milliseconds) => {
      now += milliseconds;
      for (const tick of ticks) tick();
    },
    exit: () => {
      for (const listener of exits) listener();
    },
    leftovers: () => ticks.size + exits.size + terminal.listeners.size,
  };
}

const message = (text: string, level: 'info' | 'warning' = 'info') =>
  ({ type: 'message', level, text }) as const;

describe('the live display', () => {
  it('stays below the output of containers, which has half of the terminal', () => {
    const { terminal, reporter, say } = rig({ rows: 10 });
    for (const name of 'abcdef') say(`Container ${name}`, 'working', 'Starting');
    reporter.above?.('a-1  | hello\n');
    const [first, head, ...rows] = terminal.text().split('\n');
    expect(first).toBe('a-1  | hello');
    expect(head).toMatch(/^\[\+\] up 0\/6/);
    expect(rows.at(-1)).toBe(' … 4 more: 4 working');
    reporter.above?.('b-1  | hello\n');
    expect(terminal.text().split('\n').slice(0, 2)).toEqual(['a-1  | hello', 'b-1  | hello']);
    reporter.close();
    reporter.above?.('c-1  | hello\n');
    const lines = terminal.text().split('\n');
    expect(lines.filter((line) => line.includes('Container'))).toHaveLength(6);
    expect(lines.at(-1)).toBe('c-1  | hello');
  });

  it('draws with its timer, and at once when something ends', () => {
    const { terminal, say, pass } = rig();
    say('Container web', 'working', 'Starting');
    expect(terminal.writes).toBe(0);
    pass(100);
    expect(terminal.text()).toMatch(/^\[\+\] up 0\/1 .*\n ⠙ Container web Starting +0\.1s$/);
    say('Container web', 'working', 'Waiting');
    expect(terminal.writes).toBe(1);
    say('Container web', 'done', 'Healthy');
    expect(terminal.text()).toContain(' ✔ Container web Healthy');
  });

  it('replaces its lines, and leaves what was there before alone', () => {
    const { terminal, say, pass } = rig();
    terminal.write('$ tcompose up -d\n');
    for (const name of ['a', 'b', 'c']) say(`Container ${name}`, 'working', 'Starting');
    for (let frame = 0; frame < 20; frame += 1) pass(100);
    expect(terminal.text().split('\n')).toHaveLength(5);
    expect(terminal.text()).toMatch(/^\$ tcompose up -d\n\[\+\] up 0\/3/);
  });

  it('keeps messages above', () => {
    const { terminal, reporter, say, pass } = rig();
    say('Container web', 'working', 'Starting');
    pass(100);
    reporter.report(message('found orphans', 'warning'));
    pass(100);
    reporter.report(message('two\nlines'));
    expect(terminal.text()).toMatch(
      /^warning: found orphans\ntwo\nlines\n\[\+\] up 0\/1 .*\n . Container web Starting +0\.2s$/,
    );
  });

  it('takes the lines back when fewer are needed, and what was typed below them', () => {
    const { terminal, reporter, say, pass } = rig();
    say('Container web', 'working', 'Starting');
    pass(100);
    terminal.write('^C');
    pass(100);
    expect(terminal.text()).not.toContain('^C');
    reporter.suspend?.();
    expect(terminal.text()).toBe('');
  });

  it('writes nothing when nothing changed', () => {
    const { terminal, say, pass } = rig();
    say('Container web', 'done', 'Running');
    const { writes } = terminal;
    pass(0);
    expect(terminal.writes).toBe(writes);
  });

  it('fits a terminal that changed its size, and wrapped the old lines', () => {
    const { terminal, say, pass } = rig({ columns: 60 });
    terminal.write('$ tcompose up -d\n');
    say('Container web', 'working', 'Starting');
    pass(100);
    terminal.resize(40, 10);
    expect(terminal.text()).toMatch(
      /^\$ tcompose up -d\n\[\+\] up 0\/1 +0\.1s\n . Container web Starting +0\.1s$/,
    );
  });
});

describe('while a builder draws', () => {
  it('nothing is drawn, and messages are written as they come', () => {
    const { terminal, reporter, say, pass } = rig();
    say('Image web', 'working', 'Building');
    pass(100);
    reporter.suspend?.();
    reporter.suspend?.();
    expect(terminal.cursorHidden).toBe(false);
    terminal.write('#1 load build definition\n');
    reporter.report(message('no buildx'));
    say('Image web', 'done', 'Built');
    reporter.resume?.();
    pass(100);
    expect(terminal.text()).toBe('#1 load build definition\nno buildx');
    reporter.resume?.();
    expect(terminal.text()).toMatch(/no buildx\n\[\+\] up 1\/1 .*\n ✔ Image web Built/);
    expect(terminal.cursorHidden).toBe(true);
  });
});

describe('the end of the display', () => {
  it('is a last frame, a visible cursor below it and nothing left to run', () => {
    const { terminal, reporter, say, pass, leftovers } = rig();
    say('Container web', 'working', 'Starting');
    pass(100);
    expect(terminal.cursorHidden).toBe(true);
    reporter.close();
    reporter.close();
    terminal.write('$ ');
    expect(terminal.text()).toMatch(/\n - Container web Starting +0\.1s\n\$ $/);
    expect(terminal.cursorHidden).toBe(false);
    expect(leftovers()).toBe(0);
  });

  it('comes with the exit of the process too', () => {
    const { terminal, say, pass, exit, leftovers } = rig();
    say('Container web', 'working', 'Starting');
    pass(100);
    exit();
    expect(terminal.cursorHidden).toBe(false);
    expect(leftovers()).toBe(0);
  });

  it('is nothing at all when nothing was reported', () => {
    const { terminal, reporter, leftovers } = rig();
    reporter.close();
    expect(terminal.writes).toBe(0);
    expect(leftovers()).toBe(0);
  });

  it('lets later messages through, and no later progress', () => {
    const { terminal, reporter, say } = rig();
    say('Container web', 'done', 'Started');
    reporter.close();
    say('Container web', 'done', 'Stopped');
    reporter.report(message('bye'));
    expect(terminal.text()).toMatch(/Started.*\nbye$/);
    expect(terminal.text()).not.toContain('Stopped');
  });
});
