import { describe, expect, it } from 'vitest';
import { SolveProgress, type SolveStatus } from '../../../src/engine/build/solve-progress.ts';

const T0 = '2024-01-01T00:00:00.000000001Z';
const T1 = '2024-01-01T00:00:01.25Z';
const log = (vertex: string, text: string): SolveStatus => ({
  logs: [{ vertex, data: Buffer.from(text).toString('base64'), timestamp: T1 }],
});

describe('progress of BuildKit', () => {
  it('numbers steps as they begin and tells how they end', () => {
    const progress = new SolveProgress();
    const lines = [
      ...progress.push({ vertexes: [{ digest: 'b', name: '[2/2] RUN x' }] }),
      ...progress.push({ vertexes: [{ digest: 'a', name: '[1/2] FROM y', started: T0 }] }),
      ...progress.push({ statuses: [{ vertex: 'a', id: 'layer', completed: T1 }] }),
      ...progress.push({ statuses: [{ vertex: 'a', id: 'layer', completed: T1 }] }),
      ...progress.push({
        vertexes: [
          { digest: 'a', name: '[1/2] FROM y', started: T0, completed: T0, cached: true },
          { digest: 'b', name: '[2/2] RUN x', started: T0 },
        ],
      }),
      ...progress.push(log('b', 'one\ntw')),
      ...progress.push(log('b', 'o\r\nthree')),
      ...progress.push({
        vertexes: [{ digest: 'b', name: '[2/2] RUN x', started: T0, completed: T1 }],
      }),
    ];
    expect(lines).toEqual([
      '#1 [1/2] FROM y',
      '#1 layer done',
      '#2 [2/2] RUN x',
      '#1 CACHED',
      '#2 1.250 one',
      '#2 1.250 two',
      '#2 1.250 three',
      '#2 DONE 1.3s',
    ]);
  });

  it('keeps what a failed step wrote, and leaves cancelled ones aside', () => {
    const progress = new SolveProgress();
    progress.push({
      vertexes: [
        { digest: 'a', name: '[web 2/2] RUN x', started: T0 },
        { digest: 'b', name: '[db 2/2] RUN y', started: T0 },
      ],
    });
    progress.push(log('a', `${Array.from({ length: 60 }, (_, i) => `line ${i}`).join('\n')}\n`));
    const ends = { started: T0, completed: T1 };
    const lines = progress.push({
      vertexes: [
        { digest: 'a', name: '[web 2/2] RUN x', ...ends, error: 'exit code: 3' },
        { digest: 'b', name: '[db 2/2] RUN y', ...ends, error: 'x: context canceled' },
      ],
    });
    expect(lines).toEqual(['#1 ERROR: exit code: 3', '#2 CANCELED']);
    expect(progress.failed).toHaveLength(1);
    expect(progress.failed[0]).toMatchObject({ name: '[web 2/2] RUN x', error: 'exit code: 3' });
    expect(progress.failed[0]?.output).toHaveLength(50);
    expect(progress.failed[0]?.output.at(-1)).toBe('line 59');
  });
});
