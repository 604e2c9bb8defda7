import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Progress } from '../../../src/engine/event.ts';
import { cellWidth } from '../../../src/output/cell-width.ts';
import { bar } from '../../../src/output/tty-bar.ts';
import { frameLines, type FrameOptions } from '../../../src/output/tty-frame.ts';
import { ProgressState } from '../../../src/output/tty-state.ts';

/** Reports with the time in milliseconds at which each arrives. */
type Reports = readonly (readonly [at: number, progress: Progress])[];

const container = (name: string, status: Progress['status'], text: string): Progress => ({
  id: `Container ${name}`,
  status,
  text,
});

const layer = (id: string, fields: Partial<Progress>): Progress => ({
  id,
  parentId: 'Image registry.example.com/team/web-frontend:2.11.0',
  status: 'working',
  text: 'Downloading',
  ...fields,
});

/** A network that is there, an image on its way, a wide name that failed. */
const three: Reports = [
  [0, { id: 'Network p_default', status: 'working', text: 'Creating' }],
  [100, { id: 'Network p_default', status: 'done', text: 'Created' }],
  [200, container('p-数据库-1', 'working', 'Starting')],
  [
    500,
    {
      ...container('p-数据库-1', 'error', 'Error'),
      details: 'Bind for 0.0.0.0:8080 failed:\n port is already allocated',
    },
  ],
  [500, layer('a', { status: 'done', text: 'Already exists', percent: 100 })],
  [600, layer('b', { current: 8_300_000, total: 10_000_000, percent: 83 })],
  [700, layer('c', { current: 4_000_000, total: 35_000_000, percent: 11 })],
];

/** Forty started, twelve starting, one failed, seven created. */
const sixty: Reports = Array.from({ length: 60 }, (_, index) => {
  const name = `shop-service-${index + 1}-1`;
  const at = index * 10;
  const end = at + 300;
  const begin = [at, container(name, 'working', 'Starting')] as const;
  if (index === 7) return [begin, [end, container(name, 'error', 'Error')] as const];
  if (index < 41) return [begin, [end, container(name, 'done', 'Started')] as const];
  if (index < 53) return [begin];
  return [[at, container(name, 'done', 'Created')] as const];
})
  .flat()
  .sort(([a], [b]) => a - b);

function frame(reports: Reports, options: Partial<FrameOptions> = {}): string[] {
  const state = new ProgressState();
  for (const [at, progress] of reports) state.apply(progress, at);
  return frameLines(state.resources, {
    title: 'up',
    color: false,
    columns: 80,
    rows: 50,
    now: 1500,
    started: 0,
    final: false,
    ...options,
  });
}

describe('a frame of three resources', () => {
  it.each([[40], [80], [200]])('fits %i columns', (columns) => {
    expect(frame(three, { columns }).join('\n')).toMatchSnapshot();
  });

  it('counts what is done, and what failed apart from it', () => {
    expect(frame(three)[0]).toMatch(/^\[\+\] up 1\/3, 1 failed +1\.5s$/);
  });

  it('marks success, failure, warning and work in colours', () => {
    const lines = frame([...three, [800, container('old', 'warning', 'Interrupted')]], {
      color: true,
    });
    expect(lines[1]).toContain('\u001B[32m✔\u001B[0m');
    expect(lines[2]).toContain('\u001B[31m✘\u001B[0m');
    expect(lines[3]).toContain('\u001B[36m⠴\u001B[0m');
    expect(lines[4]).toContain('\u001B[33m!\u001B[0m');
  });

  it('gives the reason of a failure in full when it is the last one', () => {
    const lines = frame(three, { columns: 50, final: true });
    const at = lines.findIndex((line) => line.includes('Error'));
    expect(lines.slice(at + 1, at + 3)).toEqual([
      '     Bind for 0.0.0.0:8080 failed: port is',
      '     already allocated',
    ]);
  });

  it('stops the spinner of what never ended when it is the last one', () => {
    expect(frame([[0, container('web', 'working', 'Starting')]], { final: true })[1]).toMatch(
      /^ - /,
    );
  });
});

