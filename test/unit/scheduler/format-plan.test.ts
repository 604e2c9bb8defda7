import { describe, expect, it } from 'vitest';
import { formatPlan, planToJson } from '../../../src/scheduler/format-plan.ts';
import { planTable } from '../../../src/scheduler/plan-table.ts';
import { allUp, dependsOn, nothing, project, up } from './sample.ts';

const before = project(
  { db: {}, web: { ...dependsOn('db'), scale: 2, environment: { A: '1' } } },
  { networks: { default: { name: 'p_default' } } },
);
const after = project(
  { db: {}, web: { ...dependsOn('db'), environment: { A: '2' } }, job: {} },
  { networks: { default: { name: 'p_default' } }, volumes: { data: {} } },
);

describe('plans for people and programs', () => {
  it('have one row per resource, with a sign and the cause', () => {
    const rows = planTable(up(after, allUp(before))).map(
      ({ sign, change, resource, cause }) => `${sign} ${change} ${resource}: ${cause}`,
    );
    expect(rows).toEqual([
      '+ create volume:data: not found',
      '- stop, remove service:web:2: scale down',
      '+ create, start service:job:1: not found',
      '~ recreate service:web:1: configuration changed',
    ]);
  });

  it('call a network that goes and comes back replaced', () => {
    const internal = { ...before, networks: { default: { name: 'p_default', internal: true } } };
    const rows = planTable(up(internal, allUp(before)));
    expect(rows.find(({ resource }) => resource === 'network:default')).toMatchObject({
      sign: '~',
      change: 'replace',
    });
  });

  it('are JSON with the details of each action', () => {
    const { steps, warnings } = planToJson(up(project({ web: {} }), nothing));
    expect(warnings).toEqual([]);
    expect(steps[1]).toEqual({
      id: 2,
      host: 'local',
      resource: 'service:web:1',
      action: 'create-container',
      cause: 'not found',
      after: [1],
      details: { service: 'web', number: 1, name: 'p-web-1', peers: {} },
    });
  });

  it('are text with one line per step', () => {
    expect(formatPlan(up(project({ web: {} }), nothing)).split('\n')).toHaveLength(4);
    expect(formatPlan({ steps: [], warnings: ['x'] })).toBe('');
  });
});
