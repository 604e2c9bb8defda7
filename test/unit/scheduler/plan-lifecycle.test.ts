import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../src/compose/labels.ts';
import { formatPlan } from '../../../src/scheduler/format-plan.ts';
import { planKill, planPause, planUnpause } from '../../../src/scheduler/plan-kill.ts';
import { planRemove } from '../../../src/scheduler/plan-remove.ts';
import { planRestart } from '../../../src/scheduler/plan-restart.ts';
import { planStart } from '../../../src/scheduler/plan-start.ts';
import { planStop } from '../../../src/scheduler/plan-stop.ts';
import type { Plan } from '../../../src/scheduler/plan.ts';
import type { Observed, ObservedContainer } from '../../../src/scheduler/observed.ts';
import { allUp, dependsOn, nothing, project, running } from './sample.ts';

const healthcheck = { test: ['CMD', 'true'] };
const shop = project({
  db: { healthcheck },
  api: dependsOn('db', 'service_healthy', { restart: true }),
  web: dependsOn('api'),
});

function text(plan: Plan): string {
  return formatPlan(plan).trimEnd();
}

function stopped(observed: Observed, ...services: readonly string[]): Observed {
  const exited = { state: 'exited', exitCode: 0, health: 'none' } as const;
  return {
    ...observed,
    containers: observed.containers.map((one) =>
      services.includes(one.service) ? { ...one, ...exited } : one,
    ),
  };
}

describe('stop', () => {
  it('goes from dependents to what they depend on', () => {
    expect(text(planStop(shop, allUp(shop), { services: [], timeout: 5 }))).toBe(
      `
[] -> #1 service:web:1, stop-container, stop was asked for
[1] -> #2 service:api:1, stop-container, stop was asked for
[2] -> #3 service:db:1, stop-container, stop was asked for
`.trim(),
    );
  });

  it('keeps the order between services that others stand between', () => {
    const plan = planStop(shop, allUp(shop), { services: ['db', 'web'], timeout: undefined });
    expect(text(plan)).toBe(
      `
[] -> #1 service:web:1, stop-container, stop was asked for
[1] -> #2 service:db:1, stop-container, stop was asked for
`.trim(),
    );
  });

  it('tells of what does not run, as Compose does, without its hooks', () => {
    const of = project({ web: { pre_stop: [{ command: ['a'] }] } });
    const observed = stopped(allUp(of), 'web');
    const options = { services: [], timeout: undefined };
    expect(text(planStop(of, observed, options))).toBe(
      '[] -> #1 service:web:1, stop-container, stop was asked for',
    );
    expect(planStop(of, observed, { ...options, activeOnly: true }).steps).toEqual([]);
  });

  it('leaves what the engine is removing', () => {
    const of = project({ web: {} });
    const observed = { ...allUp(of), containers: [running(of, 'web', { state: 'removing' })] };
    expect(planStop(of, observed, { services: [], timeout: undefined }).steps).toEqual([]);
  });
});

describe('start', () => {
  const start = (observed: Observed, services: readonly string[] = [], wait = false): string => {
    const result = planStart(shop, observed, { services, wait });
    return result.ok ? text(result.value) : result.error.map(({ message }) => message).join('\n');
  };

  it('follows dependencies and waits for their health', () => {
    expect(start(stopped(allUp(shop), 'db', 'api', 'web'))).toBe(
      `
[] -> #1 service:db:1, start-container, exited (0)
[1] -> #2 service:db, wait-condition, needed by api
[2] -> #3 service:api:1, start-container, exited (0)
[3] -> #4 service:web:1, start-container, exited (0)
`.trim(),
    );
  });

  it('takes dependencies of the named services along, and nothing else', () => {
    expect(start(stopped(allUp(shop), 'db', 'api', 'web'), ['api'])).toBe(
      `
[] -> #1 service:db:1, start-container, exited (0)
[1] -> #2 service:db, wait-condition, needed by api
[2] -> #3 service:api:1, start-container, exited (0)
`.trim(),
    );
  });

  it('has nothing to do where all runs, and waits when asked', () => {
    expect(start(allUp(shop))).toBe('');
    expect(start(stopped(allUp(shop), 'web'), [], true)).toContain('service:web, wait-condition');
  });

  it('needs containers, also of what is waited for', () => {
    expect(start(nothing)).toBe('service "api" has no container to start');
    const withoutDb = {
      ...allUp(shop),
      containers: allUp(shop).containers.filter(({ service }) => service !== 'db'),
    };
    expect(start(withoutDb)).toBe('api is missing dependency db');
  });
});

