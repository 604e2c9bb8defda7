import { describe, expect, it } from 'vitest';
import type { Project } from '../../../src/compose/model.ts';
import { formatPlan } from '../../../src/scheduler/format-plan.ts';
import type { Observed } from '../../../src/scheduler/observed.ts';
import type { Plan } from '../../../src/scheduler/plan.ts';
import { planOneOffHooks, planOneOffStart, planRun } from '../../../src/scheduler/plan-run.ts';
import { allUp, defaultUp, dependsOn, idOf, nothing, project, running } from './sample.ts';

const oneOff = { slug: 'abc', autoRemove: false, attachInput: true, useAliases: false };

/** The plan of `run web`, whose container is called `task`. */
function planned(of: Project, observed: Observed, start = false): Plan {
  const { web, ...others } = of.services;
  if (web === undefined) throw new Error('the sample has no service web');
  const service = { ...web, container_name: 'task' };
  const dependencies = {
    ...of,
    services: others,
    disabledServices: { ...of.disabledServices, web: service },
  };
  const result = planRun(dependencies, observed, service, { up: defaultUp, oneOff, start });
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join('\n'));
  return result.value;
}

function text(of: Project, observed: Observed, start = false): string {
  return formatPlan(planned(of, observed, start)).trimEnd();
}

const healthy = {
  web: { ...dependsOn('db', 'service_healthy') },
  db: { healthcheck: { test: ['CMD', 'true'] } },
};

describe('run', () => {
  it('brings up what the service depends on, waits for it and makes the container', () => {
    expect(text(project(healthy), nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:db:1, create-container, not found
      [2] -> #3 service:db:1, start-container, not found
      [3] -> #4 service:db, wait-condition, needed by web
      [1,4] -> #5 container:task, create-container, run was asked for"
    `);
  });

  it('touches no replica of the service and makes only the container when all is up', () => {
    const of = project(healthy);
    expect(text(of, allUp(of))).toMatchInlineSnapshot(
      `"[] -> #1 container:task, create-container, run was asked for"`,
    );
  });

  it('waits for a dependency that runs and is not healthy yet', () => {
    const of = project(healthy);
    const starting = {
      ...allUp(of),
      containers: [running(of, 'db', { health: 'starting' })],
    };
    expect(text(of, starting)).toMatchInlineSnapshot(`
      "[] -> #1 service:db, wait-condition, needed by web
      [1] -> #2 container:task, create-container, run was asked for"
    `);
  });

  it('waits once for what another dependency waits for too', () => {
    const of = project({
      ...healthy,
      web: {
        depends_on: {
          ...dependsOn('db', 'service_healthy').depends_on,
          ...dependsOn('api').depends_on,
        },
      },
      api: dependsOn('db', 'service_healthy'),
    });
    const waits = planned(of, nothing).steps.filter(
      ({ action }) => action.kind === 'wait-condition',
    );
    expect(waits).toHaveLength(1);
    expect(waits[0]?.cause).toBe('needed by api, web');
  });

  it('starts the container and runs its hooks in the background', () => {
    const of = project({ web: { post_start: [{ command: ['a'] }, { command: ['b'] }] } });
    expect(text(of, allUp(of), true)).toMatchInlineSnapshot(`
      "[] -> #1 container:task, create-container, run was asked for
      [1] -> #2 container:task, start-container, run was asked for
      [2] -> #3 container:task, run-hook, post_start hook
      [3] -> #4 container:task, run-hook, post_start hook"
    `);
  });

  it('copies secrets into the container before it starts', () => {
    const of = project(
      { web: { secrets: [{ source: 's' }] } },
      { secrets: { s: { environment: 'S' } } },
    );
    const steps = planned(of, allUp(of), true).steps.map(({ action }) => action.kind);
    expect(steps).toEqual(['create-container', 'write-files', 'start-container']);
  });

  it('creates a container that is no replica: without number, known by its slug', () => {
    const of = project({ web: {} });
    expect(planned(of, allUp(of)).steps.map(({ action }) => action)).toEqual([
      { kind: 'create-container', service: 'web', number: 0, name: 'task', peers: {}, oneOff },
    ]);
  });

  it('names the containers whose namespaces it shares, those it does not bring up included', () => {
    const of = project({ web: { network_mode: 'service:db' }, db: {} });
    const observed = allUp(of);
    const { db: _db, ...services } = of.services;
    const alone = {
      ...of,
      services,
      disabledServices: { db: of.services['db'] ?? { name: 'db' } },
    };
    const [step] = planned(alone, observed).steps;
    expect(step?.action).toMatchObject({ peers: { db: [{ id: idOf('db', 1) }] } });
  });

  it('warns of orphans, one-offs that have ended among them', () => {
    const of = project({ web: {} });
    const ended = running(of, 'web', { oneOff: true, number: 0, name: 'old', state: 'exited' });
    const observed = { ...allUp(of), containers: [ended] };
    expect(planned(of, observed).warnings.join()).toContain('Found orphan containers (old)');
  });

  it('makes nothing when what the service depends on cannot work', () => {
    const of = project({ web: {}, db: { scale: 2, container_name: 'x' } });
    expect(() => planned(of, nothing)).toThrow('Remove the custom name to scale the service');
  });
});

describe('a one-off that somebody is attached to', () => {
  const of = project({ web: { post_start: [{ command: ['a'] }, { command: ['b'] }] } });
  const web = { ...of.services['web'], name: 'web', container_name: 'task' };
  const container = { id: 'id', name: 'task' };
  const input = { project: of, observed: nothing, services: {} };

  it('is started by itself', () => {
    expect(planOneOffStart(input, web, container).steps).toMatchObject([
      { after: [], resource: 'container:task', action: { kind: 'start-container', container } },
    ]);
  });

  it('has its hooks run one after the other', () => {
    expect(planOneOffHooks(input, web, container).steps).toMatchObject([
      { after: [], action: { container, phase: 'post_start', index: 0, service: 'web' } },
      { after: [1], action: { container, index: 1, hook: { command: ['b'] } } },
    ]);
  });
});
