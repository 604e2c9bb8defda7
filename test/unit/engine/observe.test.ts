import { describe, expect, it } from 'vitest';
import type { Call, EngineClient } from '../../../src/engine/client.ts';
import { EngineError } from '../../../src/engine/errors.ts';
import { observe, toContainer, type ContainerSummary } from '../../../src/engine/observe.ts';

const row: ContainerSummary = {
  Id: 'c1',
  Names: ['/other/alias', '/p-web-1'],
  Image: 'busybox',
  ImageID: 'sha256:1',
  Created: 17,
  State: 'running',
  Status: 'Up 3 seconds',
  Labels: null,
};

/** An engine that answers by path and filters. */
function client(
  answer: (call: Call) => unknown,
  apiVersion = '1.51',
): { calls: Call[]; client: EngineClient } {
  const calls: Call[] = [];
  return {
    calls,
    client: {
      address: 'unix:///x',
      apiVersion,
      server: { osType: 'linux', builder: '2', swarm: false },
      supports: (version) => Number(apiVersion.slice(2)) >= Number(version.slice(2)),
      send: async <T>(call: Call) => {
        calls.push(call);
        return answer(call) as T;
      },
      open: () => Promise.reject(new Error('not used')),
      hijack: () => Promise.reject(new Error('not used')),
      close: () => {},
    },
  };
}

const signal = new AbortController().signal;

describe('a row of the container list', () => {
  it('gives the container’s own name, not that of a link', () => {
    expect(toContainer(row).name).toBe('p-web-1');
  });

  it.each([
    ['Up 3 seconds', 'none', undefined],
    ['Up 3 seconds (health: starting)', 'starting', undefined],
    ['Up 3 seconds (healthy)', 'healthy', undefined],
    ['Up 2 hours (unhealthy)', 'unhealthy', undefined],
    ['Up 2 hours (healthy) (Paused)', 'healthy', undefined],
    ['Exited (137) 2 hours ago', 'none', 137],
    ['Restarting (1) 3 seconds ago', 'none', 1],
    ['Created', 'none', undefined],
  ])('with the status "%s" is %s, exit code %s', (Status, health, exitCode) => {
    expect(toContainer({ ...row, Status })).toMatchObject({ health, exitCode });
  });

  it('gives what its labels say', () => {
    const labels = (Labels: Record<string, string>): object => toContainer({ ...row, Labels });
    expect(
      labels({
        'com.docker.compose.service': 'web',
        'com.docker.compose.container-number': '4',
        'com.docker.compose.oneoff': 'False',
      }),
    ).toMatchObject({ service: 'web', number: 4, oneOff: false });
    expect(labels({ 'com.docker.compose.oneoff': 'True' })).toMatchObject({
      service: '',
      number: 0,
      oneOff: true,
    });
  });
});

it('lists each host port that a container holds once', () => {
  const Ports = [
    { PublicPort: 8080, Type: 'tcp' },
    { PublicPort: 8080, Type: 'tcp' },
    { Type: 'tcp' },
    { PublicPort: 53, Type: 'udp' },
  ];
  expect(toContainer({ ...row, Ports }).hostPorts).toEqual(['tcp/8080', 'udp/53']);
});

describe('a snapshot', () => {
  const network = { Id: 'n1', Name: 'p_default', Driver: 'bridge', Scope: 'local', Labels: null };

  it('asks three lists at once, and again only for names that they did not show', async () => {
    const engine = client((call) => {
      const filters = call.query?.['filters'] as { name?: string[] } | undefined;
      if (call.path === '/containers/json') return [row];
      if (call.path === '/volumes') return { Volumes: null };
      return filters?.name === undefined
        ? [network]
        : [
            { ...network, Id: 'n2', Name: 'shared' },
            { ...network, Id: 'n3', Name: 'shared-not' },
          ];
    });
    const seen = await observe(
      { client: engine.client, host: 'h' },
      { project: 'p', networks: ['p_default', 'shared'], volumes: [] },
      signal,
    );
    expect(seen.host).toBe('h');
    expect(seen.networks.map(({ name }) => name)).toEqual(['p_default', 'shared']);
    expect(engine.calls.map(({ path }) => path)).toEqual([
      '/containers/json',
      '/networks',
      '/volumes',
      '/networks',
    ]);
    expect(engine.calls[3]?.query).toEqual({ filters: { name: ['shared'] } });
  });

  it('finds an external network by its id', async () => {
    const id = 'abcdef012345';
    const engine = client((call) => {
      const filters = call.query?.['filters'] as { id?: string[] } | undefined;
      if (call.path === '/volumes') return { Volumes: [] };
      return filters?.id === undefined ? [] : [{ ...network, Id: `${id}67` }];
    });
    const seen = await observe(
      { client: engine.client, host: 'h' },
      { project: 'p', networks: [id] },
      signal,
    );
    expect(seen.networks.map((each) => each.id)).toEqual([`${id}67`]);
  });

  it('leaves out images whose names no engine takes, so that a project with one can be taken down', async () => {
    const refusal = 'Error response from daemon: invalid reference format';
    const engine = client((call) => {
      if (call.path === '/volumes') return { Volumes: [] };
      if (!call.path.startsWith('/images/')) return [];
      throw new EngineError('failed', refusal, { status: 400 });
    });
    const query = { project: 'p', images: [{ reference: 'BAD:::x' }] };
    const seen = await observe({ client: engine.client, host: 'h' }, query, signal);
    expect([...seen.images.keys()]).toEqual([]);
  });

  it('tells images apart by platform and leaves out what is not here', async () => {
    const engine = client((call) => {
      if (call.path === '/volumes') return { Volumes: [] };
      if (!call.path.startsWith('/images/')) return [];
      if (call.path.includes('gone')) throw new EngineError('not-found', 'no such image');
      return { Id: 'sha256:1', Os: 'linux', Architecture: 'amd64' };
    });
    const images = [
      { reference: 'a' },
      { reference: 'a' },
      { reference: 'a', platform: 'linux/amd64' },
      { reference: 'a', platform: 'linux/arm64' },
      { reference: 'gone' },
    ];
    const seen = await observe(
      { client: engine.client, host: 'h' },
      { project: 'p', images },
      signal,
    );
    expect([...seen.images.keys()]).toEqual(['a', 'a@linux/amd64']);
    expect(engine.calls.filter(({ path }) => path.startsWith('/images/'))).toHaveLength(4);
  });

  it('asks for manifests only where the engine knows them', async () => {
    const ask = async (version: string): Promise<unknown> => {
      const engine = client((call) => {
        if (call.path === '/volumes') return { Volumes: [] };
        return call.path.startsWith('/images/')
          ? { Id: 'sha256:1', Os: 'linux', Architecture: 'amd64' }
          : [];
      }, version);
      const images = [{ reference: 'a' }];
      await observe({ client: engine.client, host: 'h' }, { project: 'p', images }, signal);
      return engine.calls.find(({ path }) => path.startsWith('/images/'))?.query;
    };
    expect(await ask('1.47')).toBeUndefined();
    expect(await ask('1.48')).toEqual({ manifests: true });
  });
});
