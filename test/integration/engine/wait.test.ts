import { describe, expect, it } from 'vitest';
import type { HealthCheck, Service } from '../../../src/compose/model.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { Action, Step, WaitCondition } from '../../../src/scheduler/plan.ts';
import { project, reason, run, service, step, type Ran, useEngine } from './projects.ts';

const signal = new AbortController().signal;
const NAME = 'tcwait';

let engine: Engine;

useEngine(NAME, (connected) => (engine = connected));

/** Healthy as soon as the file /ready is there. */
const READY: HealthCheck = {
  test: ['CMD-SHELL', 'test -e /ready || { echo not ready; exit 1; }'],
  interval: 100e6,
  timeout: 5e9,
  retries: 3,
};

interface Waited {
  readonly parts: Partial<Service>;
  readonly condition: WaitCondition;
  readonly required?: boolean;
  readonly more?: readonly Step[];
}

/** Starts the service `db` and waits for it; step 4 is the wait. */
function waitFor({ parts, condition, required = true, more = [] }: Waited): Promise<Ran> {
  const of = project(NAME, {
    services: { db: service('db', { network_mode: 'none', networks: {}, ...parts }) },
  });
  const container = { createdBy: 1 };
  return run(engine, of, [
    step(1, {
      kind: 'create-container',
      service: 'db',
      number: 1,
      name: 'tcwait-db-1',
      peers: {},
    }),
    step(2, { kind: 'start-container', container, service: 'db' }),
    step(3, {
      kind: 'wait-condition',
      service: 'db',
      containers: [container],
      condition,
      required,
    }),
    ...more,
  ]);
}

const shell = (line: string): Partial<Service> => ({ command: ['sh', '-c', line] });

describe('waiting for a condition', () => {
  it('ends when the container is healthy', async () => {
    const ran = await waitFor({
      parts: { ...shell('sleep 0.3; touch /ready; sleep 100'), healthcheck: READY },
      condition: 'healthy',
    });
    expect(ran.outcome).toBe('done');
    expect(ran.lines.slice(-2)).toEqual([
      'Container tcwait-db-1 Waiting',
      'Container tcwait-db-1 Healthy',
    ]);
  });

  it('fails with what the health check wrote when the container is unhealthy', async () => {
    const ran = await waitFor({
      parts: { healthcheck: { ...READY, retries: 1 } },
      condition: 'healthy',
    });
    expect(reason(ran)).toBe('dependency failed to start: container tcwait-db-1 is unhealthy');
    expect(ran.failures[0]?.error).toMatchObject({
      hint: 'The last health check wrote: not ready',
    });
  });

  const failures: readonly (readonly [string, Waited, string])[] = [
    [
      'an exit is not health',
      { parts: { ...shell('exit 3'), healthcheck: READY }, condition: 'healthy' },
      'dependency failed to start: container tcwait-db-1 exited (3)',
    ],
    [
      'health needs a check',
      { parts: {}, condition: 'healthy' },
      'dependency failed to start: container tcwait-db-1 has no healthcheck configured',
    ],
    [
      'completion needs exit code 0',
      { parts: shell('sleep 0.2; exit 7'), condition: 'completed' },
      'service "db" didn\'t complete successfully: exit 7',
    ],
    [
      'a crash ends the wait for running',
      { parts: shell('exit 5'), condition: 'running-or-healthy' },
      'container tcwait-db-1 exited (5)',
    ],
  ];
  it.each(failures)('%s', async (_, waited, text) => {
    const ran = await waitFor({
      ...waited,
      parts: { ...waited.parts },
    });
    // A container that ends at once may still be running when it is looked at first.
    if (ran.outcome === 'done') expect(waited.condition).toBe('running-or-healthy');
    else expect(reason(ran)).toBe(text);
  });

  it('ends when a one-shot service has completed, and tells how', async () => {
    const ran = await waitFor({ parts: shell('sleep 0.2'), condition: 'completed' });
    expect(ran.lines.slice(-2)).toEqual([
      'Container tcwait-db-1 Waiting',
      'Container tcwait-db-1 Exited',
    ]);
  });

  it('goes on with a warning when the dependency is optional', async () => {
    const ran = await waitFor({
      parts: shell('exit 7'),
      condition: 'completed',
      required: false,
    });
    expect(ran.outcome).toBe('done');
    expect(ran.lines.at(-1)).toBe('optional dependency "db" didn\'t complete successfully: exit 7');
  });

  it('is broken off by a failure elsewhere', async () => {
    const failing: Action = { kind: 'pause-container', container: { id: 'none', name: 'none' } };
    const ran = await waitFor({
      parts: { healthcheck: { ...READY, retries: 1000 } },
      condition: 'healthy',
      more: [step(4, failing, { after: [2] })],
    });
    expect(ran.failures.map(({ step: { id } }) => id)).toEqual([4]);
    expect(ran.undone.map(({ id }) => id)).toEqual([3, 4]);
  });

  it('is broken off by an interrupt', async () => {
    const of = project(NAME, { services: { db: service('db', { network_mode: 'none' }) } });
    const container = { createdBy: 1 };
    const interrupt = new AbortController();
    const ran = await run(
      engine,
      of,
      [
        step(1, {
          kind: 'create-container',
          service: 'db',
          number: 1,
          name: 'tcwait-db-1',
          peers: {},
        }),
        step(2, { kind: 'start-container', container, service: 'db' }),
        step(3, {
          kind: 'wait-condition',
          service: 'db',
          containers: [container],
          condition: 'completed',
          required: true,
        }),
      ],
      {
        signal: interrupt.signal,
        onEvent: (event) => {
          if (event.type !== 'message' && event.progress.text === 'Waiting') {
            interrupt.abort(new Error('interrupted'));
          }
        },
      },
    );
    expect(ran).toMatchObject({ outcome: 'cancelled', failures: [] });
    expect(ran.undone.map(({ id }) => id)).toEqual([3]);
  });
});

