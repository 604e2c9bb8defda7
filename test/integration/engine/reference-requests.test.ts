import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { localFiles } from '../../../src/app/file-access.ts';
import { decodeProject } from '../../../src/compose/decode.ts';
import { loadTree } from '../../../src/compose/load-tree.ts';
import type { Project } from '../../../src/compose/model.ts';
import { containerRequest } from '../../../src/engine/container-config.ts';
import { LABEL } from '../../../src/engine/labels.ts';
import { networkRequest } from '../../../src/engine/network-config.ts';
import type { Peers } from '../../../src/engine/service-references.ts';
import { volumeRequest } from '../../../src/engine/volume-config.ts';
import { run } from '../../support/command.ts';
import { referenceBinary } from '../../support/reference.ts';
import { engineSocket } from '../../support/test-engine.ts';

const folder = join(import.meta.dirname, 'requests');
const file = join(folder, 'compose.yaml');

type Json = Record<string, unknown>;

interface Recorded {
  /** Without the version: `/containers/create?name=…`. */
  readonly path: string;
  readonly apiVersion: string;
  readonly body: Json & { readonly Name?: string; readonly Labels: Record<string, string> };
}

const recorded: Recorded[] = [];
const temporary = mkdtempSync(join(tmpdir(), 'tcompose-requests-'));
const proxySocket = join(temporary, 'docker.sock');
let proxy: Server;
let project: Project;

/** Passes everything on to the engine and keeps what is to be created. */
function startProxy(): Promise<void> {
  proxy = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method, headers, url = '' } = incoming;
      const body = Buffer.concat(chunks);
      const [, apiVersion = '', path = ''] = /^\/v([\d.]+)(\/.*)$/.exec(url) ?? [];
      if (/^\/\w+\/create/.test(path)) {
        recorded.push({ path, apiVersion, body: JSON.parse(body.toString()) as Recorded['body'] });
      }
      request({ socketPath: engineSocket, method, path: url, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 500, response.headers);
        response.pipe(answer);
      }).end(body);
    });
  });
  return new Promise((resolve) => proxy.listen(proxySocket, resolve));
}

function loadFixture(): Project {
  const loaded = loadTree(
    {
      composeFiles: [file],
      workingDir: folder,
      environment: {},
      envFiles: [],
      profiles: [],
      exports: {},
      readEnvFiles: [],
      warnings: [],
    },
    {},
    localFiles({}),
  );
  if (!loaded.ok) throw new Error(loaded.error.map(({ message }) => message).join('\n'));
  return decodeProject(loaded.value.tree, {
    name: loaded.value.name,
    workingDir: folder,
    composeFiles: [file],
    envFiles: [],
    environment: loaded.value.environment,
    profiles: [],
  }).project;
}

beforeAll(async () => {
  project = loadFixture();
  const compose = await referenceBinary('docker-compose');
  await startProxy();
  const env = { ...process.env, DOCKER_HOST: `unix://${proxySocket}` };
  const created = await run(compose, ['-f', file, 'create'], { env });
  await run(compose, ['-f', file, 'down', '--volumes'], { env });
  if (created.code !== 0) throw new Error(created.stderr);
});

afterAll(() => {
  proxy?.close();
  rmSync(temporary, { recursive: true });
});

/** What both send, whatever they write for "not set" and in whatever order. */
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(comparable).filter((item) => item !== undefined);
    const byText = (item: unknown): string => JSON.stringify(item);
    return items.length === 0
      ? undefined
      : items.sort((left, right) => (byText(left) < byText(right) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) {
    return value === null || value === '' || value === 0 || value === false ? undefined : value;
  }
  const entries = Object.entries(value)
    .map(([key, item]) => [key, comparable(item)] as const)
    .filter(([, item]) => item !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Drops what only the reference sends and no engine reads. */
function withoutNoise(body: Json): unknown {
  const host = body['HostConfig'] as Json | undefined;
  const endpoints = (body['NetworkingConfig'] as { EndpointsConfig?: Record<string, Json> } | null)
    ?.EndpointsConfig;
  return comparable({
    ...body,
    ...(host === undefined ? {} : { HostConfig: { ...host, ConsoleSize: undefined } }),
    ...(endpoints === undefined
      ? {}
      : {
          NetworkingConfig: {
            EndpointsConfig: Object.fromEntries(
              Object.entries(endpoints).map(([name, endpoint]) => [
                name,
                { ...endpoint, IPAddress: undefined, IPv6Gateway: undefined },
              ]),
            ),
          },
        }),
  });
}

/** The containers that the reference had made when it resolved references to them. */
function peersOf(body: Recorded['body']): Peers {
  const id = /container:([0-9a-f]{64})/.exec(JSON.stringify(body))?.[1] ?? '';
  return {
    one: [{ id, name: 'requests-one-1' }],
    two: [{ id: '', name: 'customtwo' }],
  };
}

function seccomp(): string {
  return JSON.stringify(JSON.parse(readFileSync(join(folder, 'files/seccomp.json'), 'utf8')));
}

function ours({ path, body, apiVersion }: Recorded): object {
  const label = (name: keyof typeof LABEL): string => body.Labels[LABEL[name]] ?? '';
  const facts = {
    project: project.name,
    name: body.Name ?? '',
    apiVersion,
    toolVersion: label('version'),
    configHash: label('configHash'),
  };
  if (path.startsWith('/networks/')) {
    const key = label('network');
    return networkRequest(project.networks[key] ?? {}, { ...facts, key });
  }
  if (path.startsWith('/volumes/')) {
    const key = label('volume');
    return volumeRequest(project.volumes[key] ?? {}, { ...facts, key });
  }
  const service = project.services[label('service')];
  if (service === undefined) throw new Error(`unexpected ${path}`);
  return containerRequest(project, service, {
    apiVersion,
    toolVersion: facts.toolVersion,
    hash: () => facts.configHash,
    number: Number(label('number')),
    peers: peersOf(body),
    image: { label: label('image'), volumes: [] },
    seccompProfiles: {
      './files/seccomp.json': seccomp(),
      [join(folder, 'files/seccomp.json')]: seccomp(),
    },
  }).body;
}

describe('requests that create things', () => {
  it('are those of docker compose, field by field', () => {
    const kinds = recorded.map(({ path }) => path.split('/')[1]);
    expect(kinds.filter((kind) => kind === 'containers')).toHaveLength(5);
    expect(kinds.filter((kind) => kind === 'networks')).toHaveLength(3);
    expect(kinds.filter((kind) => kind === 'volumes')).toHaveLength(2);
    for (const call of recorded) {
      expect({ [call.path]: withoutNoise(ours(call) as Json) }).toEqual({
        [call.path]: withoutNoise(call.body),
      });
    }
  });
});
