import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

interface Resource {
  readonly id: string;
  readonly name: string;
  readonly body: Record<string, unknown>;
  running: boolean;
}

type Answer = readonly [status: number, body?: unknown];

const IMAGE = { Id: `sha256:${'a'.repeat(64)}`, RepoTags: ['web:latest'], Config: {}, Os: 'linux' };

/**
 * Says what an engine would say to the warm-up's commands, and remembers what they create. It runs
 * nothing: tests use real engines.
 */
export function warmUpEngine(): Server {
  const containers = new Map<string, Resource>();
  const networks = new Map<string, Resource>();
  const volumes = new Map<string, Resource>();
  let created = 0;
  const add = (to: Map<string, Resource>, name: string, body: Record<string, unknown>): string => {
    created += 1;
    const id = created.toString(16).padStart(64, '0');
    to.set(id, { id, name, body, running: false });
    return id;
  };
  const route = (
    method: string,
    path: readonly string[],
    body: Record<string, unknown>,
    query: URLSearchParams,
  ): Answer => {
    const [kind = '', id = '', verb] = path;
    if (kind === 'containers') {
      if (id === 'json')
        return [200, [...containers.values()].map((each) => listed(each, networks))];
      if (id === 'create')
        return [201, { Id: add(containers, query.get('name') ?? '', body), Warnings: [] }];
      const container =
        containers.get(id) ?? [...containers.values()].find(({ name }) => name === id);
      if (container === undefined) return [404, { message: 'no such container' }];
      if (method === 'GET') return [200, verb === 'logs' ? undefined : inspected(container)];
      if (method === 'DELETE') containers.delete(container.id);
      else container.running = verb === 'start';
      return [204];
    }
    if (kind === 'networks' || kind === 'volumes') {
      const all = kind === 'networks' ? networks : volumes;
      const shown = [...all.values()].map((each) => ({
        Id: each.id,
        Name: each.name,
        Driver: 'bridge',
        Scope: 'local',
        ...each.body,
      }));
      if (id === 'create') {
        const made = add(all, String(body['Name']), body);
        return [201, { Id: made, Name: body['Name'], ...body }];
      }
      if (id === '') return [200, kind === 'networks' ? shown : { Volumes: shown }];
      const found = shown.find((each) => each.Id === id || each.Name === id);
      if (found === undefined) return [404, { message: 'no such resource' }];
      if (method === 'DELETE') all.delete(found.Id);
      return method === 'GET' ? [200, found] : [204];
    }
    return kind === 'images' ? [200, IMAGE] : [404, { message: 'not known' }];
  };
  return createServer((request, response) => {
    void answer(request, response, route);
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  route: (
    method: string,
    path: readonly string[],
    body: Record<string, unknown>,
    query: URLSearchParams,
  ) => Answer,
): Promise<void> {
  const body = await read(request);
  const url = new URL(request.url ?? '/', 'http://engine');
  const path = url.pathname.split('/').slice(1).map(decodeURIComponent);
  if (/^v\d/.test(path[0] ?? '')) path.shift();
  if (path[0] === '_ping') {
    response
      .writeHead(200, { 'Api-Version': '1.51', Ostype: 'linux', 'Builder-Version': '2' })
      .end('OK');
    return;
  }
  if (path[0] === 'events') {
    response.writeHead(200).flushHeaders();
    return;
  }
  const [status, answered] = route(request.method ?? 'GET', path, body, url.searchParams);
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(answered === undefined ? undefined : JSON.stringify(answered));
}

function labelsOf({ body }: Resource): unknown {
  return body['Labels'] ?? {};
}

/** Networks that a container was created with, as the engine lists them. */
function attachments({ body }: Resource, networks: ReadonlyMap<string, Resource>): object {
  const { EndpointsConfig = {} } = (body['NetworkingConfig'] ?? {}) as {
    readonly EndpointsConfig?: object;
  };
  const ids = new Map([...networks.values()].map(({ id, name }) => [name, id]));
  return Object.fromEntries(
    Object.keys(EndpointsConfig).map((name) => [name, { NetworkID: ids.get(name) ?? '' }]),
  );
}

function listed(container: Resource, networks: ReadonlyMap<string, Resource>): object {
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: 'web',
    ImageID: IMAGE.Id,
    Command: 'web',
    Created: 1,
    State: container.running ? 'running' : 'created',
    Status: 'Up 2 minutes',
    Ports: [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' }],
    Labels: labelsOf(container),
    Mounts: [],
    NetworkSettings: { Networks: attachments(container, networks) },
  };
}

function inspected(container: Resource): object {
  const { body } = container;
  return {
    Id: container.id,
    Name: `/${container.name}`,
    Image: IMAGE.Id,
    Created: '2026-01-01T00:00:00Z',
    State: {
      Status: container.running ? 'running' : 'created',
      Running: container.running,
      ExitCode: 0,
    },
    Config: body,
    HostConfig: body['HostConfig'] ?? {},
    Mounts: [],
    NetworkSettings: { Networks: {} },
  };
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}
