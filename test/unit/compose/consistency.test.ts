import { describe, expect, it } from 'vitest';

import { checkConsistency } from '../../../src/compose/consistency.ts';
import type { Project, Service } from '../../../src/compose/model.ts';
import { nodeAt } from '../../../src/compose/node.ts';
import { replicaCount, withReplicasFromScale } from '../../../src/compose/replicas.ts';
import { dependsOn, projectOf } from './project.ts';
import { placed, tree } from './tree.ts';

function faults(project: Project): string[] {
  return checkConsistency(project, () => undefined).map(
    ({ message, path }) => `${path}: ${message}`,
  );
}

const end = ': invalid compose project';

describe('a service', () => {
  it.each<[Partial<Service>, string]>([
    [{ image: '' }, `: service "a" has neither an image nor a build context specified${end}`],
    [
      { build: { dockerfile: 'D', dockerfile_inline: 'FROM x' } },
      `.build.dockerfile_inline: service "a" declares mutualy exclusive dockerfile and dockerfile_inline${end}`,
    ],
    [
      { build: { platforms: ['linux/amd64'] }, platform: 'linux/arm64' },
      `.platform: service.build.platforms MUST include service.platform "linux/arm64"${end}`,
    ],
    [
      { build: { additional_contexts: { x: 'service:zz' } } },
      '.build.additional_contexts.x: service "a" declares unknown service "zz" as additional contexts x',
    ],
    [
      { build: { additional_contexts: { x: 'service:b' } } },
      '.build.additional_contexts.x: service "a" declares non-buildable service "b" as additional contexts x',
    ],
    [
      { network_mode: 'host', networks: { n: null } },
      `.network_mode: service a declares mutually exclusive \`network_mode\` and \`networks\`${end}`,
    ],
    [{ networks: { zz: null } }, `.networks.zz: service "a" refers to undefined network zz${end}`],
    [
      { volumes: [{ type: 'volume', source: 'zz', target: '/x' }] },
      `.volumes[0].source: service "a" refers to undefined volume zz${end}`,
    ],
    [
      { secrets: [{ source: 'zz' }] },
      `.secrets[0].source: service "a" refers to undefined secret zz${end}`,
    ],
    [
      { configs: [{ source: 'zz' }] },
      `.configs[0].source: service "a" refers to undefined config zz${end}`,
    ],
    [
      { build: { secrets: [{ source: 'zz' }] } },
      `.build.secrets[0].source: service "a" refers to undefined build secret zz${end}`,
    ],
    [{ models: { zz: null } }, `.models.zz: service "a" refers to undefined model zz${end}`],
    [dependsOn('zz'), `.depends_on.zz: service "a" depends on undefined service "zz"${end}`],
    [
      { network_mode: 'service:zz' },
      `.network_mode: service "zz" not found for network_mode 'service:zz'`,
    ],
    [
      { healthcheck: { test: ['curl'] } },
      '.healthcheck.test: healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"',
    ],
    [
      { scale: 2, deploy: { replicas: 3 } },
      `.scale: services.a: can't set distinct values on 'scale' and 'deploy.replicas'${end}`,
    ],
    [{ scale: -1 }, '.scale: services.a.scale: must be greater than or equal to 0'],
    [
      { deploy: { replicas: -1 } },
      '.deploy.replicas: services.a.deploy.replicas: must be greater than or equal to 0',
    ],
    [
      { cpus: 1, deploy: { resources: { limits: { memory: 1 } } } },
      `.cpus: services.a: can't set distinct values on 'cpus' and 'deploy.resources.limits.cpus'${end}`,
    ],
    [
      { mem_limit: 1, deploy: { resources: { limits: { memory: 2 } } } },
      `.mem_limit: services.a: can't set distinct values on 'mem_limit' and 'deploy.resources.limits.memory'${end}`,
    ],
    [
      { mem_reservation: 1, deploy: { resources: { reservations: { memory: 2 } } } },
      `.mem_reservation: services.a: can't set distinct values on 'mem_reservation' and 'deploy.resources.reservations.memory'${end}`,
    ],
    [
      { pids_limit: 1, deploy: { resources: { limits: { pids: 2 } } } },
      `.pids_limit: services.a: can't set distinct values on 'pids_limit' and 'deploy.resources.limits.pids'${end}`,
    ],
    [
      { scale: 2, container_name: 'x' },
      `.container_name: services.scale: can't set container_name and a as container name must be unique${end}`,
    ],
    [
      { deploy: { replicas: 2 }, container_name: 'x' },
      `.container_name: services.deploy.replicas: can't set container_name and a as container name must be unique${end}`,
    ],
    [
      { develop: { watch: [{ path: '/p', action: 'sync' }] } },
      `.develop.watch[0]: services.a.develop.watch: target is required for non-rebuild actions${end}`,
    ],
    [
      { tmpfs: ['/t:size=1m'], volumes: [{ type: 'tmpfs', target: '/t' }] },
      '.volumes[0]: services.a.volumes[0]: target /t already mounted as services.a.tmpfs[0]',
    ],
  ])('%j is refused', (service, fault) => {
    expect(faults(projectOf({ a: service, b: {} }, { networks: { n: {} } }))).toEqual([
      `services.a${fault}`,
    ]);
  });

  it.each<[Partial<Service>]>([
    [{ image: '', provider: { type: 'x' } }],
    [{ build: { platforms: ['linux/amd64'] }, platform: 'linux/amd64' }],
    [{ build: { additional_contexts: { x: 'docker-image://y' } } }],
    [
      {
        volumes: [
          { type: 'volume', target: '/x' },
          { type: 'bind', source: '/y', target: '/y' },
        ],
      },
    ],
    [{ healthcheck: { test: ['NONE'] } }],
    [{ scale: 2, deploy: { replicas: 2 } }],
    [{ cpus: 0.1, deploy: { resources: { limits: { cpus: Math.fround(0.1) } } } }],
    [{ mem_limit: 1, deploy: { resources: {} } }],
    [{ scale: 1, container_name: 'x' }],
    [{ develop: { watch: [{ path: '/p', action: 'rebuild' }] } }],
    [{ network_mode: 'service:b' }],
  ])('%j is fine', (service) => {
    expect(faults(projectOf({ a: service, b: {} }))).toEqual([]);
  });
});