describe('a frame of sixty resources', () => {
  it.each([
    [40, 10],
    [80, 10],
    [80, 50],
    [200, 50],
  ])('fits %i columns and %i rows', (columns, rows) => {
    expect(frame(sixty, { columns, rows }).join('\n')).toMatchSnapshot();
  });

  it('shows everything where there is room', () => {
    expect(frame(sixty, { rows: 62 })).toHaveLength(61);
    expect(frame(sixty, { rows: 61 }).at(-1)).toMatch(/^ … \d+ more: /);
  });

  it('keeps failures and what is at work, in the order in which it appeared', () => {
    const lines = frame(sixty, { rows: 16 });
    expect(lines).toHaveLength(15);
    expect(lines[1]).toMatch(/✘ Container shop-service-8-1/);
    const working = lines.slice(2, -1).map((line) => /service-(\d+)/.exec(line)?.[1]);
    expect(working).toEqual(Array.from({ length: 12 }, (_, index) => String(42 + index)));
    expect(lines.at(-1)).toBe(' … 47 more: 47 done');
  });

  it('leaves half the lines to what is at work when more failed than fits', () => {
    const failing: Reports = Array.from({ length: 40 }, (_, index) => [
      index,
      container(`c${index}`, index < 20 ? 'error' : 'working', 'Text'),
    ]);
    const lines = frame(failing, { rows: 12 });
    expect(lines.filter((line) => line.includes('✘'))).toHaveLength(4);
    expect(lines.at(-1)).toBe(' … 31 more: 15 working, 16 failed');
  });
});

describe('the time of a resource', () => {
  it('counts its pieces of work and not the pauses between them', () => {
    const reports: Reports = [
      [0, container('web', 'working', 'Creating')],
      [200, container('web', 'done', 'Created')],
      [5000, container('web', 'working', 'Starting')],
      [5300, container('web', 'done', 'Started')],
    ];
    expect(frame(reports, { now: 9000 })[1]).toMatch(/ 0\.5s$/);
  });

  it('is left out for what took no work', () => {
    expect(frame([[0, container('web', 'done', 'Running')]])[1]).toBe(' ✔ Container web Running');
  });

  it.each([
    [59_900, '59.9s'],
    [59_960, '1m00s'],
    [3_599_400, '59m59s'],
    [3_725_000, '1h02m'],
  ])('of %i ms reads %s', (now, text) => {
    expect(frame([[0, container('web', 'working', 'Waiting')]], { now })[1]).toMatch(
      new RegExp(` ${text}$`),
    );
  });
});

describe('layers of an image', () => {
  const sizes = (...reports: Progress[]): string =>
    frame(reports.map((progress, at) => [at, progress]))[1]?.replace(/ +\d\.\ds$/, '') ?? '';

  it('give no whole before every layer told its size', () => {
    const known = layer('a', { current: 1_000_000, total: 2_000_000 });
    expect(sizes(known, layer('b', { text: 'Waiting' }))).toMatch(/\[⣤⠀\] 1MB$/);
    expect(sizes(known, layer('b', { current: 0, total: 3_000_000 }))).toMatch(/ 1MB \/ 5MB$/);
  });

  it('never shrink when extraction counts from zero again', () => {
    const extracting = layer('a', { text: 'Extracting', current: 0, total: 2_000_000 });
    expect(
      sizes(
        layer('a', { current: 1_000_000, total: 2_000_000 }),
        layer('a', { status: 'done' }),
        extracting,
      ),
    ).toMatch(/\[⣿\] 2MB, extracting$/);
  });

  it('share cells when there are more of them than cells', () => {
    expect(bar([1, 1, 0, 0], 2)).toBe('[⣿⠀]');
    expect(bar([1, 0, 1, 0], 2)).toBe('[⣤⣤]');
    expect(bar([0.5], 10)).toBe('[⣤]');
  });

  it('are not drawn any more once the image is there', () => {
    const one = layer('a', { current: 1, total: 2 });
    expect(sizes(one, { id: one.parentId ?? '', status: 'done', text: 'Pulled' })).toMatch(
      /Pulled$/,
    );
  });
});

describe('any frame', () => {
  const progress = fc.record({
    id: fc.oneof(
      fc.string({ minLength: 1, maxLength: 90, unit: 'grapheme' }),
      fc.constant('Container 数据'),
    ),
    status: fc.constantFrom('working', 'done', 'warning', 'error'),
    text: fc.string({ maxLength: 40 }),
    details: fc.string({ maxLength: 200, unit: 'grapheme' }),
  });
  const reports = fc.array(fc.tuple(fc.nat(9999), progress), { maxLength: 30 });

  it('is never wider or higher than the terminal', () => {
    fc.assert(
      fc.property(
        reports,
        fc.integer({ min: 1, max: 220 }),
        fc.integer({ min: 2, max: 60 }),
        (all, columns, rows) => {
          const lines = frame(all, { columns, rows, now: 10_000 });
          expect(lines.length).toBeLessThan(rows);
          for (const line of lines) {
            expect(cellWidth(line)).toBeLessThanOrEqual(Math.max(columns - 1, 1));
            expect(line).not.toContain('\n');
          }
        },
      ),
    );
  });
});
