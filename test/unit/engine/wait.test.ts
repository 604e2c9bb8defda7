import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/engine/execute/wait.ts';
import type { ContainerInspect } from '../../../src/engine/execute/inspect.ts';
import type { WaitCondition } from '../../../src/scheduler/plan.ts';

interface Seen {
  readonly status: string;
  readonly exitCode?: number;
  readonly health?: string;
  readonly probe?: string;
}

function container({ status, exitCode = 0, health, probe }: Seen): ContainerInspect {
  const Log = probe === undefined ? [] : [{ ExitCode: 1, Output: `${probe}\n` }];
  return {
    Id: 'c',
    Name: '/p-db-1',
    State: {
      Status: status,
      Running: status === 'running',
      ExitCode: exitCode,
      ...(health === undefined ? {} : { Health: { Status: health, Log } }),
    },
    Config: health === undefined ? {} : { Healthcheck: { Test: ['CMD', 'true'] } },
  };
}

describe('what a state means for a condition', () => {
  const cases: readonly (readonly [WaitCondition, Seen, string])[] = [
    ['healthy', { status: 'running', health: 'starting' }, 'waiting'],
    ['healthy', { status: 'running', health: 'healthy' }, 'Healthy'],
    ['healthy', { status: 'running', health: 'unhealthy' }, 'container p-db-1 is unhealthy'],
    ['healthy', { status: 'restarting', health: 'unhealthy' }, 'waiting'],
    ['healthy', { status: 'running' }, 'container p-db-1 has no healthcheck configured'],
    [
      'healthy',
      { status: 'exited', exitCode: 0, health: 'starting' },
      'container p-db-1 exited (0)',
    ],
    ['completed', { status: 'running' }, 'waiting'],
    ['completed', { status: 'restarting', exitCode: 1 }, 'waiting'],
    ['completed', { status: 'exited' }, 'Exited'],
    ['completed', { status: 'exited', exitCode: 3 }, "didn't complete successfully: exit 3"],
    ['completed', { status: 'dead', exitCode: 3 }, "didn't complete successfully: exit 3"],
    ['running-or-healthy', { status: 'created' }, 'waiting'],
    ['running-or-healthy', { status: 'running' }, 'Healthy'],
    ['running-or-healthy', { status: 'running', health: 'starting' }, 'waiting'],
    ['running-or-healthy', { status: 'running', health: 'healthy' }, 'Healthy'],
    [
      'running-or-healthy',
      { status: 'running', health: 'unhealthy' },
      'container p-db-1 is unhealthy',
    ],
    ['running-or-healthy', { status: 'exited', exitCode: 0 }, 'Exited'],
    ['running-or-healthy', { status: 'exited', exitCode: 1 }, 'container p-db-1 exited (1)'],
  ];
  it.each(cases)('%s: %o is %s', (condition, seen, expected) => {
    const verdict = judge(condition, container(seen));
    const text =
      verdict.kind === 'waiting'
        ? 'waiting'
        : verdict.kind === 'reached'
          ? verdict.text
          : verdict.reason;
    expect(text).toBe(expected);
  });

  it('shows what the last health check wrote', () => {
    const seen = container({ status: 'running', health: 'unhealthy', probe: 'refused' });
    expect(judge('healthy', seen)).toMatchObject({
      hint: 'The last health check wrote: refused',
    });
  });
});
