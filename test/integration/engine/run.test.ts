import { describe, expect, it } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { EngineError } from '../../../src/engine/errors.ts';
import type { ContainerInspect } from '../../../src/engine/execute/inspect.ts';
import type { Action, Step } from '../../../src/scheduler/plan.ts';
import type { Project } from '../../../src/compose/model.ts';
import { project, reason, run, service, step, type Ran, useEngine } from './projects.ts';

const signal = new AbortController().signal;
const NAME = 'tcrun';

let engine: Engine;

useEngine(NAME, (connected) => (engine = connected));

function create(name: string, number = 1, more: object = {}): Action {
  return {
    kind: 'create-container',
    service: name,
    number,
    name: `${NAME}-${name}-${number}`,
    peers: {},
    ...more,
  };
}

const network: Action = { kind: 'create-network', network: 'default', name: `${NAME}_default` };

/** Creates the default network and one container, which the last step starts. */
function startOne(name: string): readonly Step[] {
  return [
    step(1, network),
    step(2, create(name)),
    step(3, { kind: 'start-container', container: { createdBy: 2 }, service: name }),
  ];
}

async function inspect(name: string): Promise<ContainerInspect & Record<string, never>> {
  return await engine.client.send({ method: 'GET', path: `/containers/${name}/json` }, signal);
}

async function exec(ran: Ran, of: Project, command: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const [container] = [...ran.created.values()].slice(-1);
  if (container === undefined) throw new Error('no container was created');
  const hook = { command: ['sh', '-c', command] };
  const action: Action = {
    kind: 'run-hook',
    container,
    service: 'web',
    phase: 'post_start',
    index: 0,
    hook,
  };
  const outcome = await run(engine, of, [step(1, action)], {
    onHookLine: ({ text }) => lines.push(text),
  });
  expect(outcome.failures.map(({ error }) => error)).toEqual([]);
  return lines;
}

