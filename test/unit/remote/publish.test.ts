import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { publishArtifact } from '../../../src/remote/publish.ts';
import type { PublishOptions } from '../../../src/remote/publish.ts';
import { digestOf } from '../../../src/remote/registry/content.ts';

/** A registry in memory: what was put there, by path below /v2/. */
const stored = new Map<string, Buffer>();
let requests: string[];
/** Statuses of manifests that are put; 201 when there are none left. */
let refusals: number[];
let close: () => Promise<void>;
let port: number;

beforeEach(async () => {
  stored.clear();
  requests = [];
  refusals = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://x');
    const path = url.pathname.slice('/v2/'.length);
    requests.push(`${request.method} ${path}${url.search}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const found = stored.get(path);
      if (request.method === 'POST') {
        const mounted = stored.get(
          `${url.searchParams.get('from')}/blobs/${url.searchParams.get('mount')}`,
        );
        if (mounted === undefined) response.writeHead(202, { Location: `/v2/${path}x` }).end();
        else {
          const mount = url.searchParams.get('mount') ?? '';
          stored.set(path.replace('uploads/', mount), mounted);
          response.writeHead(201).end();
        }
      } else if (request.method === 'PUT') {
        const status = path.includes('/manifests/') ? (refusals.shift() ?? 201) : 201;
        const digest = url.searchParams.get('digest');
        const target = digest === null ? path : path.replace('uploads/x', digest);
        if (status === 201) stored.set(target, Buffer.concat(chunks));
        response.writeHead(status).end();
      } else if (found === undefined) response.writeHead(404).end();
      else {
        response.setHeader('Content-Type', 'application/vnd.oci.image.manifest.v1+json');
        response.end(found);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});

afterEach(() => close());

const files = [{ role: 'compose', name: 'compose.yaml', content: Buffer.from('a: 1\n') }] as const;

function publish(options: Partial<PublishOptions> = {}): Promise<void> {
  const domain = `127.0.0.1:${port}`;
  return publishArtifact({ domain, path: 'app', tag: '1' }, files, {
    credentials: () => Promise.resolve(undefined),
    insecure: [domain, `localhost:${port}`],
    signal: new AbortController().signal,
    oci: undefined,
    images: [],
    version: '5.5.0',
    created: '2026-01-01T00:00:00Z',
    ...options,
  });
}

const manifestAt = (path: string): Record<string, unknown> =>
  JSON.parse(stored.get(path)?.toString() ?? 'null') as Record<string, unknown>;

describe('a project', () => {
  test('is there when everything that it consists of is there', async () => {
    await publish();
    expect(requests.at(-1)).toBe('PUT app/manifests/1');
    expect(manifestAt('app/manifests/1')['artifactType']).toBe(
      'application/vnd.docker.compose.project',
    );
    expect(stored.get(`app/blobs/${digestOf(files[0].content)}`)).toEqual(files[0].content);
  });

  test('is not sent twice', async () => {
    await publish();
    requests = [];
    await publish();
    expect(requests.filter((request) => !request.startsWith('HEAD'))).toEqual([
      'PUT app/manifests/1',
    ]);
  });

  test('takes the form of OCI 1.0 where 1.1 is refused', async () => {
    refusals = [400];
    await publish();
    expect(manifestAt('app/manifests/1')).not.toHaveProperty('artifactType');
  });

  test.each([401, 403, 500])(
    'does not where the refusal has another reason: %i',
    async (status) => {
      refusals = [status];
      await expect(publish()).rejects.toThrow();
      expect(stored.has('app/manifests/1')).toBe(false);
    },
  );

  test('does not where a form was asked for', async () => {
    refusals = [400];
    await expect(publish({ oci: '1.1' })).rejects.toThrow('unexpected status 400');
  });
});

describe('an image', () => {
  const config = Buffer.from('{"config": 1}');
  const layer = Buffer.alloc(300_000, 'x');
  const describeBlob = (bytes: Buffer) => ({
    mediaType: 'x',
    digest: digestOf(bytes),
    size: bytes.length,
  });
  const image = Buffer.from(
    JSON.stringify({ config: describeBlob(config), layers: [describeBlob(layer)] }),
  );
  const index = Buffer.from(JSON.stringify({ manifests: [describeBlob(image)] }));
  const digest = digestOf(index);

  beforeEach(() => {
    for (const bytes of [config, layer]) stored.set(`base/blobs/${digestOf(bytes)}`, bytes);
    stored.set(`base/manifests/${digestOf(image)}`, image);
    stored.set(`base/manifests/${digest}`, index);
  });

  test.each([
    ['of the same registry is mounted', '127.0.0.1', 0],
    ['of another registry is transferred', 'localhost', 2],
  ])('%s, with all its platforms', async (_, host, transfers) => {
    await publish({ images: [{ domain: `${host}:${port}`, path: 'base', digest }] });
    for (const bytes of [config, layer]) {
      expect(stored.get(`app/blobs/${digestOf(bytes)}`)).toEqual(bytes);
    }
    expect(stored.get(`app/manifests/${digest}`)).toEqual(index);
    expect(requests.filter((request) => request.startsWith('GET base/blobs'))).toHaveLength(
      transfers,
    );
    // The index that Compose 2.40.3 made of such an application.
    const project = stored.get('app/manifests/1') ?? Buffer.from('');
    const made = requests.at(-1)?.replace('PUT ', '') ?? '';
    expect(manifestAt(made)).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest,
          size: index.length,
          annotations: { [`containerd.io/distribution.source.${host}`]: 'base' },
        },
      ],
      subject: {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: digestOf(project),
        size: project.length,
        annotations: { 'com.docker.compose.version': '5.5.0' },
        artifactType: 'application/vnd.docker.compose.project',
      },
      annotations: { 'com.docker.compose.version': '5.5.0' },
    });
  });

  test('whose content is not what it says is not copied', async () => {
    stored.set(`base/blobs/${digestOf(layer)}`, Buffer.alloc(300_000, 'y'));
    const images = [{ domain: `localhost:${port}`, path: 'base', digest }];
    await expect(publish({ images })).rejects.toThrow('something else than blob');
    expect(stored.has(`app/blobs/${digestOf(layer)}`)).toBe(false);
  });
});