describe('dependencies', () => {
  const aside = { disabledServices: { b: { name: 'b', profiles: ['p'] } } };

  it('may be disabled only when they are not required', () => {
    const depends_on = { b: { condition: 'service_started', required: false } } as const;
    expect(faults(projectOf({ a: { depends_on } }, aside))).toEqual([]);
    const [fault] = checkConsistency(projectOf({ a: dependsOn('b') }, aside), () => undefined);
    expect(fault?.message).toBe(`service "a" depends on undefined service "b"${end}`);
    expect(fault?.hint).toBe('"b" is not active: its profile can be enabled with --profile p');
  });

  it('that a shared network implies are reported once', () => {
    const service = { network_mode: 'service:zz', ...dependsOn('zz') };
    expect(faults(projectOf({ a: service }))).toHaveLength(1);
  });

  it('that a shared network needs must be enabled even where they are not required', () => {
    const depends_on = { b: { condition: 'service_started', required: false } } as const;
    expect(faults(projectOf({ a: { network_mode: 'service:b', depends_on } }, aside))).toEqual([
      `services.a.network_mode: service "b" not found for network_mode 'service:b'`,
    ]);
  });

  it('may not form a cycle', () => {
    const project = projectOf({ a: dependsOn('b'), b: dependsOn('a'), c: dependsOn('c') });
    expect(faults(project)).toEqual([
      'services.a.depends_on.b: dependency cycle detected: a -> b -> a',
      'services.c.depends_on.c: dependency cycle detected: c -> c',
    ]);
  });
});

it('secrets need a source unless they are external', () => {
  const secrets = { s: { driver: 'x' }, e: { external: true }, f: { file: '/f' } };
  expect(faults(projectOf({ a: {} }, { secrets }))).toEqual([
    `secrets.s: secret "s" must declare either \`file\` or \`environment\`${end}`,
  ]);
});

it('disabled services are not looked at', () => {
  expect(faults(projectOf({ a: {} }, { disabledServices: { b: { name: 'b' } } }))).toEqual([]);
});

it('faults stand where the value was written, or at the service, with what may have been meant', () => {
  const text = 'services:\n  a:\n    image: i\n    volumes:\n      - dta:/x\n  b: {}\n';
  const root = tree(text);
  const project = projectOf(
    { a: { volumes: [{ type: 'volume', source: 'dta', target: '/x' }] }, b: { image: '' } },
    { volumes: { data: {} } },
  );
  const found = checkConsistency(project, (path) => nodeAt(root, path)?.span);
  expect(found.map(({ span, hint }) => [placed(span), hint])).toEqual([
    ['5: dta:/x', "did you mean 'data'? Otherwise declare it below the top-level `volumes:`"],
    ['6: {}', 'say which image to run (`image:`) or where to build it from (`build:`)'],
  ]);
});

it('a cycle shows each of its edges', () => {
  const root = tree('services:\n  a: {depends_on: [b]}\n  b: {depends_on: [a]}\n');
  const project = projectOf({ a: dependsOn('b'), b: dependsOn('a') });
  const spans = new Map([
    ['services.a.depends_on.b', nodeAt(root, ['services', 'a', 'depends_on', 0])?.span],
    ['services.b.depends_on.a', nodeAt(root, ['services', 'b', 'depends_on', 0])?.span],
  ]);
  const [fault] = checkConsistency(project, (path) => spans.get(path.join('.')));
  expect(placed(fault?.span)).toBe('2: b');
  expect(fault?.notes?.map(({ message, span }) => [message, placed(span)])).toEqual([
    ['b depends on a', '3: a'],
  ]);
});

describe('replicas', () => {
  it.each([
    [{}, 1],
    [{ deploy: { replicas: 3 } }, 3],
    [{ scale: 0, deploy: { replicas: 3 } }, 0],
  ])('of %j are %i', (service, count) => {
    expect(replicaCount(service)).toBe(count);
  });

  it('of deploy follow scale', () => {
    const { services } = withReplicasFromScale(
      projectOf({ a: { scale: 2, deploy: {} }, b: { scale: 2 } }),
    );
    expect(services['a']?.deploy).toEqual({ replicas: 2 });
    expect(services['b']?.deploy).toBe(undefined);
  });
});