describe('restart', () => {
  const restart = (services: readonly string[], noDependencies = false): string =>
    text(planRestart(shop, allUp(shop), { services, noDependencies, timeout: undefined }));

  it('waits only for dependencies that restart with a service', () => {
    expect(restart([])).toBe(
      `
[] -> #1 service:db:1, restart-container, restart was asked for
[1] -> #2 service:db, wait-condition, needed by api
[2] -> #3 service:api:1, restart-container, restart was asked for
[] -> #4 service:web:1, restart-container, restart was asked for
`.trim(),
    );
  });

  it('takes dependents along that restart with a service, unless told not to', () => {
    expect(restart(['db'])).toBe(
      `
[] -> #1 service:db:1, restart-container, restart was asked for
[1] -> #2 service:db, wait-condition, needed by api
[2] -> #3 service:api:1, restart-container, a dependency restarts
`.trim(),
    );
    expect(restart(['db'], true)).toBe(
      '[] -> #1 service:db:1, restart-container, restart was asked for',
    );
    expect(restart(['api'])).toBe(
      '[] -> #1 service:api:1, restart-container, restart was asked for',
    );
  });

  it('runs hooks around it', () => {
    const of = project({
      web: { pre_stop: [{ command: ['a'] }], post_start: [{ command: ['b'] }] },
    });
    const options = { services: [], noDependencies: false, timeout: 1 };
    expect(text(planRestart(of, allUp(of), options))).toBe(
      `
[] -> #1 service:web:1, run-hook, pre_stop hook
[1] -> #2 service:web:1, restart-container, restart was asked for
[2] -> #3 service:web:1, run-hook, post_start hook
`.trim(),
    );
    const idle = planRestart(of, stopped(allUp(of), 'web'), options);
    expect(idle.steps[0]?.action).toMatchObject({ kind: 'restart-container', timeout: 1 });
  });
});

describe('kill', () => {
  const orphan = running(shop, 'gone');
  const task: ObservedContainer = running(shop, 'web', {
    oneOff: true,
    number: 0,
    name: 'p-web-run-1',
    labels: { [LABEL.oneOff]: 'True' },
  });
  const observed = { ...stopped(allUp(shop), 'api') };
  const all = { ...observed, containers: [...observed.containers, orphan, task] };

  it('takes all that runs at once, one-offs included and orphans on demand', () => {
    const options = { services: [], signal: 'HUP', removeOrphans: false };
    const plan = planKill(shop, all, options);
    expect(text(plan)).toBe(
      `
[] -> #1 service:db:1, kill-container, kill was asked for
[] -> #2 service:web:1, kill-container, kill was asked for
[] -> #3 container:p-web-run-1, kill-container, kill was asked for
`.trim(),
    );
    expect(plan.steps[0]?.action).toMatchObject({ signal: 'HUP' });
    const withOrphans = planKill(shop, all, { ...options, removeOrphans: true });
    expect(text(withOrphans)).toContain('service:gone:1');
    expect(planKill(shop, all, { ...options, services: ['api'] }).steps).toEqual([]);
  });
});

describe('pause and unpause', () => {
  it('concern only containers of the right state', () => {
    const observed = {
      ...allUp(shop),
      containers: [running(shop, 'db', { state: 'paused' }), running(shop, 'web')],
    };
    const paused = planPause(shop, observed, []);
    expect(text(paused.plan)).toBe('[] -> #1 service:web:1, pause-container, pause was asked for');
    expect(paused.settled.map(({ service }) => service)).toEqual(['db']);
    const unpaused = planUnpause(shop, observed, []);
    expect(text(unpaused.plan)).toBe(
      '[] -> #1 service:db:1, unpause-container, unpause was asked for',
    );
    expect(unpaused.settled.map(({ service }) => service)).toEqual(['web']);
    expect(planPause(shop, observed, ['db']).plan.steps).toEqual([]);
  });

  it('leave alone what does not run, other services and one-offs', () => {
    const observed = {
      ...stopped(allUp(shop), 'db'),
      containers: [
        running(shop, 'db', { state: 'exited' }),
        { ...running(shop, 'web'), service: 'gone' },
        running(shop, 'api', { oneOff: true }),
      ],
    };
    expect(planPause(shop, observed, [])).toMatchObject({ plan: { steps: [] }, settled: [] });
    expect(planUnpause(shop, observed, [])).toMatchObject({ plan: { steps: [] }, settled: [] });
  });
});

describe('rm', () => {
  it('removes what is stopped', () => {
    const plan = planRemove(shop, stopped(allUp(shop), 'web'), {
      services: [],
      stop: false,
      volumes: true,
    });
    expect(text(plan)).toBe('[] -> #1 service:web:1, remove-container, removal was asked for');
    expect(plan.steps[0]?.action).toMatchObject({ volumes: true });
  });

  it('stops first when told so', () => {
    const plan = planRemove(shop, allUp(shop), { services: ['web'], stop: true, volumes: false });
    expect(text(plan)).toBe(
      `
[] -> #1 service:web:1, stop-container, removal was asked for
[1] -> #2 service:web:1, remove-container, removal was asked for
`.trim(),
    );
  });
});
