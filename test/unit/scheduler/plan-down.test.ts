import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../src/compose/labels.ts';
import type { Project } from '../../../src/compose/model.ts';
import { formatPlan } from '../../../src/scheduler/format-plan.ts';
import type { Observed } from '../../../src/scheduler/observed.ts';
import { planDown, type DownOptions } from '../../../src/scheduler/plan-down.ts';
import { projectFromLabels } from '../../../src/scheduler/project-from-labels.ts';
import { allUp, dependsOn, image, nothing, project, running } from './sample.ts';

const plain: DownOptions = {
  services: [],
  removeOrphans: false,
  timeout: undefined,
  volumes: false,
  images: 'none',
  separator: '-',
};

function down(of: Project, observed: Observed, options: Partial<DownOptions> = {}): string {
  return formatPlan(planDown(of, observed, { ...plain, ...options })).trimEnd();
}

const shop = project({ db: {}, api: dependsOn('db'), web: { ...dependsOn('api'), scale: 2 } });

describe('down', () => {
  it('stops dependents before what they depend on, and removes the network last', () => {
    expect(down(shop, allUp(shop))).toBe(
      `
[] -> #1 service:web:1, stop-container, project is taken down
[] -> #2 service:web:2, stop-container, project is taken down
[1,2] -> #3 service:api:1, stop-container, project is taken down
[3] -> #4 service:db:1, stop-container, project is taken down
[3] -> #5 service:api:1, remove-container, project is taken down
[4] -> #6 service:db:1, remove-container, project is taken down
[1] -> #7 service:web:1, remove-container, project is taken down
[2] -> #8 service:web:2, remove-container, project is taken down
[5,6,7,8] -> #9 network:default, remove-network, project is taken down
`.trim(),
    );
  });

  it('has nothing to do where nothing is', () => {
    expect(down(shop, nothing)).toBe('');
  });

  it('takes inherited anonymous volumes along when volumes go, unless something that stays uses them', () => {
    const of = project({ db: {}, web: {} });
    const volume = (name: string) => ({
      type: 'volume',
      name,
      source: '',
      destination: `/${name}`,
    });
    const observed = {
      ...allUp(of),
      containers: [
        running(of, 'db', { mounts: [volume('inherited'), volume('shared')] }),
        running(of, 'web', { state: 'exited', mounts: [volume('shared')] }),
      ],
      volumes: ['inherited', 'shared', 'unused'].map((name) => ({
        name,
        driver: 'local',
        labels: { [LABEL.anonymousVolume]: '' },
      })),
    };
    const removed = (options: Partial<DownOptions>) =>
      planDown(of, observed, { ...plain, ...options }).steps.flatMap(({ action }) =>
        action.kind === 'remove-volume' ? [action.name] : [],
      );
    expect(removed({ volumes: true })).toEqual(['inherited', 'shared']);
    expect(removed({ volumes: true, services: ['db'] })).toEqual(['inherited']);
    expect(removed({})).toEqual([]);
  });

  it('says of what has ended, too, that it is stopped, as Compose does', () => {
    const one = project({ job: {} });
    const observed = {
      ...allUp(one),
      containers: [running(one, 'job', { state: 'exited', exitCode: 0 })],
    };
    expect(down(one, observed)).toBe(
      `
[] -> #1 service:job:1, stop-container, project is taken down
[1] -> #2 service:job:1, remove-container, project is taken down
[2] -> #3 network:default, remove-network, project is taken down
`.trim(),
    );
  });

  it('takes a service together with everything that depends on it, and leaves networks in use', () => {
    expect(down(shop, allUp(shop), { services: ['api'] })).toBe(
      `
[] -> #1 service:web:1, stop-container, project is taken down
[] -> #2 service:web:2, stop-container, project is taken down
[1,2] -> #3 service:api:1, stop-container, project is taken down
[3] -> #4 service:api:1, remove-container, project is taken down
[1] -> #5 service:web:1, remove-container, project is taken down
[2] -> #6 service:web:2, remove-container, project is taken down
`.trim(),
    );
  });

  it('keeps the order across a service that has no containers', () => {
    const observed = allUp(shop);
    const containers = observed.containers.filter(({ service }) => service !== 'api');
    expect(down(shop, { ...observed, containers })).toContain(
      '[1,2] -> #3 service:db:1, stop-container',
    );
  });

  it('takes containers of services that profiles leave out', () => {
    const { debug, ...services } = project({ web: {}, debug: {} }).services;
    const of = project({}, { services, disabledServices: { debug: debug ?? { name: 'debug' } } });
    const observed = { ...allUp(of), containers: [running(of, 'web'), running(of, 'debug')] };
    expect(down(of, observed)).toContain('service:debug:1, remove-container');
  });

  it('leaves orphans and what they hold, unless they are to go', () => {
    const of = project({ web: {} });
    const orphan = running(of, 'gone', { networks: { p_default: 'id-p_default' } });
    const observed = { ...allUp(of), containers: [running(of, 'web'), orphan] };
    expect(down(of, observed)).not.toContain('gone');
    expect(down(of, observed, { removeOrphans: true })).toBe(
      `
[] -> #1 service:web:1, stop-container, project is taken down
[1] -> #2 service:web:1, remove-container, project is taken down
[] -> #3 service:gone:1, stop-container, orphan
[3] -> #4 service:gone:1, remove-container, orphan
[2,4] -> #5 network:default, remove-network, project is taken down
`.trim(),
    );
  });

  it('takes one-offs only with orphans, and what hooks left always', () => {
    const of = project({ web: {} });
    const task = running(of, 'web', { name: 'p-web-run-1', oneOff: true, number: 0 });
    const { [LABEL.configHash]: _, ...labels } = running(of, 'web').labels;
    const hook = { ...running(of, 'web', { name: 'hook', state: 'exited', number: 0 }), labels };
    const observed = { ...allUp(of), containers: [task, hook] };
    expect(down(of, observed)).toBe(
      `
[] -> #1 container:hook, stop-container, left by a hook
[1] -> #2 container:hook, remove-container, left by a hook
[2] -> #3 network:default, remove-network, project is taken down
`.trim(),
    );
    expect(down(of, observed, { removeOrphans: true })).toContain('container:p-web-run-1, stop');
  });

  it('runs pre_stop hooks in order before the stop', () => {
    const of = project({ web: { pre_stop: [{ command: ['a'] }, { command: ['b'] }] } });
    expect(down(of, allUp(of))).toMatch(
      /#1 service:web:1, run-hook.*\n\[1\] -> #2 service:web:1, run-hook.*\n\[2\] -> #3 service:web:1, stop/,
    );
  });

  it('removes declared volumes with their containers, never external or foreign ones', () => {
    const of = project(
      {
        db: {
          volumes: [
            { type: 'volume', source: 'data', target: '/data' },
            { type: 'volume', source: 'theirs', target: '/theirs' },
          ],
        },
      },
      {
        volumes: {
          data: { name: 'p_data' },
          theirs: { name: 'theirs', external: true },
          manual: { name: 'p_manual' },
        },
      },
    );
    const observed = allUp(of);
    const manual = { name: 'p_manual', driver: 'local', labels: {} };
    const volumes = observed.volumes.map((volume) =>
      volume.name === 'p_manual' ? manual : volume,
    );
    const plan = planDown(of, { ...observed, volumes }, { ...plain, volumes: true });
    expect(formatPlan(plan)).toBe(
      `
[] -> #1 service:db:1, stop-container, project is taken down
[1] -> #2 service:db:1, remove-container, project is taken down
[2] -> #3 network:default, remove-network, project is taken down
[2] -> #4 volume:data, remove-volume, project is taken down
`.trimStart(),
    );
    expect(plan.steps[1]?.action).toMatchObject({ volumes: true });
    expect(plan.warnings).toEqual([
      'volume "p_manual" was not created for project "p"; it is kept',
    ]);
  });

  it('removes built images or all of them, after their containers', () => {
    const of = project({ web: {}, own: {} });
    const { image: _, ...own } = of.services['own'] ?? { name: 'own' };
    const built = { ...of, services: { ...of.services, own } };
    const observed = {
      ...allUp(of),
      images: new Map([
        ['app', image('aaaa')],
        ['p-own', image('bbbb')],
      ]),
    };
    expect(down(built, observed, { images: 'local' })).toContain('image:p-own');
    expect(down(built, observed, { images: 'local' })).not.toContain('image:app');
    expect(down(built, observed, { images: 'all' })).toContain('[3,4] -> #7 image:app');
  });

  it('removes networks that the file no longer declares when nobody is left on them', () => {
    const before = project({ web: {} }, { networks: { default: { name: 'p_default' }, old: {} } });
    const after = project({ web: {} });
    expect(down(after, allUp(before))).toContain('network:old, remove-network');
  });

  it('rebuilds a project from labels, cycles of different ages included', () => {
    const labelled = (service: string, dependsOn: string) =>
      running(shop, service, { labels: { [LABEL.dependsOn]: dependsOn } });
    const observed = {
      ...allUp(shop),
      containers: [
        labelled('web', 'api:service_healthy:false'),
        labelled('api', 'db:service_started:true'),
        labelled('db', 'web'),
      ],
    };
    const rebuilt = projectFromLabels('p', observed);
    expect(Object.keys(rebuilt.services)).toEqual(['api', 'db', 'web']);
    expect(rebuilt.services['web']?.depends_on).toEqual({
      api: { condition: 'service_healthy', restart: false, required: false },
    });
    expect(rebuilt.networks).toEqual({ default: { name: 'p_default', driver: 'bridge' } });
    const { steps } = planDown(rebuilt, observed, plain);
    expect(steps.filter(({ action }) => action.kind === 'remove-container')).toHaveLength(3);
  });
});