describe('running a plan', () => {
  it('brings a service up: network, volume, container, started, found again by its labels', async () => {
    const of = project(NAME, {
      volumes: { data: { name: `${NAME}_data` } },
      services: {
        web: service('web', { volumes: [{ type: 'volume', source: 'data', target: '/data' }] }),
      },
    });
    const ran = await run(engine, of, [
      step(1, network),
      step(2, { kind: 'create-volume', volume: 'data', name: `${NAME}_data` }, { after: [] }),
      step(3, create('web'), { after: [1, 2] }),
      step(4, { kind: 'start-container', container: { createdBy: 3 }, service: 'web' }),
    ]);
    expect(ran.outcome).toBe('done');
    expect([...ran.lines].sort()).toEqual([
      'Container tcrun-web-1 Created',
      'Container tcrun-web-1 Creating',
      'Container tcrun-web-1 Started',
      'Container tcrun-web-1 Starting',
      'Network tcrun_default Created',
      'Network tcrun_default Creating',
      'Volume tcrun_data Created',
      'Volume tcrun_data Creating',
    ]);
    const observed = await engine.observe(
      {
        project: NAME,
        images: [{ reference: 'busybox' }, { reference: 'busybox', platform: 'linux/s390x' }],
      },
      signal,
    );
    expect(observed.containers).toMatchObject([
      {
        name: 'tcrun-web-1',
        service: 'web',
        number: 1,
        oneOff: false,
        state: 'running',
        health: 'none',
        networks: { tcrun_default: observed.networks[0]?.id },
        mounts: [{ type: 'volume', name: 'tcrun_data', destination: '/data' }],
        labels: {
          'com.docker.compose.config-hash': 'service-hash',
          'com.docker.compose.image': observed.images.get('busybox')?.digest,
        },
      },
    ]);
    expect(observed.volumes).toMatchObject([{ name: 'tcrun_data' }]);
    expect([...observed.images.keys()]).toEqual(['busybox']);
  });

  it('connects a container to all of its networks, with aliases and addresses', async () => {
    const of = project(NAME, {
      networks: {
        default: { name: `${NAME}_default` },
        back: { name: `${NAME}_back`, ipam: { config: [{ subnet: '10.199.77.0/24' }] } },
      },
      services: {
        web: service('web', {
          networks: {
            default: { priority: 5 },
            back: { aliases: ['db.local'], ipv4_address: '10.199.77.77' },
          },
        }),
      },
    });
    const ran = await run(engine, of, [
      step(1, network),
      step(2, { kind: 'create-network', network: 'back', name: `${NAME}_back` }, { after: [] }),
      step(3, create('web'), { after: [1, 2] }),
      step(4, { kind: 'start-container', container: { createdBy: 3 }, service: 'web' }),
    ]);
    expect(reason(ran)).toBe('undefined');
    const lines = await exec(ran, of, 'nslookup db.local 127.0.0.11 | grep -A3 Name');
    expect(lines.join(' ')).toContain('10.199.77.77');
  });

  it('removes the container again when one of its networks cannot be connected', async () => {
    const of = project(NAME, {
      networks: {
        default: { name: `${NAME}_default` },
        // The engine refuses to connect a container with networks of its own to the host's.
        back: { name: 'host' },
      },
      services: { web: service('web', { networks: { default: { priority: 1 }, back: null } }) },
    });
    const ran = await run(engine, of, startOne('web'));
    expect(ran.outcome).toBe('failed');
    expect((await engine.observe({ project: NAME }, signal)).containers).toEqual([]);
  });

  it('gives a connected container the aliases of its service', async () => {
    const of = project(NAME, {
      services: { web: service('web', { networks: { default: { aliases: ['site'] } } }) },
    });
    const ran = await run(engine, of, startOne('web'));
    const container = ran.created.get(2);
    if (container === undefined) throw new Error('not created');
    const again = await run(engine, of, [
      step(1, {
        kind: 'disconnect-network',
        container,
        id: `${NAME}_default`,
        name: `${NAME}_default`,
      }),
      step(2, { kind: 'connect-network', container, service: 'web', network: 'default' }),
    ]);
    expect(again.outcome).toBe('done');
    const found = await engine.client.send<{
      NetworkSettings: { Networks: Record<string, { Aliases: string[] }> };
    }>({ method: 'GET', path: `/containers/${container.id}/json` }, signal);
    expect(found.NetworkSettings.Networks[`${NAME}_default`]?.Aliases).toEqual(
      expect.arrayContaining(['tcrun-web-1', 'web', 'site']),
    );
  });

  it('replaces a container, keeps its anonymous volume and shows one line for it', async () => {
    const of = project(NAME, {
      services: { web: service('web', { volumes: [{ type: 'volume', target: '/data' }] }) },
    });
    const first = await run(engine, of, startOne('web'));
    await exec(first, of, 'echo kept > /data/file');
    const old = first.created.get(2);
    if (old === undefined) throw new Error('not created');
    const replaces = { ...old, inheritVolumes: true };
    const group = 'recreate web-1';
    const ran = await run(engine, of, [
      step(1, create('web', 1, { name: 'tmp_tcrun-web-1', replaces }), { group }),
      step(2, { kind: 'stop-container', container: old }, { group }),
      step(3, { kind: 'remove-container', container: old, volumes: false }, { group }),
      step(
        4,
        { kind: 'rename-container', container: { createdBy: 1 }, name: 'tcrun-web-1' },
        { group },
      ),
      step(5, { kind: 'start-container', container: { createdBy: 1 }, service: 'web' }),
    ]);
    expect(ran.lines).toEqual([
      'Container tcrun-web-1 Recreate',
      'Container tcrun-web-1 Recreated',
      'Container tcrun-web-1 Starting',
      'Container tcrun-web-1 Started',
    ]);
    expect(await exec(ran, of, 'cat /data/file')).toEqual(['kept']);
    const { containers } = await engine.observe({ project: NAME }, signal);
    expect(containers.map(({ labels }) => labels['com.docker.compose.replace'])).toEqual(['web-1']);
  });

  it('finishes a replacement that has begun when it is interrupted', async () => {
    const of = project(NAME, { services: { web: service('web') } });
    const first = await run(engine, of, startOne('web'));
    const old = first.created.get(2);
    if (old === undefined) throw new Error('not created');
    const interrupt = new AbortController();
    const group = 'recreate web-1';
    const replaces = { ...old, inheritVolumes: true };
    const ran = await run(
      engine,
      of,
      [
        step(1, create('web', 1, { name: 'tmp_tcrun-web-1', replaces }), { group }),
        step(2, { kind: 'stop-container', container: old }, { group }),
        step(3, { kind: 'remove-container', container: old, volumes: false }, { group }),
        step(
          4,
          { kind: 'rename-container', container: { createdBy: 1 }, name: 'tcrun-web-1' },
          { group },
        ),
        step(5, { kind: 'start-container', container: { createdBy: 1 }, service: 'web' }),
      ],
      { signal: interrupt.signal, onEvent: () => interrupt.abort(new Error('interrupted')) },
    );
    expect(ran.outcome).toBe('cancelled');
    expect(ran.undone.map(({ id }) => id)).toEqual([5]);
    const { containers } = await engine.observe({ project: NAME }, signal);
    expect(containers.map(({ name, state }) => [name, state])).toEqual([
      ['tcrun-web-1', 'created'],
    ]);
  });

  it('rolls a failed step back and leaves what comes after it undone', async () => {
    const of = project(NAME, {
      services: { web: service('web', { command: ['/no/such/program'] }) },
    });
    const steps = startOne('web').map((each) =>
      each.id === 3
        ? {
            ...each,
            rollback: [
              { kind: 'remove-container', container: { createdBy: 2 }, volumes: true } as const,
            ],
          }
        : each,
    );
    const after = step(4, { kind: 'kill-container', container: { createdBy: 2 }, signal: '' });
    const ran = await run(engine, of, [...steps, after]);
    expect(ran.outcome).toBe('failed');
    expect(ran.undone.map(({ id }) => id)).toEqual([3, 4]);
    expect(reason(ran)).toContain('no such file or directory');
    expect(ran.lines.slice(-2)).toEqual([
      'Container tcrun-web-1 Starting',
      'Container tcrun-web-1 Error',
    ]);
    expect((await engine.observe({ project: NAME }, signal)).containers).toEqual([]);
  });

  it('names the container that holds a port', async () => {
    const ports = [{ target: 80, published: '18099', protocol: 'tcp' }];
    const of = project(NAME, {
      services: { one: service('one', { ports }), two: service('two', { ports }) },
    });
    const ran = await run(engine, of, [
      ...startOne('one'),
      step(4, create('two')),
      step(5, { kind: 'start-container', container: { createdBy: 4 }, service: 'two' }),
    ]);
    const [failure] = ran.failures;
    expect(failure?.error).toBeInstanceOf(EngineError);
    expect(failure?.error).toMatchObject({
      kind: 'port-in-use',
      hint: expect.stringContaining('Port 18099 is held by the container tcrun-one-1') as string,
    });
  });

  it('takes down what is there, and what is gone already', async () => {
    const of = project(NAME, { services: { web: service('web') } });
    const { created } = await run(engine, of, startOne('web'));
    const container = created.get(2);
    if (container === undefined) throw new Error('not created');
    const down: readonly Step[] = [
      step(1, { kind: 'stop-container', container }),
      step(2, { kind: 'remove-container', container, volumes: false }),
      step(3, {
        kind: 'remove-network',
        id: `${NAME}_default`,
        name: `${NAME}_default`,
        bestEffort: true,
      }),
    ];
    for (const _ of ['there', 'gone']) {
      const ran = await run(engine, of, down);
      expect(ran.outcome).toBe('done');
      expect(ran.lines).toEqual([
        'Container tcrun-web-1 Stopping',
        'Container tcrun-web-1 Stopped',
        'Container tcrun-web-1 Removing',
        'Container tcrun-web-1 Removed',
        'Network tcrun_default Removing',
        'Network tcrun_default Removed',
      ]);
    }
    expect(await engine.observe({ project: NAME }, signal)).toMatchObject({
      containers: [],
      networks: [],
    });
  });

  it('leaves networks and volumes that are in use, with a warning', async () => {
    const of = project(NAME, {
      volumes: { data: { name: `${NAME}_data` } },
      services: {
        web: service('web', { volumes: [{ type: 'volume', source: 'data', target: '/data' }] }),
      },
    });
    await run(engine, of, [
      step(1, network),
      step(2, { kind: 'create-volume', volume: 'data', name: `${NAME}_data` }),
      step(3, create('web')),
      step(4, { kind: 'start-container', container: { createdBy: 3 }, service: 'web' }),
    ]);
    const name = `${NAME}_default`;
    const ran = await run(engine, of, [
      step(1, { kind: 'remove-network', id: name, name, bestEffort: true }),
      step(2, { kind: 'remove-volume', name: `${NAME}_data`, bestEffort: true }),
    ]);
    expect(ran.outcome).toBe('done');
    expect(ran.lines).toEqual([
      'Network tcrun_default Removing',
      'Network tcrun_default Resource is still in use',
      'Volume tcrun_data Removing',
      'Volume tcrun_data Resource is still in use',
    ]);
  });

  it('writes secrets and configs with owner and mode before the start', async () => {
    const of = project(NAME, {
      environment: { TOKEN: 's3cret' },
      secrets: { token: { name: `${NAME}_token`, environment: 'TOKEN' } },
      configs: {
        motd: { name: `${NAME}_motd`, content: 'hello\n' },
        passwd: { name: `${NAME}_passwd`, file: import.meta.filename },
      },
      services: {
        web: service('web', {
          secrets: [{ source: 'token', uid: '1000', gid: '1001', mode: 0o400 }],
          configs: [
            { source: 'motd', target: '/etc/motd' },
            { source: 'passwd', target: '/etc/mine', mode: 0o640 },
          ],
        }),
      },
    });
    const ran = await run(engine, of, [
      step(1, network),
      step(2, create('web')),
      step(3, {
        kind: 'write-files',
        container: { createdBy: 2 },
        service: 'web',
        targets: ['/run/secrets/token', '/etc/motd', '/etc/mine'],
      }),
      step(4, { kind: 'start-container', container: { createdBy: 2 }, service: 'web' }),
    ]);
    expect(reason(ran)).toBe('undefined');
    const files = '/run/secrets/token /etc/motd /etc/mine';
    expect(
      await exec(ran, of, `stat -c '%u %g %a' ${files}; cat /run/secrets/token /etc/motd`),
    ).toEqual(['1000 1001 400', '0 0 444', '0 0 640', 's3crethello']);
  });

  it('shares the namespace of another service', async () => {
    const of = project(NAME, {
      services: {
        db: service('db'),
        web: service('web', { network_mode: 'service:db', networks: {} }),
      },
    });
    const ran = await run(engine, of, [
      ...startOne('db'),
      step(4, create('web', 1, { peers: { db: [{ createdBy: 2 }] } })),
      step(5, { kind: 'start-container', container: { createdBy: 4 }, service: 'web' }),
    ]);
    expect(ran.outcome).toBe('done');
    expect(await inspect('tcrun-web-1')).toMatchObject({
      HostConfig: { NetworkMode: `container:${ran.created.get(2)?.id}` },
    });
  });

  it('starts many at once', async () => {
    const names = Array.from({ length: 24 }, (_, index) => `s${index}`);
    const of = project(NAME, {
      services: Object.fromEntries(names.map((name) => [name, service(name)])),
    });
    const ran = await run(engine, of, [
      step(1, network),
      ...names.flatMap((name, index) => {
        const id = 2 + 2 * index;
        return [
          step(id, create(name), { after: [1] }),
          step(id + 1, { kind: 'start-container', container: { createdBy: id }, service: name }),
        ];
      }),
    ]);
    expect(ran.outcome).toBe('done');
    const { containers } = await engine.observe({ project: NAME }, signal);
    expect(containers.filter(({ state }) => state === 'running')).toHaveLength(24);
  });
});
