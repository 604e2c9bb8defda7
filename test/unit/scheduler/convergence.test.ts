import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Project, Service } from '../../../src/compose/model.ts';
import { formatPlan } from '../../../src/scheduler/format-plan.ts';
import { containerName, scaleOf } from '../../../src/scheduler/names.ts';
import { planDown } from '../../../src/scheduler/plan-down.ts';
import { EngineModel } from './engine-model.ts';
import { project, up, type ServiceSample } from './sample.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];

interface ServiceDraft {
  readonly name: string;
  readonly env: number;
  readonly scale: number;
  readonly named: boolean;
  readonly port: boolean;
  readonly back: boolean;
  readonly mac: boolean;
  readonly volume: boolean;
  readonly hooks: boolean;
  readonly needs: readonly {
    readonly name: string;
    readonly healthy: boolean;
    readonly restart: boolean;
  }[];
  readonly shares: 'nothing' | 'network' | 'volumes' | 'link';
}

const serviceDraft = (name: string): fc.Arbitrary<ServiceDraft> =>
  fc.record({
    name: fc.constant(name),
    env: fc.nat(2),
    scale: fc.constantFrom(0, 1, 1, 1, 2, 3),
    named: fc.boolean(),
    port: fc.boolean(),
    back: fc.boolean(),
    mac: fc.boolean(),
    volume: fc.boolean(),
    hooks: fc.boolean(),
    needs: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom(...NAMES),
        healthy: fc.boolean(),
        restart: fc.boolean(),
      }),
      { maxLength: 3, selector: (need) => need.name },
    ),
    shares: fc.constantFrom('nothing', 'nothing', 'nothing', 'network', 'volumes', 'link'),
  });

/** Any project with what makes planning hard: order, shared namespaces, ports that move. */
const anyProject: fc.Arbitrary<Project> = fc
  .record({
    drafts: fc.tuple(...NAMES.map(serviceDraft)),
    present: fc.subarray(NAMES, { minLength: 1 }),
    ports: fc.shuffledSubarray(['80', '81', '82', '83', '84'], { minLength: 5 }),
    internal: fc.boolean(),
    networkName: fc.constantFrom('p_back', 'p_rear'),
    volumeName: fc.constantFrom('p_data', 'p_store'),
  })
  .map(({ drafts, present, ports, internal, networkName, volumeName }) => {
    const chosen = drafts.filter(({ name }) => present.includes(name));
    return project(
      Object.fromEntries(
        chosen.map((draft, index) => [draft.name, toService(draft, chosen, ports[index] ?? '')]),
      ),
      {
        networks: {
          default: { name: 'p_default' },
          back: { name: networkName, ...(internal ? { internal } : {}) },
        },
        volumes: { data: { name: volumeName } },
      },
    );
  });

function toService(draft: ServiceDraft, all: readonly ServiceDraft[], port: string): ServiceSample {
  const earlier = all.filter(({ name, scale }) => name < draft.name && scale > 0);
  const needs = draft.needs.filter(({ name }) => earlier.some((other) => other.name === name));
  const [first] = earlier;
  const shared = first === undefined || draft.shares === 'nothing' ? undefined : first.name;
  const depends = {
    ...Object.fromEntries(
      needs.map(({ name, healthy, restart }) => [
        name,
        {
          condition: healthy ? ('service_healthy' as const) : ('service_started' as const),
          restart,
          required: true,
        },
      ]),
    ),
    ...(shared === undefined
      ? {}
      : {
          [shared]: {
            condition: 'service_started' as const,
            restart: draft.shares === 'network',
            required: true,
          },
        }),
  };
  const sharesNetwork = shared !== undefined && draft.shares === 'network';
  return {
    environment: { N: String(draft.env) },
    scale: draft.scale,
    depends_on: depends,
    ...(draft.named && draft.scale <= 1 ? { container_name: `own-${draft.env}` } : {}),
    ...(draft.port && draft.scale <= 1 && !sharesNetwork
      ? { ports: [{ target: 80, published: port, protocol: 'tcp' }] }
      : {}),
    ...(sharesNetwork
      ? { network_mode: `service:${shared}` }
      : {
          networks: {
            default: null,
            ...(draft.back
              ? { back: draft.mac ? { mac_address: '02:42:0a:00:00:01' } : null }
              : {}),
          },
        }),
    ...(draft.volume ? { volumes: [{ type: 'volume', source: 'data', target: '/data' }] } : {}),
    ...(shared !== undefined && draft.shares === 'volumes' ? { volumes_from: [shared] } : {}),
    ...(shared !== undefined && draft.shares === 'link' ? { links: [shared] } : {}),
    ...(draft.hooks
      ? {
          pre_start: [{ command: ['x'] }],
          post_start: [{ command: ['y'] }, { command: ['z'] }],
          pre_stop: [{ command: ['w'] }],
        }
      : {}),
  };
}