describe('hooks', () => {
  const of = (parts: Partial<Service> = {}): ReturnType<typeof project> =>
    project(NAME, {
      services: {
        db: service('db', { volumes: [{ type: 'volume', target: '/data' }], ...parts }),
      },
    });
  const create: readonly Step[] = [
    step(1, { kind: 'create-network', network: 'default', name: `${NAME}_default` }),
    step(2, { kind: 'create-container', service: 'db', number: 1, name: 'tcwait-db-1', peers: {} }),
  ];
  const start = step(3, { kind: 'start-container', container: { createdBy: 2 }, service: 'db' });
  const hook = (command: string, kind: 'run-hook' | 'run-pre-start'): Action =>
    kind === 'run-hook'
      ? {
          kind,
          container: { createdBy: 2 },
          service: 'db',
          phase: 'post_start',
          index: 0,
          hook: { command: ['sh', '-c', command], environment: { WHO: 'me' } },
        }
      : {
          kind,
          container: { createdBy: 2 },
          service: 'db',
          index: 0,
          hook: { command: ['sh', '-c', command], environment: { WHO: 'me' } },
        };

  it('run inside the container and pass their output on', async () => {
    const lines: string[] = [];
    const ran = await run(
      engine,
      of(),
      [...create, start, step(4, hook('echo hi $WHO', 'run-hook'))],
      {
        onHookLine: ({ source, text }) => lines.push(`${source} ${text}`),
      },
    );
    expect(ran.outcome).toBe('done');
    expect(lines).toEqual(['db-1 -> hi me']);
  });

  it('that fail tell the status and the end of standard error', async () => {
    const command = 'echo fine; echo broken >&2; exit 4';
    const ran = await run(engine, of(), [...create, start, step(4, hook(command, 'run-hook'))]);
    expect(reason(ran)).toBe('db hook exited with status 4: broken');
  });

  it('before the start see the volumes and the network of the service, and are gone afterwards', async () => {
    const lines: string[] = [];
    const ran = await run(
      engine,
      of({ command: ['sh', '-c', 'cat /data/prepared'] }),
      [
        ...create,
        step(3, hook('echo ready > /data/prepared; echo by $WHO', 'run-pre-start')),
        step(4, { kind: 'start-container', container: { createdBy: 2 }, service: 'db' }),
        step(5, {
          kind: 'wait-condition',
          service: 'db',
          containers: [{ createdBy: 2 }],
          condition: 'completed',
          required: true,
        }),
      ],
      { onHookLine: ({ source, text }) => lines.push(`${source} ${text}`) },
    );
    expect(reason(ran)).toBe('undefined');
    expect(lines).toEqual(['db pre_start[0] -> by me']);
    const { containers } = await engine.observe({ project: NAME }, signal);
    expect(containers.map(({ name }) => name)).toEqual(['tcwait-db-1']);
  });

  it('before the start that fail are kept for inspection, until the next attempt', async () => {
    const failing = step(3, hook('echo no >&2; exit 2', 'run-pre-start'));
    const ran = await run(engine, of(), [...create, failing]);
    expect(reason(ran)).toMatch(
      /^service "db" pre_start\[0\] exited with code 2: no \(hook container [0-9a-f]{12} retained for inspection\)$/,
    );
    const container = ran.created.get(2);
    if (container === undefined) throw new Error('not created');
    const again = hook('true', 'run-pre-start');
    const { outcome } = await run(engine, of(), [step(1, { ...again, container } as Action)]);
    expect(outcome).toBe('done');
    const { containers } = await engine.observe({ project: NAME }, signal);
    expect(containers.map(({ name }) => name)).toEqual(['tcwait-db-1']);
  });
});
