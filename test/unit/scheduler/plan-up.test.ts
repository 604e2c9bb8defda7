import { describe, expect, it } from 'vitest';
import { LABEL } from '../../../src/compose/labels.ts';
import type { Project } from '../../../src/compose/model.ts';
import type { Observed, ObservedContainer } from '../../../src/scheduler/observed.ts';
import { planUp } from '../../../src/scheduler/plan-up.ts';
import { divergedVolumes } from '../../../src/scheduler/volume-drift.ts';
import {
  allUp,
  defaultUp,
  dependsOn,
  idOf,
  image,
  liveNetwork,
  nothing,
  project,
  readableHashes,
  running,
  up,
  upText,
} from './sample.ts';

const healthcheck = { test: ['CMD', 'true'] };

/** The snapshot with the containers of a service changed. */
function changed(
  observed: Observed,
  service: string,
  change: Partial<ObservedContainer>,
): Observed {
  return {
    ...observed,
    containers: observed.containers.map((one) =>
      one.service === service ? { ...one, ...change } : one,
    ),
  };
}

function faults(of: Project, observed: Observed): readonly string[] {
  const result = planUp(of, observed, defaultUp);
  return result.ok ? [] : result.error.map(({ message, path = '' }) => `${path}: ${message}`);
}

describe('up from nothing', () => {
  it('creates the network, then the container, then starts it', () => {
    expect(upText(project({ web: {} }), nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:web:1, create-container, not found
      [2] -> #3 service:web:1, start-container, not found"
    `);
  });

  it('starts services that do not depend on each other at once', () => {
    expect(upText(project({ a: {}, b: {} }), nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:a:1, create-container, not found
      [1] -> #3 service:b:1, create-container, not found
      [2] -> #4 service:a:1, start-container, not found
      [3] -> #5 service:b:1, start-container, not found"
    `);
  });

  it('starts a service after all replicas of what it depends on', () => {
    const of = project({ db: { scale: 2 }, web: dependsOn('db') });
    expect(upText(of, nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:db:1, create-container, not found
      [1] -> #3 service:db:2, create-container, not found
      [1] -> #4 service:web:1, create-container, not found
      [2] -> #5 service:db:1, start-container, not found
      [3] -> #6 service:db:2, start-container, not found
      [4,5,6] -> #7 service:web:1, start-container, not found"
    `);
  });

  it('waits once for a dependency that several services need healthy', () => {
    const needs = dependsOn('db', 'service_healthy');
    const of = project({ db: { healthcheck }, api: needs, web: needs });
    expect(upText(of, nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:db:1, create-container, not found
      [1] -> #3 service:api:1, create-container, not found
      [1] -> #4 service:web:1, create-container, not found
      [2] -> #5 service:db:1, start-container, not found
      [5] -> #6 service:db, wait-condition, needed by api, web
      [3,6] -> #7 service:api:1, start-container, not found
      [4,6] -> #8 service:web:1, start-container, not found"
    `);
  });

  it('waits for a one-shot dependency to complete', () => {
    const of = project({
      migrate: {},
      web: dependsOn('migrate', 'service_completed_successfully'),
    });
    expect(upText(of, nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:migrate:1, create-container, not found
      [1] -> #3 service:web:1, create-container, not found
      [2] -> #4 service:migrate:1, start-container, not found
      [4] -> #5 service:migrate, wait-condition, needed by web
      [3,5] -> #6 service:web:1, start-container, not found"
    `);
  });

  it('keeps waits that are required apart from those that are not', () => {
    const of = project({
      db: { healthcheck },
      a: dependsOn('db', 'service_healthy'),
      b: dependsOn('db', 'service_healthy', { required: false }),
    });
    const waits = up(of, nothing).steps.filter(({ action }) => action.kind === 'wait-condition');
    expect(waits.map(({ cause, action }) => [cause, action])).toMatchObject([
      ['needed by a', { required: true }],
      ['needed by b', { required: false }],
    ]);
  });

  it('does not wait for services without replicas, or that are not enabled', () => {
    const of = project({
      off: { scale: 0 },
      web: {
        depends_on: {
          off: { condition: 'service_healthy', required: true },
          gone: { condition: 'service_healthy', required: false },
        },
      },
    });
    expect(upText(of, nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:web:1, create-container, not found
      [2] -> #3 service:web:1, start-container, not found"
    `);
  });

  it('passes the order on through a dependency that has no replicas', () => {
    const of = project({
      db: {},
      middle: { ...dependsOn('db'), scale: 0 },
      web: dependsOn('middle'),
    });
    expect(upText(of, nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:db:1, create-container, not found
      [1] -> #3 service:web:1, create-container, not found
      [2] -> #4 service:db:1, start-container, not found
      [3,4] -> #5 service:web:1, start-container, not found"
    `);
  });

  it('runs pre_start hooks once, and post_start hooks per replica, in order', () => {
    const of = project({
      web: {
        scale: 2,
        pre_start: [{ command: ['a'] }, { command: ['b'] }],
        post_start: [{ command: ['c'] }, { command: ['d'] }],
      },
      next: dependsOn('web'),
    });
    expect(upText(of, nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:web:1, create-container, not found
      [1] -> #3 service:web:2, create-container, not found
      [1] -> #4 service:next:1, create-container, not found
      [2] -> #5 service:web, run-pre-start, pre_start hook
      [5] -> #6 service:web, run-pre-start, pre_start hook
      [2,6] -> #7 service:web:1, start-container, not found
      [7] -> #8 service:web:1, run-hook, post_start hook
      [8] -> #9 service:web:1, run-hook, post_start hook
      [3,6] -> #10 service:web:2, start-container, not found
      [10] -> #11 service:web:2, run-hook, post_start hook
      [11] -> #12 service:web:2, run-hook, post_start hook
      [4,9,12] -> #13 service:next:1, start-container, not found"
    `);
  });

  it('writes configs and secrets that are not files before the start', () => {
    const of = project(
      { web: { configs: [{ source: 'inline' }], secrets: [{ source: 'file' }] }, db: {} },
      { configs: { inline: { content: 'x' } }, secrets: { file: { file: '/s' } } },
    );
    expect(upText(of, nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:db:1, create-container, not found
      [1] -> #3 service:web:1, create-container, not found
      [2] -> #4 service:db:1, start-container, not found
      [3] -> #5 service:web:1, write-files, not found
      [5] -> #6 service:web:1, start-container, not found"
    `);
  });

  it('writes no file that Compose mounted into a container that is started again', () => {
    const of = project(
      { web: { secrets: ['a', 'b'].map((source) => ({ source, mode: 0o400 })) } },
      { secrets: { a: { file: '/a' }, b: { file: '/b' } } },
    );
    const stopped = (targets: readonly string[]): Observed =>
      changed(allUp(of), 'web', {
        state: 'exited',
        exitCode: 0,
        mounts: targets.map((destination) => ({
          type: 'bind',
          name: '',
          source: destination,
          destination,
        })),
      });
    const written = (observed: Observed): unknown =>
      up(of, observed).steps.flatMap(({ action }) =>
        action.kind === 'write-files' ? action.targets : [],
      );
    expect(written(stopped([]))).toEqual(['/run/secrets/a', '/run/secrets/b']);
    expect(written(stopped(['/run/secrets/a']))).toEqual(['/run/secrets/b']);
    expect(written(stopped(['/run/secrets/a', '/run/secrets/b']))).toEqual([]);
  });

  it('creates a container that shares a namespace after the one that owns it', () => {
    const of = project({
      vpn: {},
      app: { network_mode: 'service:vpn', ...dependsOn('vpn', 'service_started') },
    });
    expect(upText(of, nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:vpn:1, create-container, not found
      [2] -> #3 service:app:1, create-container, not found
      [2] -> #4 service:vpn:1, start-container, not found
      [3,4] -> #5 service:app:1, start-container, not found"
    `);
    const creation = up(of, nothing).steps.find(({ resource }) => resource === 'service:app:1');
    expect(creation?.action).toMatchObject({ peers: { vpn: [{ createdBy: 2 }] } });
  });

  it('creates named volumes and uses container_name', () => {
    const of = project(
      {
        db: { container_name: 'mine', volumes: [{ type: 'volume', source: 'data', target: '/d' }] },
      },
      { volumes: { data: { name: 'p_data' }, unused: {} } },
    );
    expect(upText(of, nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [] -> #2 volume:data, create-volume, not found
      [] -> #3 volume:unused, create-volume, not found
      [1,2] -> #4 service:db:1, create-container, not found
      [4] -> #5 service:db:1, start-container, not found"
    `);
    expect(up(of, nothing).steps[3]?.action).toMatchObject({ name: 'mine' });
    expect(up(of, nothing).steps[2]?.action).toMatchObject({ name: 'p_unused' });
  });

  it('starts replicas in turn where the engine picks ports out of a range', () => {
    const ports = [{ target: 80, published: '8000-8009' }];
    expect(upText(project({ web: { scale: 3, ports } }), nothing)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:web:1, create-container, not found
      [1] -> #3 service:web:2, create-container, not found
      [1] -> #4 service:web:3, create-container, not found
      [2] -> #5 service:web:1, start-container, not found
      [3,5] -> #6 service:web:2, start-container, not found
      [4,6] -> #7 service:web:3, start-container, not found"
    `);
  });

  it('creates without starting', () => {
    const of = project({ db: {}, web: dependsOn('db') });
    expect(upText(of, nothing, { start: false })).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:db:1, create-container, not found
      [1] -> #3 service:web:1, create-container, not found"
    `);
  });

  it('ends with waits for everything when that is asked for', () => {
    const of = project({
      db: { healthcheck },
      migrate: dependsOn('db', 'service_healthy'),
      web: dependsOn('migrate', 'service_completed_successfully'),
    });
    expect(upText(of, nothing, { wait: true })).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [1] -> #2 service:db:1, create-container, not found
      [1] -> #3 service:migrate:1, create-container, not found
      [1] -> #4 service:web:1, create-container, not found
      [2] -> #5 service:db:1, start-container, not found
      [5] -> #6 service:db, wait-condition, needed by migrate
      [3,6] -> #7 service:migrate:1, start-container, not found
      [7] -> #8 service:migrate, wait-condition, needed by web
      [4,8] -> #9 service:web:1, start-container, not found
      [5] -> #10 service:db, wait-condition, wait was asked for
      [7] -> #11 service:migrate, wait-condition, wait was asked for
      [9] -> #12 service:web, wait-condition, wait was asked for"
    `);
  });

  it('names with underscores when that is asked for', () => {
    const { steps } = up(project({ web: {} }), nothing, { separator: '_' });
    expect(steps[1]?.action).toMatchObject({ name: 'p_web_1' });
  });
});

describe('up of what is there', () => {
  const of = project(
    {
      db: { healthcheck, volumes: [{ type: 'volume', source: 'data', target: '/d' }] },
      web: { ...dependsOn('db', 'service_healthy', { restart: true }), environment: { FOO: '1' } },
    },
    { volumes: { data: { name: 'p_data' } } },
  );
  const web = (change: object): Project => ({
    ...of,
    services: { ...of.services, web: { ...of.services['web'], name: 'web', ...change } },
  });
  const db = (change: object): Project => ({
    ...of,
    services: { ...of.services, db: { ...of.services['db'], name: 'db', ...change } },
  });

  it('is empty', () => {
    expect(upText(of, allUp(of))).toBe('');
    expect(upText(of, allUp(of), { wait: true })).toBe('');
    expect(upText(of, allUp(of), { recreate: 'never' })).toBe('');
  });

  it('replaces a container and can put the old one back', () => {
    const plan = up(web({ environment: { FOO: '2' } }), allUp(of));
    expect(upText(web({ environment: { FOO: '2' } }), allUp(of))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1, create-container, configuration changed [recreate:web:1]
      [1] -> #2 service:web:1, stop-container, configuration changed [recreate:web:1]
      [1,2] -> #3 service:web:1, rename-container, configuration changed [recreate:web:1]
      [3] -> #4 service:web:1, rename-container, configuration changed [recreate:web:1]
      [4] -> #5 service:web:1, start-container, configuration changed [recreate:web:1]
      [2,5] -> #6 service:web:1, remove-container, configuration changed [recreate:web:1]"
    `);
    const old = { id: idOf('web', 1), name: 'p-web-1' };
    expect(plan.steps[0]?.action).toMatchObject({
      name: `${old.id.slice(0, 12)}_p-web-1`,
      replaces: { ...old, inheritVolumes: true },
    });
    const start = plan.steps.find(({ action }) => action.kind === 'start-container');
    expect(start?.rollback).toEqual([
      { kind: 'remove-container', container: { createdBy: 1 }, volumes: false },
      { kind: 'rename-container', container: old, name: 'p-web-1' },
      { kind: 'start-container', container: old, service: 'web' },
    ]);
  });

  it('stops and starts dependents that restart with a service', () => {
    expect(upText(db({ environment: { A: '1' } }), allUp(of))).toMatchInlineSnapshot(`
      "[] -> #1 service:db:1, create-container, configuration changed [recreate:db:1]
      [] -> #2 service:web:1, stop-container, dependency db is recreated
      [1,2] -> #3 service:db:1, stop-container, configuration changed [recreate:db:1]
      [1,3] -> #4 service:db:1, rename-container, configuration changed [recreate:db:1]
      [4] -> #5 service:db:1, rename-container, configuration changed [recreate:db:1]
      [5] -> #6 service:db:1, start-container, configuration changed [recreate:db:1]
      [3,6] -> #7 service:db:1, remove-container, configuration changed [recreate:db:1]
      [6] -> #8 service:db, wait-condition, needed by web
      [2,8] -> #9 service:web:1, start-container, dependency db is recreated"
    `);
  });

  it('replaces without starting', () => {
    const text = upText(web({ environment: {} }), allUp(of), { start: false });
    expect(text).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1, create-container, configuration changed [recreate:web:1]
      [1] -> #2 service:web:1, stop-container, configuration changed [recreate:web:1]
      [1,2] -> #3 service:web:1, remove-container, configuration changed [recreate:web:1]
      [3] -> #4 service:web:1, rename-container, configuration changed [recreate:web:1]"
    `);
  });

  it('forces only services that were named, others by their own policy', () => {
    const forced = upText(of, allUp(of), { services: ['web'], recreate: 'force' });
    expect(forced).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1, create-container, forced [recreate:web:1]
      [1] -> #2 service:web:1, stop-container, forced [recreate:web:1]
      [1,2] -> #3 service:web:1, rename-container, forced [recreate:web:1]
      [3] -> #4 service:web:1, rename-container, forced [recreate:web:1]
      [4] -> #5 service:web:1, start-container, forced [recreate:web:1]
      [2,5] -> #6 service:web:1, remove-container, forced [recreate:web:1]"
    `);
    const both = up(of, allUp(of), { recreate: 'force' });
    expect(both.steps.filter(({ action }) => action.kind === 'create-container')).toHaveLength(2);
  });

  it('does not touch dependencies when told so', () => {
    const options = { services: ['web'], noDependencies: true } as const;
    expect(upText(of, nothing, options)).toMatchInlineSnapshot(`
      "[] -> #1 network:default, create-network, not found
      [] -> #2 volume:data, create-volume, not found
      [1] -> #3 service:web:1, create-container, not found
      [3] -> #4 service:web:1, start-container, not found"
    `);
  });

  it('keeps what differs when nothing may be recreated', () => {
    expect(upText(web({ environment: {} }), allUp(of), { recreate: 'never' })).toBe('');
  });

  it('renews anonymous volumes when told so', () => {
    const plan = up(of, allUp(of), { recreate: 'force', renewAnonymousVolumes: true });
    expect(plan.steps[0]?.action).toMatchObject({ replaces: { inheritVolumes: false } });
  });

  it('starts what has ended, and waits for what its dependents need', () => {
    const observed = changed(allUp(of), 'db', { state: 'exited', exitCode: 137 });
    expect(upText(of, observed)).toMatchInlineSnapshot(`
      "[] -> #1 service:db:1, start-container, exited (137)
      [1] -> #2 service:db, wait-condition, needed by web"
    `);
  });

  it('lets go on what is paused, and leaves what is restarting', () => {
    const paused = changed(allUp(of), 'web', { state: 'paused' });
    expect(upText(of, paused)).toMatchInlineSnapshot(
      `"[] -> #1 service:web:1, unpause-container, paused"`,
    );
    expect(upText(of, changed(allUp(of), 'web', { state: 'restarting' }))).toBe('');
  });

  it('makes a container anew that is dead or being removed', () => {
    expect(upText(of, changed(allUp(of), 'web', { state: 'dead' }))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1, remove-container, state is dead
      [1] -> #2 service:web:1, create-container, replaces a broken container
      [2] -> #3 service:web:1, start-container, replaces a broken container"
    `);
    expect(upText(of, changed(allUp(of), 'web', { state: 'removing' }))).toContain(
      'remove-container, state is removing',
    );
  });

  it('waits with --wait for what is not healthy yet', () => {
    const observed = changed(allUp(of), 'db', { health: 'starting' });
    expect(upText(of, observed, { wait: true })).toMatchInlineSnapshot(
      `"[] -> #1 service:db, wait-condition, wait was asked for"`,
    );
  });

  it('uses the timeout that was asked for', () => {
    const plan = up(of, allUp(of), { recreate: 'force', timeout: 3 });
    const stops = plan.steps.filter(({ action }) => action.kind === 'stop-container');
    expect(stops.map(({ action }) => action)).toMatchObject([{ timeout: 3 }, { timeout: 3 }]);
  });
});

describe('causes of a replacement', () => {
  const base = {
    environment: { FOO: '1', BAR: null },
    labels: { a: 'b' },
    ports: [{ target: 80, published: '80' }],
    command: ['x'],
  };
  const before = project({ web: base });
  const cause = (after: object, observed: Observed = allUp(before)): string | undefined =>
    up(project({ web: after }), observed).steps[0]?.cause;

  it.each([
    ['configuration changed', []],
    ['command changed', ['command']],
    ['command changed, environment.FOO changed', ['command', 'environment.FOO']],
    ['a changed, b changed, c changed and 2 more', ['a', 'b', 'c', 'd', 'e']],
  ])('reads "%s"', (expected, fields) => {
    const after = project({ web: { ...base, command: [] } });
    const changes = new Map([[idOf('web', 1), fields]]);
    expect(up(after, allUp(before), { changes }).steps[0]?.cause).toBe(expected);
  });

  it('cannot name fields unless it is told', () => {
    expect(cause({ ...base, command: [] })).toBe('configuration changed');
  });

  it('names the image, old and new', () => {
    const observed = { ...allUp(before), images: new Map([['app', image('bbbb')]]) };
    expect(cause(base, observed)).toBe('image changed: aaaa → bbbb');
  });

  it('does not mind an image that is not there', () => {
    expect(cause(base, { ...allUp(before), images: new Map() })).toBeUndefined();
  });

  it('looks for the image of the platform that is pinned', () => {
    const pinned = project({ web: { ...base, platform: 'linux/arm64' } });
    const images = new Map([
      ['app', image('aaaa')],
      ['app@linux/arm64', image('cccc')],
    ]);
    expect(up(pinned, { ...allUp(pinned), images }).steps[0]?.cause).toBe(
      'image changed: aaaa → cccc',
    );
  });

  it('takes a container by its image id where the label says something else', () => {
    const labels = { ...running(before, 'web').labels, [LABEL.image]: 'sha256:index' };
    expect(cause(base, changed(allUp(before), 'web', { labels }))).toBeUndefined();
  });

  it('leaves a container alone whose image was built again with the same content', () => {
    const before = { labels: { ...running(project({ web: base }), 'web').labels } };
    const observed = changed(allUp(project({ web: base })), 'web', {
      labels: { ...before.labels, [LABEL.image]: 'sha256:index1' },
      imageId: 'sha256:index1',
      imageManifest: 'sha256:content',
    });
    const again = { ...image('content'), id: 'sha256:index2' };
    expect(cause(base, { ...observed, images: new Map([['app', again]]) })).toBeUndefined();
    const other = { ...again, digest: 'sha256:other' };
    expect(cause(base, { ...observed, images: new Map([['app', other]]) })).toBe(
      'image changed: index1 → index2',
    );
  });

  it('accepts a hash of any dialect', () => {
    const labels = { ...running(before, 'web').labels, [LABEL.configHash]: 'older' };
    const hashes = { ...readableHashes, service: () => ['newer', 'older'] };
    const observed = changed(allUp(before), 'web', { labels });
    expect(up(before, observed, { hashes }).steps).toEqual([]);
  });

  it('tells of a network it is not connected to', () => {
    expect(cause(base, changed(allUp(before), 'web', { networks: {} }))).toBe(
      'not connected to network default',
    );
  });

  it('takes the name of a network for its id where a container never ran', () => {
    const observed = changed(allUp(before), 'web', {
      state: 'created',
      networks: { p_default: '' },
    });
    expect(cause(base, observed)).toBe('not started yet');
  });

  it('tells of a volume that is not mounted', () => {
    const volumes = { data: { name: 'p_data' } };
    const mounting = { volumes: [{ type: 'volume' as const, source: 'data', target: '/d' }] };
    const of = project({ db: mounting }, { volumes });
    const observed = changed(allUp(of), 'db', { mounts: [] });
    expect(up(of, observed).steps[0]?.cause).toBe('volume data is not mounted');
  });

  it('tells of an image volume that changed', () => {
    const of = project({ web: { volumes: [{ type: 'image', source: 'data', target: '/d' }] } });
    const labels = { ...running(of, 'web').labels, [LABEL.imageVolumes]: '/d=sha256:old' };
    const images = new Map([...nothing.images, ['data', image('new')]]);
    const observed = { ...changed(allUp(of), 'web', { labels }), images };
    expect(up(of, observed).steps[0]?.cause).toBe('image volume /d changed');
  });

  it('does not know what image volumes a container has that an older Compose made', () => {
    const of = project({ web: { volumes: [{ type: 'image', source: 'data', target: '/d' }] } });
    const images = new Map([...nothing.images, ['data', image('new')]]);
    expect(up(of, { ...allUp(of), images }).steps).toEqual([]);
  });

  it('follows services whose namespaces or volumes are shared', () => {
    const services = { vpn: {}, app: { network_mode: 'service:vpn', ...dependsOn('vpn') } };
    const of = project(services);
    const after = project({ ...services, vpn: { environment: { A: '1' } } });
    expect(upText(after, allUp(of))).toMatchInlineSnapshot(`
      "[] -> #1 service:vpn:1, create-container, configuration changed [recreate:vpn:1]
      [1] -> #2 service:app:1, create-container, service vpn, which it builds on, is recreated [recreate:app:1]
      [1] -> #3 service:vpn:1, stop-container, configuration changed [recreate:vpn:1]
      [1,3] -> #4 service:vpn:1, rename-container, configuration changed [recreate:vpn:1]
      [4] -> #5 service:vpn:1, rename-container, configuration changed [recreate:vpn:1]
      [5] -> #6 service:vpn:1, start-container, configuration changed [recreate:vpn:1]
      [3,6] -> #7 service:vpn:1, remove-container, configuration changed [recreate:vpn:1]
      [2,6] -> #8 service:app:1, stop-container, service vpn, which it builds on, is recreated [recreate:app:1]
      [2,6,8] -> #9 service:app:1, rename-container, service vpn, which it builds on, is recreated [recreate:app:1]
      [9] -> #10 service:app:1, rename-container, service vpn, which it builds on, is recreated [recreate:app:1]
      [10] -> #11 service:app:1, start-container, service vpn, which it builds on, is recreated [recreate:app:1]
      [8,11] -> #12 service:app:1, remove-container, service vpn, which it builds on, is recreated [recreate:app:1]"
    `);
  });

  it('sees that a shared container was replaced behind its back', () => {
    const of = project({ vpn: {}, app: { network_mode: 'service:vpn', ...dependsOn('vpn') } });
    const observed = changed(allUp(of), 'vpn', { id: 'f'.repeat(64) });
    expect(up(of, observed).steps[0]?.cause).toBe(
      'configuration or container of service vpn changed',
    );
  });
});

describe('scale', () => {
  const of = (scale: number): Project => project({ web: { scale } });

  it('adds replicas after the highest number', () => {
    const observed = {
      ...allUp(of(1)),
      containers: [running(of(1), 'web', { number: 4 })],
    };
    expect(upText(of(3), observed)).toMatchInlineSnapshot(`
      "[] -> #1 service:web:5, create-container, scale up
      [] -> #2 service:web:6, create-container, scale up
      [1] -> #3 service:web:5, start-container, scale up
      [2] -> #4 service:web:6, start-container, scale up"
    `);
  });

  it('removes the highest numbers', () => {
    expect(upText(of(1), allUp(of(3)))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:2, stop-container, scale down
      [1] -> #2 service:web:2, remove-container, scale down
      [] -> #3 service:web:3, stop-container, scale down
      [3] -> #4 service:web:3, remove-container, scale down"
    `);
  });

  it('removes what is out of date before what is not', () => {
    const stale = running(of(2), 'web', { number: 1, labels: { [LABEL.configHash]: 'old' } });
    const observed = { ...allUp(of(2)), containers: [stale, running(of(2), 'web', { number: 2 })] };
    expect(upText(of(1), observed)).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1, stop-container, scale down
      [1] -> #2 service:web:1, remove-container, scale down"
    `);
  });

  it('removes everything at zero', () => {
    expect(upText(of(0), allUp(of(1)))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1, stop-container, scale down
      [1] -> #2 service:web:1, remove-container, scale down"
    `);
  });

  it('takes deploy.replicas where scale is absent', () => {
    const replicated = project({ web: { deploy: { replicas: 2 } } });
    expect(upText(replicated, nothing)).toContain('service:web:2, start-container');
  });

  it('finishes what an interrupted replacement left', () => {
    const interim = `${'a'.repeat(12)}_p-web-1`;
    const fresh = running(of(1), 'web', { id: 'b'.repeat(64), name: interim, state: 'created' });
    const old = running(of(1), 'web', { labels: { [LABEL.configHash]: 'old' } });
    expect(upText(of(1), { ...allUp(of(1)), containers: [old, fresh] })).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1, stop-container, superseded
      [1] -> #2 service:web:1, remove-container, superseded
      [2] -> #3 service:web:1, rename-container, name left by an interrupted replacement
      [3] -> #4 service:web:1, start-container, not started yet"
    `);
  });
});

describe('networks', () => {
  const before = project(
    { db: {}, web: { networks: { default: null, back: null } } },
    {
      networks: { default: { name: 'p_default' }, back: { name: 'p_back' } },
    },
  );
  const after = (back: object): Project => ({
    ...before,
    networks: { ...before.networks, back: { name: 'p_back', ...back } },
  });

  it('are replaced when their configuration changed, with everything on them reconnected', () => {
    expect(upText(after({ internal: true }), allUp(before))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1, stop-container, network back configuration changed
      [1] -> #2 service:web:1, disconnect-network, network back configuration changed
      [2] -> #3 network:back, remove-network, configuration changed
      [3] -> #4 network:back, create-network, configuration changed
      [2,4] -> #5 service:web:1, connect-network, network back configuration changed
      [1,2,5] -> #6 service:web:1, start-container, network back configuration changed"
    `);
    const connect = up(after({ internal: true }), allUp(before)).steps.find(
      ({ action }) => action.kind === 'connect-network',
    );
    expect(connect?.action).toMatchObject({ service: 'web', network: 'back' });
  });

  it('are replaced after dependents stopped before what they depend on', () => {
    const of = project({ db: {}, web: dependsOn('db') });
    const changed = { ...of, networks: { default: { name: 'p_default', internal: true } } };
    const stops = up(changed, allUp(of)).steps.filter(
      ({ action }) => action.kind === 'stop-container',
    );
    expect(stops.map(({ resource, after }) => [resource, after])).toEqual([
      ['service:web:1', []],
      ['service:db:1', [stops[0]?.id]],
    ]);
  });

  it('are replaced with the containers that have a MAC address there', () => {
    const network = { back: { mac_address: '02:42:0a:4d:00:aa' } };
    const services = { db: { networks: network }, web: { networks: { back: null } } };
    const of = project(services, { networks: { back: { name: 'p_back' } } });
    const changed = { ...of, networks: { back: { name: 'p_back', internal: true } } };
    const made = up(changed, allUp(of)).steps.filter(
      ({ action }) => action.kind === 'create-container',
    );
    expect(made.map(({ resource, cause }) => `${resource} ${cause}`)).toEqual([
      'service:db:1 mac_address on network back, which is replaced',
    ]);
  });

  it('are renamed without waiting for the old one to go', () => {
    expect(upText(after({ name: 'p_rear' }), allUp(before))).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1, stop-container, network back was renamed
      [1] -> #2 service:web:1, disconnect-network, network back was renamed
      [2] -> #3 network:back, remove-network, renamed
      [] -> #4 network:back, create-network, renamed
      [2,4] -> #5 service:web:1, connect-network, network back was renamed
      [1,2,5] -> #6 service:web:1, start-container, network back was renamed"
    `);
  });

  it('are left alone when another tool made them', () => {
    const foreign = { ...liveNetwork(before, 'back'), labels: {} };
    const observed = { ...allUp(before), networks: [liveNetwork(before, 'default'), foreign] };
    const plan = up(after({ internal: true }), observed);
    expect(plan.steps).toEqual([]);
    expect(plan.warnings).toEqual([
      'a network with name p_back exists but was not created by compose.\nSet `external: true` to use an existing network',
    ]);
  });

  it('are left alone when they belong to another project', () => {
    const labels = { [LABEL.project]: 'other', [LABEL.network]: 'back' };
    const foreign = { ...liveNetwork(before, 'back'), labels };
    const observed = { ...allUp(before), networks: [liveNetwork(before, 'default'), foreign] };
    expect(up(before, observed).warnings[0]).toContain('was not created for project "p"');
  });

  it('that carry the same key are reported and left', () => {
    const old = { ...liveNetwork(before, 'back'), id: 'id-old', name: 'p_old' };
    const observed = { ...allUp(before), networks: [...allUp(before).networks, old] };
    const plan = up(before, observed);
    expect(plan.steps).toEqual([]);
    expect(plan.warnings[0]).toMatch(/^network "p_old" \(id id-old\) carries the compose label/);
  });

  it('that are external must be there, by name or by id', () => {
    const of = project({ web: {} }, { networks: { default: { name: 'shared', external: true } } });
    expect(faults(of, nothing)).toEqual([
      'networks.default: network shared declared as external, but could not be found',
    ]);
    const byId = project(
      { web: {} },
      {
        networks: { default: { name: 'id-shared', external: true } },
      },
    );
    expect(upText(byId, { ...nothing, networks: allUp(of).networks })).not.toContain('network');
  });
});

describe('volumes', () => {
  const volumes = [{ type: 'volume' as const, source: 'data', target: '/d' }];
  const of = (data: object): Project =>
    project(
      { db: { volumes }, web: dependsOn('db', 'service_started', { restart: true }) },
      { volumes: { data: { name: 'p_data', ...data } } },
    );
  const before = of({});
  const after = of({ driver_opts: { a: 'b' } });

  it('are asked about before their data is lost', () => {
    expect(divergedVolumes(after, allUp(before), readableHashes)).toEqual([
      {
        key: 'data',
        name: 'p_data',
        question:
          'Volume "p_data" exists but doesn\'t match configuration in compose file. Recreate (data will be lost)?',
      },
    ]);
    expect(divergedVolumes(before, allUp(before), readableHashes)).toEqual([]);
  });

  it('are kept with a warning unless that was agreed to', () => {
    const plan = up(after, allUp(before));
    expect(plan.steps).toEqual([]);
    expect(plan.warnings).toEqual([
      'volume "p_data" exists but doesn\'t match configuration in compose file; it is kept with its data',
    ]);
  });

  it('are replaced after all their users are gone', () => {
    const recreateVolumes = new Set(['data']);
    expect(upText(after, allUp(before), { recreateVolumes })).toMatchInlineSnapshot(`
      "[] -> #1 service:web:1, stop-container, dependency db is recreated
      [1] -> #2 service:db:1, stop-container, volume data configuration changed
      [2] -> #3 service:db:1, remove-container, volume data configuration changed
      [3] -> #4 volume:data, remove-volume, configuration changed
      [4] -> #5 volume:data, create-volume, configuration changed
      [3,5] -> #6 service:db:1, create-container, not found
      [6] -> #7 service:db:1, start-container, not found
      [1,7] -> #8 service:web:1, start-container, dependency db is recreated"
    `);
  });

  it('are kept when a container uses them that this run does not concern', () => {
    const orphan = { ...running(before, 'db', { number: 2 }), service: 'gone', name: 'p-gone-1' };
    const observed = { ...allUp(before), containers: [...allUp(before).containers, orphan] };
    const plan = up(after, observed, { recreateVolumes: new Set(['data']) });
    expect(plan.steps).toEqual([]);
    expect(plan.warnings).toContain(
      'volume "p_data" is not recreated: container p-gone-1, which this run does not concern, uses it',
    );
  });

  it('are made anew under a new name, and the old one is kept', () => {
    const renamed = of({ name: 'p_other' });
    expect(upText(renamed, allUp(before))).toMatchInlineSnapshot(`
      "[] -> #1 volume:data, create-volume, renamed
      [1] -> #2 service:db:1, create-container, volume data is not mounted [recreate:db:1]
      [] -> #3 service:web:1, stop-container, dependency db is recreated
      [2,3] -> #4 service:db:1, stop-container, volume data is not mounted [recreate:db:1]
      [2,4] -> #5 service:db:1, rename-container, volume data is not mounted [recreate:db:1]
      [5] -> #6 service:db:1, rename-container, volume data is not mounted [recreate:db:1]
      [6] -> #7 service:db:1, start-container, volume data is not mounted [recreate:db:1]
      [4,7] -> #8 service:db:1, remove-container, volume data is not mounted [recreate:db:1]
      [3,7] -> #9 service:web:1, start-container, dependency db is recreated"
    `);
  });

  it('that are external must be there', () => {
    const external = of({ external: true });
    expect(faults(external, nothing)).toEqual(['volumes.data: external volume "p_data" not found']);
    expect(faults(external, { ...nothing, volumes: allUp(before).volumes })).toEqual([]);
  });

  it('of others are used with a warning', () => {
    const foreign = { name: 'p_data', driver: 'local', labels: { [LABEL.project]: 'other' } };
    const plan = up(after, { ...allUp(before), volumes: [foreign] });
    expect(plan.steps).toEqual([]);
    expect(plan.warnings[0]).toContain('was created for project "other" (expected "p")');
  });
});

describe('orphans', () => {
  const of = project({ web: { ports: [{ target: 80, published: '80' }] } });
  const orphan = running(of, 'old', { hostPorts: ['tcp/80'] });
  const task = running(of, 'web', { oneOff: true, number: 0, name: 'p-web-run-1' });
  const observed = { ...allUp(of), containers: [orphan, task] };

  it('are named in a warning', () => {
    expect(up(of, observed).warnings).toEqual([
      'Found orphan containers (p-old-1) for this project. If you removed or renamed this service in your compose file, you can run this command with the --remove-orphans flag to clean it up.',
    ]);
    expect(up(of, observed, { orphans: 'ignore' }).warnings).toEqual([]);
  });

  it('are removed before a service takes their port', () => {
    expect(upText(of, observed, { orphans: 'remove' })).toMatchInlineSnapshot(`
      "[] -> #1 service:old:1, stop-container, orphan
      [1] -> #2 service:old:1, remove-container, orphan
      [] -> #3 service:web:1, create-container, not found
      [1,3] -> #4 service:web:1, start-container, not found"
    `);
  });

  it('include one-offs that have ended, and not services that profiles leave out', () => {
    const ended = { ...task, state: 'exited' as const };
    const { debug } = project({ debug: {} }).services;
    const disabled = { ...of, disabledServices: { debug: debug ?? { name: 'debug' } } };
    const containers = [running(of, 'web'), running(of, 'debug'), ended];
    expect(up(disabled, { ...allUp(of), containers }).warnings[0]).toContain('(p-web-run-1)');
  });
});

describe('what moves between services', () => {
  it('a port: the old holder stops before the new one starts', () => {
    const ports = [{ target: 80, published: '80' }];
    const before = project({ a: { ports }, b: {} });
    const after = project({ a: {}, b: { ports } });
    expect(upText(after, allUp(before))).toMatchInlineSnapshot(`
      "[] -> #1 service:a:1, create-container, configuration changed [recreate:a:1]
      [] -> #2 service:b:1, create-container, configuration changed [recreate:b:1]
      [1] -> #3 service:a:1, stop-container, configuration changed [recreate:a:1]
      [1,3] -> #4 service:a:1, rename-container, configuration changed [recreate:a:1]
      [4] -> #5 service:a:1, rename-container, configuration changed [recreate:a:1]
      [5] -> #6 service:a:1, start-container, configuration changed [recreate:a:1]
      [3,6] -> #7 service:a:1, remove-container, configuration changed [recreate:a:1]
      [2] -> #8 service:b:1, stop-container, configuration changed [recreate:b:1]
      [2,3,8] -> #9 service:b:1, rename-container, configuration changed [recreate:b:1]
      [9] -> #10 service:b:1, rename-container, configuration changed [recreate:b:1]
      [10] -> #11 service:b:1, start-container, configuration changed [recreate:b:1]
      [8,11] -> #12 service:b:1, remove-container, configuration changed [recreate:b:1]"
    `);
  });

  it('a name: the old holder steps aside first', () => {
    const before = project({ a: { container_name: 'x' }, b: { container_name: 'y' } });
    const after = project({ a: { container_name: 'y' }, b: { container_name: 'x' } });
    expect(upText(after, allUp(before))).toMatchInlineSnapshot(`
      "[] -> #1 service:a:1, rename-container, service b takes over its name [recreate:a:1]
      [] -> #2 service:b:1, rename-container, service a takes over its name [recreate:b:1]
      [] -> #3 service:a:1, create-container, configuration changed [recreate:a:1]
      [] -> #4 service:b:1, create-container, configuration changed [recreate:b:1]
      [3] -> #5 service:a:1, stop-container, configuration changed [recreate:a:1]
      [1,2,3,5] -> #6 service:a:1, rename-container, configuration changed [recreate:a:1]
      [6] -> #7 service:a:1, start-container, configuration changed [recreate:a:1]
      [1,5,7] -> #8 service:a:1, remove-container, configuration changed [recreate:a:1]
      [4] -> #9 service:b:1, stop-container, configuration changed [recreate:b:1]
      [1,2,4,9] -> #10 service:b:1, rename-container, configuration changed [recreate:b:1]
      [10] -> #11 service:b:1, start-container, configuration changed [recreate:b:1]
      [2,9,11] -> #12 service:b:1, remove-container, configuration changed [recreate:b:1]"
    `);
  });

  it('links: a container is linked once the other one has its own name', () => {
    const of = (a: string): Project =>
      project({ db: { environment: { a } }, web: { links: ['db'], ...dependsOn('db') } });
    const text = upText(of('2'), { ...allUp(of('1')), containers: [running(of('1'), 'db')] });
    expect(text).toMatchInlineSnapshot(`
      "[] -> #1 service:db:1, create-container, configuration changed [recreate:db:1]
      [1] -> #2 service:db:1, stop-container, configuration changed [recreate:db:1]
      [1,2] -> #3 service:db:1, rename-container, configuration changed [recreate:db:1]
      [3] -> #4 service:db:1, rename-container, configuration changed [recreate:db:1]
      [4] -> #5 service:db:1, start-container, configuration changed [recreate:db:1]
      [2,5] -> #6 service:db:1, remove-container, configuration changed [recreate:db:1]
      [1,4] -> #7 service:web:1, create-container, not found
      [5,7] -> #8 service:web:1, start-container, not found"
    `);
  });
});

describe('what cannot work', () => {
  it.each([
    [{ target: 80, published: '70000' }, 'Invalid hostPort: 70000'],
    [{ target: 80, published: '65530-65536' }, 'Invalid hostPort: 65530-65536'],
    [{ target: 65536 }, 'Invalid containerPort: 65536'],
  ])('is a port that cannot be: %j', (port, message) => {
    const ports = [{ target: 65535, published: '65535' }, port];
    expect(faults(project({ web: { ports } }), nothing)).toEqual([
      `services.web.ports[1]: ${message}`,
    ]);
  });

  it('is told all at once, before anything is changed', () => {
    const of = project(
      {
        app: { network_mode: 'service:off', volumes_from: ['off:ro'] },
        off: { scale: 0 },
        web: { container_name: 'one', scale: 2 },
      },
      { networks: { default: { name: 'shared', external: true } } },
    );
    expect(faults(of, nothing)).toEqual([
      'networks.default: network shared declared as external, but could not be found',
      'services.app.network_mode: cannot share network namespace with service off: container missing',
      'services.app.volumes_from: cannot share volume with service off: container missing',
      'services.web.container_name: WARNING: The "web" service is using the custom container name "one". Docker requires each container to have a unique name. Remove the custom name to scale the service',
    ]);
  });

  it('is not said of containers that exist, whoever made them', () => {
    const of = project(
      { app: { network_mode: 'service:vpn' } },
      {
        disabledServices: { vpn: { name: 'vpn' } },
      },
    );
    expect(faults(of, { ...nothing, containers: [running(of, 'vpn')] })).toEqual([]);
  });
});
