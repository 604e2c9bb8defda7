import { describe, expect, it } from 'vitest';
import { formatPlan } from '../../../src/scheduler/format-plan.ts';
import { planDown } from '../../../src/scheduler/plan-down.ts';
import { planProviders } from '../../../src/scheduler/plan-providers.ts';
import { planStop } from '../../../src/scheduler/plan-stop.ts';
import { planTable } from '../../../src/scheduler/plan-table.ts';
import { allUp, dependsOn, nothing, upText, project, readableHashes } from './sample.ts';

const provider = { provider: { type: 'cloud' } };
/** Containers and providers that need each other: app → db → base, queue → worker → db. */
const shop = project(
  {
    base: {},
    db: { ...provider, ...dependsOn('base') },
    app: dependsOn('db'),
    worker: dependsOn('db'),
    queue: { ...provider, ...dependsOn('worker') },
  },
  { disabledServices: { off: { name: 'off', ...provider } } },
);
const containers = project({ base: {}, app: {}, worker: {} });
const options = { services: [], noDependencies: false, hashes: readableHashes };

describe('bringing up services with a provider', () => {
  it('comes after networks, and after the providers that they depend on through others', () => {
    expect(formatPlan(planProviders(shop, nothing, options)).trimEnd()).toBe(
      `
[] -> #1 network:default, create-network, not found
[1] -> #2 provider:db, run-provider, provider service
[1,2] -> #3 provider:queue, run-provider, provider service
`.trim(),
    );
  });

  it('is done each time, whatever is there', () => {
    expect(formatPlan(planProviders(shop, allUp(containers), options)).trimEnd()).toBe(
      `
[] -> #1 provider:db, run-provider, provider service
[1] -> #2 provider:queue, run-provider, provider service
`.trim(),
    );
  });

  it('leaves out those that were not named where dependencies do not count', () => {
    const alone = { ...options, noDependencies: true };
    expect(planProviders(shop, nothing, { ...alone, services: ['app'] }).steps).toEqual([]);
    const named = planProviders(shop, allUp(containers), { ...alone, services: ['queue', 'app'] });
    expect(named.steps.map(({ resource }) => resource)).toEqual(['provider:queue']);
  });

  it('has models first', () => {
    const of = { ...shop, models: { llm: { model: 'ai/x' } } };
    expect(formatPlan(planProviders(of, allUp(containers), options)).trimEnd()).toBe(
      `
[] -> #1 model:llm, prepare-model, used by services
[1] -> #2 provider:db, run-provider, provider service
[1,2] -> #3 provider:queue, run-provider, provider service
`.trim(),
    );
  });

  it('creates nothing where there are none', () => {
    expect(planProviders(containers, nothing, options).steps).toEqual([]);
  });

  it('hands the order on to containers', () => {
    const steps = upText(shop, nothing).split('\n');
    const started = steps.findIndex((line) => line.includes('service:base:1, start-container'));
    const app = steps.find((line) => line.includes('service:app:1, start-container'));
    expect(started).toBeGreaterThanOrEqual(0);
    expect(app).toMatch(new RegExp(String.raw`^\[[\d,]*\b${started + 1}\b[\d,]*\]`));
  });
});

describe('ending services with a provider', () => {
  it('stops them between their dependents and their dependencies', () => {
    const plan = planStop(shop, allUp(containers), { services: [], timeout: undefined });
    expect(formatPlan(plan).trimEnd()).toBe(
      `
[] -> #1 provider:queue, run-provider, stop was asked for
[1] -> #2 service:worker:1, stop-container, stop was asked for
[] -> #3 service:app:1, stop-container, stop was asked for
[2,3] -> #4 provider:db, run-provider, stop was asked for
[4] -> #5 service:base:1, stop-container, stop was asked for
`.trim(),
    );
    const some = planStop(shop, allUp(containers), { services: ['app'], timeout: undefined });
    expect(some.steps.map(({ resource }) => resource)).toEqual(['service:app:1']);
  });

  it('takes down those of the project, not those that profiles leave out', () => {
    const plan = planDown(shop, nothing, {
      services: [],
      removeOrphans: false,
      timeout: undefined,
      volumes: false,
      images: 'none',
      separator: '-',
    });
    expect(planTable(plan)).toEqual(
      ['provider:queue', 'provider:db'].map((resource) => ({
        sign: '-',
        change: 'down',
        resource,
        host: 'local',
        cause: 'project is taken down',
      })),
    );
  });
});
