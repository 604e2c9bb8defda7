import { describe, expect, it } from 'vitest';
import type { Project, Service } from '../../../src/compose/model.ts';
import { containerRequest, type ContainerContext } from '../../../src/engine/container-config.ts';
import { context, project, service } from './samples.ts';

type Body = Record<string, unknown> & {
  readonly Labels: Record<string, string>;
  readonly HostConfig: Record<string, unknown>;
};

function body(
  parts: Partial<Service> = {},
  with_: Partial<ContainerContext> = {},
  of: Partial<Project> = {},
): Body {
  return containerRequest(project(of), service(parts), context(with_)).body as Body;
}

describe('the body that creates a container', () => {
  it('says no more than the service does', () => {
    expect(body()).toEqual({
      AttachStderr: true,
      AttachStdout: true,
      Env: [],
      Image: 'busybox',
      Labels: {
        'com.docker.compose.config-hash': 'hash',
        'com.docker.compose.container-number': '1',
        'com.docker.compose.depends_on': '',
        'com.docker.compose.oneoff': 'False',
        'com.docker.compose.project': 'p',
        'com.docker.compose.project.config_files': '/src/compose.yaml',
        'com.docker.compose.project.working_dir': '/src',
        'com.docker.compose.service': 'web',
        'com.docker.compose.version': '9.9.9',
      },
      HostConfig: {
        NetworkMode: 'p_default',
        OomKillDisable: false,
        ExtraHosts: [],
        PortBindings: {},
      },
      NetworkingConfig: { EndpointsConfig: { p_default: { Aliases: ['p-web-1', 'web'] } } },
    });
  });

  const own: readonly (readonly [string, Partial<Service>, object])[] = [
    ['absent command: the image’s', {}, { Cmd: undefined, Entrypoint: undefined }],
    [
      'empty command and entry point clear those of the image',
      { command: [], entrypoint: [] },
      { Cmd: [], Entrypoint: [] },
    ],
    [
      'a variable without value unsets',
      { environment: { A: '1', B: null, C: '' } },
      { Env: ['A=1', 'B', 'C='] },
    ],
    ['grace period in whole seconds', { stop_grace_period: 90_500_000_000 }, { StopTimeout: 90 }],
    ['no grace period', { stop_grace_period: 0 }, { StopTimeout: 0 }],
    ['a disabled network', { network_mode: 'disabled', networks: {} }, { NetworkDisabled: true }],
    [
      'a disabled health check',
      { healthcheck: { disable: true, test: ['CMD', 'x'] } },
      { Healthcheck: { Test: ['NONE'], Interval: 0, Timeout: 0, Retries: 0, StartPeriod: 0 } },
    ],
    [
      'a health check with all of its times',
      {
        healthcheck: {
          test: ['CMD', 'x'],
          interval: 1e9,
          timeout: 2e9,
          retries: 3,
          start_period: 4e9,
          start_interval: 5e8,
        },
      },
      {
        Healthcheck: {
          Test: ['CMD', 'x'],
          Interval: 1e9,
          Timeout: 2e9,
          Retries: 3,
          StartPeriod: 4e9,
          StartInterval: 5e8,
        },
      },
    ],
    [
      'a terminal',
      { tty: true, stdin_open: true },
      { Tty: true, OpenStdin: true, AttachStdin: undefined },
    ],
  ];
  it.each(own)('%s', (_, parts, expected) => {
    const got = body(parts);
    for (const [key, value] of Object.entries(expected)) expect(got[key]).toEqual(value);
  });

  it('does not lose a start interval without a start period in silence', () => {
    const check = { test: ['CMD', 'x'], start_interval: 1e9 };
    expect(() => body({ healthcheck: check })).toThrow(
      'healthcheck.start_interval requires healthcheck.start_period to be set',
    );
  });

  it('lets the service’s own variables win over proxies', () => {
    const environment = { HTTP_PROXY: 'http://proxy', NO_PROXY: 'a' };
    const got = body({ environment: { HTTP_PROXY: 'http://mine' } }, { environment });
    expect(got['Env']).toEqual(['HTTP_PROXY=http://mine', 'NO_PROXY=a']);
  });

  it('labels dependencies that are part of the project, image, image mounts and what is replaced', () => {
    const got = body(
      {
        depends_on: {
          db: { condition: 'service_healthy', restart: true, required: true },
          mq: { condition: 'service_started', required: false },
          disabled: { condition: 'service_started', required: false },
        },
        labels: { mine: '1', 'com.docker.compose.project': 'not yours' },
      },
      {
        number: 3,
        image: { label: 'sha256:1', volumes: [] },
        imageVolumes: { '/b': 'sha256:b', '/a': 'sha256:a' },
        replaces: { mounts: [] },
      },
      {
        envFiles: ['/src/one.env', '/src/two.env'],
        services: { db: service({ name: 'db' }), mq: service({ name: 'mq' }) },
      },
    );
    expect(got.Labels).toMatchObject({
      mine: '1',
      'com.docker.compose.project': 'p',
      'com.docker.compose.depends_on': 'db:service_healthy:true,mq:service_started:false',
      'com.docker.compose.image': 'sha256:1',
      'com.docker.compose.image-volume-digest': '/a=sha256:a,/b=sha256:b',
      'com.docker.compose.project.environment_file': '/src/one.env,/src/two.env',
      'com.docker.compose.replace': 'web-3',
      'com.docker.compose.container-number': '3',
    });
  });

  it('of a one-off has its slug, no number and no aliases', () => {
    const oneOff = { slug: 'abc', autoRemove: true, attachInput: true, useAliases: false };
    const got = body({ stdin_open: true }, { number: 0, oneOff });
    expect(got.Labels).toMatchObject({
      'com.docker.compose.oneoff': 'True',
      'com.docker.compose.slug': 'abc',
    });
    expect(got.Labels).not.toHaveProperty('com.docker.compose.container-number');
    expect(got).toMatchObject({
      AttachStdin: true,
      StdinOnce: true,
      HostConfig: { AutoRemove: true },
      NetworkingConfig: { EndpointsConfig: { p_default: { Aliases: ['p-web-0'] } } },
    });
  });

  it('hashes the service with its references resolved', () => {
    const seen: Service[] = [];
    const hash = (given: Service): string => {
      seen.push(given);
      return 'h';
    };
    body(
      { network_mode: 'service:db', networks: {}, volumes_from: ['db:ro', 'container:x:ro'] },
      {
        hash,
        peers: {
          db: [
            { id: 'id1', name: 'p-db-1' },
            { id: 'id2', name: 'p-db-2' },
          ],
        },
      },
    );
    expect(seen).toMatchObject([{ network_mode: 'container:id1', volumes_from: ['id1', 'x'] }]);
  });

  it('gives volumes of others in the mode that was asked for', () => {
    const peers = { db: [{ id: 'id1', name: 'p-db-1' }] };
    const { HostConfig } = body(
      { volumes_from: ['db:ro', 'db', 'container:x:ro', 'container:y'] },
      { peers },
    );
    expect(HostConfig).toMatchObject({ VolumesFrom: ['id1:ro', 'id1', 'x:ro', 'y'] });
  });

  it.each([
    [
      { network_mode: 'service:db', networks: {} },
      'cannot share network namespace with service db: container missing',
    ],
    [{ ipc: 'service:db' }, 'cannot share IPC namespace with service db: container missing'],
    [{ pid: 'service:db' }, 'cannot share PID namespace with service db: container missing'],
    [{ volumes_from: ['db'] }, 'cannot share volume with service db: container missing'],
  ])('needs the containers it refers to (%#)', (parts, message) => {
    expect(() => body(parts)).toThrow(message);
  });

  it('links every container of a service under three names', () => {
    const peers = {
      db: [
        { id: '1', name: 'p-db-1' },
        { id: '2', name: 'p-db-2' },
      ],
    };
    const parts = { links: ['db:sql'], external_links: ['other:o', 'plain'] };
    expect(body(parts, { peers, number: 2 }).HostConfig['Links']).toEqual([
      'p-db-1:sql',
      'p-db-1:db-2',
      'p-db-1:p-db-2',
      'p-db-2:sql',
      'p-db-2:db-2',
      'p-db-2:p-db-2',
      'other:o',
      'plain:plain',
    ]);
  });

  it('joins names with an underscore for --compatibility', () => {
    const peers = { db: [{ id: '1', name: 'p_db_1' }] };
    const { image: _, ...built } = service({ links: ['db'] });
    const got = containerRequest(project(), built, context({ separator: '_', peers })).body as Body;
    expect(got).toMatchObject({
      Image: 'p_web',
      HostConfig: { Links: ['p_db_1:db', 'p_db_1:db_1', 'p_db_1:p_db_1'] },
      NetworkingConfig: { EndpointsConfig: { p_default: { Aliases: ['p_web_1', 'web'] } } },
    });
  });

  it('is asked for on the platform of the service, in its common form', () => {
    const ask = (parts: Partial<Service>, environment = {}): string | undefined =>
      containerRequest(project({ environment }), service(parts), context()).platform;
    expect(ask({})).toBeUndefined();
    expect(ask({ platform: 'linux/aarch64' })).toBe('linux/arm64');
    expect(ask({ platform: 'linux/arm' })).toBe('linux/arm/v7');
    expect(ask({}, { DOCKER_DEFAULT_PLATFORM: 'linux/s390x' })).toBe('linux/s390x');
    expect(ask({ platform: 'linux/amd64' }, { DOCKER_DEFAULT_PLATFORM: 'x' })).toBe('linux/amd64');
  });
});