/** Two services must not ask for one `container_name`. */
const hasUniqueNames = ({ services }: Project): boolean => {
  const names = Object.values(services).flatMap(({ container_name: name }) => name ?? []);
  return new Set(names).size === names.length;
};

const validProject = anyProject.filter(hasUniqueNames);

/** Chooses among ready steps like a runner whose calls take any time. */
const anyOrder = fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 });

function picker(choices: readonly number[]): (ready: number) => number {
  let turn = 0;
  return (ready) => {
    turn += 1;
    return (choices[turn % choices.length] ?? 0) % ready;
  };
}

function expectUp(of: Project, model: EngineModel): void {
  const { containers } = model.observe();
  const wanted = Object.values(of.services).flatMap((service: Service) =>
    Array.from({ length: scaleOf(service) }, () => service.name),
  );
  expect(containers.map(({ service }) => service).sort()).toEqual(wanted.sort());
  for (const { state, name, service, number } of containers) {
    expect(state).toBe('running');
    expect(name).toBe(containerName(of, of.services[service] ?? { name: service }, number));
  }
  expect(formatPlan(up(of, model.observe(), { orphans: 'remove' }))).toBe('');
}

describe('plans against an engine that refuses what engines refuse', { timeout: 60_000 }, () => {
  it('any project comes up from nothing, in whatever order its steps are run', () => {
    fc.assert(
      fc.property(validProject, anyOrder, (of, order) => {
        const model = new EngineModel(of);
        model.run(of, up(of, model.observe()), picker(order));
        expectUp(of, model);
      }),
    );
  });

  it('any project becomes any other one, and is then up to date', () => {
    fc.assert(
      fc.property(validProject, validProject, anyOrder, (before, after, order) => {
        const model = new EngineModel(before);
        const pick = picker(order);
        model.run(before, up(before, model.observe()), pick);
        model.run(after, up(after, model.observe(), { orphans: 'remove' }), pick);
        expectUp(after, model);
      }),
      { numRuns: 200 },
    );
  });

  it('a run that fails anywhere is continued by the next one', () => {
    fc.assert(
      fc.property(validProject, validProject, fc.nat(40), anyOrder, (before, after, at, order) => {
        const model = new EngineModel(before);
        const pick = picker(order);
        model.run(before, up(before, model.observe()), pick);
        model.run(after, up(after, model.observe(), { orphans: 'remove' }), pick, at);
        model.run(after, up(after, model.observe(), { orphans: 'remove' }), pick);
        expectUp(after, model);
      }),
      { numRuns: 200 },
    );
  });

  it('create makes what a later up only has to start', () => {
    fc.assert(
      fc.property(validProject, validProject, anyOrder, (before, after, order) => {
        const model = new EngineModel(before);
        const pick = picker(order);
        model.run(before, up(before, model.observe()), pick);
        model.run(after, up(after, model.observe(), { orphans: 'remove', start: false }), pick);
        const rest = up(after, model.observe(), { orphans: 'remove' });
        expect(rest.steps.filter(({ action }) => action.kind.startsWith('create'))).toEqual([]);
        model.run(after, rest, pick);
        expectUp(after, model);
      }),
    );
  });

  it('down leaves nothing but volumes, with any file at hand', () => {
    fc.assert(
      fc.property(validProject, validProject, anyOrder, (before, after, order) => {
        const model = new EngineModel(before);
        const pick = picker(order);
        model.run(before, up(before, model.observe()), pick);
        const options = { services: [], removeOrphans: true, timeout: undefined } as const;
        const plan = planDown(after, model.observe(), {
          ...options,
          volumes: false,
          images: 'none',
          separator: '-',
        });
        model.run(after, plan, pick);
        const { containers, networks, volumes } = model.observe();
        expect(containers).toEqual([]);
        expect(networks).toEqual([]);
        expect(volumes).toHaveLength(1);
      }),
    );
  });

  it('the same input gives the same bytes, and every step has a cause and only earlier steps', () => {
    fc.assert(
      fc.property(validProject, validProject, anyOrder, (before, after, order) => {
        const model = new EngineModel(before);
        model.run(before, up(before, model.observe()), picker(order));
        const observed = model.observe();
        const plan = up(after, observed);
        const shuffled = { ...observed, containers: [...observed.containers].reverse() };
        expect(JSON.stringify(up(after, shuffled))).toBe(JSON.stringify(plan));
        for (const [index, { id, after: before_, cause }] of plan.steps.entries()) {
          expect(id).toBe(index + 1);
          expect(cause).not.toBe('');
          expect(before_.every((other) => other < id)).toBe(true);
        }
      }),
    );
  });
});
