import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Credentials } from '../../../src/engine/pull/registry-auth.ts';
import { layerOf, manifestOf } from '../../../src/remote/make-artifact.ts';
import type { ArtifactFile } from '../../../src/remote/make-artifact.ts';
import { Authorizer } from '../../../src/remote/registry/authorizer.ts';
import { fetchFromRegistry } from '../../../src/remote/oci.ts';
import type { RegistryOptions } from '../../../src/remote/registry/client.ts';
import { digestOf } from '../../../src/remote/registry/content.ts';
import { RemoteError } from '../../../src/remote/remote-error.ts';
import { pem } from '../../support/certificates.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let cache: string;
let address: string;
let requests: string[];
let handler: Handler;
let close: () => Promise<void>;

beforeEach(async () => {
  cache = mkdtempSync(join(tmpdir(), 'tcoci-'));
  requests = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});

afterEach(async () => {
  await close();
  rmSync(cache, { recursive: true });
});

const file: ArtifactFile = {
  role: 'compose',
  name: 'compose.yaml',
  content: Buffer.from('services: {web: {image: x}}\n'),
};
const env: ArtifactFile = { role: 'env', name: 'a.env', content: Buffer.from('A=1\n') };

function manifestBytes(
  files: readonly ArtifactFile[],
  change: (text: string) => string = (text) => text,
): Buffer {
  const layers = files.map((each) => layerOf(each, '5.5.0'));
  const made = manifestOf({ oci: '1.1', layers, created: 'now', version: '5.5.0' });
  return Buffer.from(change(Buffer.from(made.bytes).toString('utf8')));
}

/** A registry that has this manifest under every tag, and the layers of these files. */
function serving(manifest: Buffer, files: readonly ArtifactFile[] = []): Handler {
  const blobs = new Map(files.map(({ content }) => [digestOf(content), content]));
  return ({ url = '' }, response) => {
    const blob = blobs.get(url.split('/').at(-1) ?? '');
    if (url.includes('/manifests/')) response.end(manifest);
    else if (blob !== undefined) response.end(blob);
    else response.writeHead(404).end();
  };
}

const withoutData = (text: string): string => text.replaceAll(/,"data":"[^"]*"/g, '');

interface Extra {
  readonly login?: Credentials | undefined;
  readonly options?: Partial<RegistryOptions>;
}

const fetched = (name: string, { login, options = {} }: Extra = {}) =>
  fetchFromRegistry(
    `oci://${address}/${name}`,
    { cache },
    {
      credentials: () => Promise.resolve(login),
      insecure: [address],
      signal: new AbortController().signal,
      ...options,
    },
  );

async function faultOf(name: string, extra: Extra = {}): Promise<RemoteError> {
  try {
    await fetched(name, extra);
  } catch (error) {
    if (error instanceof RemoteError) return error;
    throw error;
  }
  throw new Error('it was fetched');
}

describe('an artifact', () => {
  test('is laid into a directory named by its digest, readable by its owner only', async () => {
    const manifest = manifestBytes([file, env]);
    handler = serving(manifest);
    const { path, root } = await fetched('app:1');
    expect(root).toBe(join(cache, digestOf(manifest).slice('sha256:'.length)));
    expect(path).toBe(join(root, 'compose.yaml'));
    expect(readFileSync(path, 'utf8')).toBe('services: {web: {image: x}}\n');
    expect(readdirSync(root).toSorted()).toEqual(['a.env', 'compose.yaml']);
    expect(requests).toEqual(['GET /v2/app/manifests/1']);
  });

  test('whose content does not stand in the manifest is asked for it', async () => {
    handler = serving(manifestBytes([file, env], withoutData), [file, env]);
    const { root } = await fetched('team/app');
    expect(readFileSync(join(root, 'a.env'), 'utf8')).toBe('A=1\n');
    expect(requests[0]).toBe('GET /v2/team/app/manifests/latest');
    expect(requests).toHaveLength(3);
  });

  test('that is here is not fetched again', async () => {
    handler = serving(manifestBytes([file], withoutData), [file]);
    await fetched('app:1');
    await fetched('app:1');
    expect(requests.filter((request) => request.includes('/blobs/'))).toHaveLength(1);
  });

  test('that is here by half is fetched again', async () => {
    const manifest = manifestBytes([file]);
    const left = join(cache, digestOf(manifest).slice('sha256:'.length));
    mkdirSync(left);
    writeFileSync(join(left, 'a.env'), '');
    handler = serving(manifest);
    await fetched('app:1');
    expect(readdirSync(left)).toEqual(['compose.yaml']);
  });

  test('is found through an index', async () => {
    const manifest = manifestBytes([file]);
    const digest = digestOf(manifest);
    const index = {
      schemaVersion: 2,
      manifests: [
        { mediaType: 'x', digest: digestOf(Buffer.from('')), size: 0 },
        {
          mediaType: 'x',
          digest,
          size: manifest.length,
          artifactType: 'application/vnd.docker.compose.project',
        },
      ],
    };
    handler = ({ url = '' }, response) => {
      response.end(url.endsWith(digest) ? manifest : JSON.stringify(index));
    };
    const { path } = await fetched('app:1');
    expect(readFileSync(path, 'utf8')).toContain('web');
  });
});

describe('what is not taken', () => {
  test.each<[string, () => Handler, string, string]>([
    [
      'another artifact',
      () => serving(manifestBytes([file], (text) => text.replace('compose.project', 'other'))),
      'app:1 is not a compose project OCI artifact, but application/vnd.docker.other',
      'an image cannot',
    ],
    [
      'an index of images',
      () => serving(Buffer.from('{"manifests": []}')),
      "app:1 doesn't refer to compose artifacts",
      'it is an image',
    ],
    [
      'a page of a hotel',
      () => serving(Buffer.from('<html>Welcome</html>')),
      'something that is no manifest',
      'login page',
    ],
    [
      'a name that leads out of the directory',
      () => serving(manifestBytes([file, env], (text) => text.replace('a.env', '../a.env'))),
      '"../a.env" is no file name',
      'meant to do harm',
    ],
    [
      'a layer with other content',
      () => (request, response) => {
        if (request.url?.includes('/blobs/')) response.end(Buffer.from(file.content).fill(65));
        else response.end(manifestBytes([file], withoutData));
      },
      'something else than blob sha256:',
      'does not have that digest',
    ],
    [
      'a layer that is longer than announced',
      () => (request, response) => {
        if (request.url?.includes('/blobs/')) response.end(Buffer.alloc(4096));
        else response.end(manifestBytes([file], withoutData));
      },
      'something else than blob sha256:',
      '',
    ],
    [
      'content in the manifest that is not what it says, and not there either',
      () => serving(manifestBytes([file], (text) => text.replace(/"data":"c/, '"data":"d'))),
      'not found',
      '',
    ],
    ['nothing', () => (_, response) => response.writeHead(404).end(), 'not found', 'name and tag'],
    [
      'a registry in trouble',
      () => (_, response) => response.writeHead(503).end(),
      'unexpected status 503',
      'try again later',
    ],
    [
      'a registry that has had enough',
      () => (_, response) => response.writeHead(429, { 'Retry-After': '7' }).end(),
      'takes no more requests',
      'wait 7 seconds',
    ],
    [
      'what only others may read',
      () => (_, response) => response.writeHead(401, { 'WWW-Authenticate': 'Basic' }).end(),
      'does not allow to read',
      'docker login 127.0.0.1',
    ],
    ['a line that is cut', () => (_, response) => response.destroy(), 'cannot reach', ''],
  ])('%s', async (_, how, message, hint) => {
    handler = how();
    const fault = await faultOf('app:1');
    expect(fault.message).toContain(`failed to pull OCI resource "${address}/app:1": `);
    expect(fault.message).toContain(message);
    expect(fault.hint ?? '').toContain(hint);
    expect(readdirSync(cache)).toEqual([]);
  });

  test('a manifest that is not the one of the digest that was asked for', async () => {
    handler = serving(manifestBytes([file]));
    const other = digestOf(Buffer.from('other'));
    expect((await faultOf(`app@${other}`)).message).toContain(
      `something else than manifest ${other}`,
    );
  });

  test('a registry that says nothing has its time', async () => {
    handler = () => undefined;
    const fault = await faultOf('app:1', { options: { patience: 50 } });
    expect(fault.message).toContain('has not answered for 0.05 seconds');
  });

  test('an interrupt ends the waiting', async () => {
    const interrupt = new AbortController();
    const reason = new Error('interrupted');
    handler = () => interrupt.abort(reason);
    await expect(fetched('app:1', { options: { signal: interrupt.signal } })).rejects.toBe(reason);
  });

  test('a registry that is not there', async () => {
    await close();
    const fault = await faultOf('app:1');
    expect([fault.message, fault.hint]).toEqual([
      expect.stringContaining('connection refused'),
      expect.stringContaining('nothing listens there'),
    ]);
  });

  test('a name that is none', async () => {
    expect((await faultOf('App:1:2')).message).toContain('invalid reference format');
  });
});

describe('TLS', () => {
  test('is not needed for a registry of this machine', async () => {
    handler = serving(manifestBytes([file]));
    expect((await fetched('app:1', { options: { insecure: [] } })).path).toContain(cache);
  });

  test('with a certificate that nobody knows is refused', async () => {
    const options = { cert: pem('engine-cert'), key: pem('engine-key') };
    const server = createTlsServer(options, (_, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    address = `localhost:${port}`;
    try {
      const fault = await faultOf('app:1', { options: { insecure: [] } });
      expect(fault.hint).toContain('its certificate is not trusted');
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe('a login', () => {
  const basic = `Basic ${Buffer.from('bob:secret').toString('base64')}`;
  const bob = { username: 'bob', password: 'secret' };
  const manifest = manifestBytes([file]);

  test('is given when it is asked for', async () => {
    handler = ({ headers }, response) => {
      if (headers.authorization === basic) response.end(manifest);
      else response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
    };
    await fetched('app:1', { login: bob });
    expect(requests).toHaveLength(2);
  });

  test('is given for several layers at once', async () => {
    const bytes = manifestBytes([file, env], withoutData);
    const good = serving(bytes, [file, env]);
    handler = (request, response) => {
      const isManifest = request.url?.includes('/manifests/');
      if (isManifest || request.headers.authorization === basic) good(request, response);
      else response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
    };
    await fetched('app:1', { login: bob });
    expect(requests.filter((request) => request.includes('/blobs/'))).toHaveLength(4);
  });

  /** Tokens for who logs in, at /token; `seen` are the requests for them. */
  const tokens =
    (accept: (request: IncomingMessage, body: string) => boolean): Handler =>
    (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        if (request.url?.startsWith('/token')) {
          if (accept(request, body)) response.end('{"token": "good"}');
          else response.writeHead(401).end();
        } else if (request.headers.authorization === 'Bearer good') response.end(manifest);
        else {
          const parameters = `realm="http://${address}/token",service="r"`;
          response.writeHead(401, { 'WWW-Authenticate': `Bearer ${parameters}` }).end();
        }
      });
    };

  test('gets a token where the registry wants one', async () => {
    handler = tokens(({ headers }) => headers.authorization === basic);
    await fetched('team/app:1', { login: bob });
    expect(requests[1]).toBe('GET /token?service=r&scope=repository%3Ateam%2Fapp%3Apull');
  });

  test('is not needed for a token of everybody', async () => {
    handler = tokens(({ headers }) => headers.authorization === undefined);
    await fetched('app:1');
  });

  test('may be a refresh token', async () => {
    handler = tokens(
      (_, body) => body.includes('refresh_token=fresh') && body.includes('service=r'),
    );
    await fetched('app:1', { login: { identitytoken: 'fresh' } });
    expect(requests[1]).toBe('POST /token');
  });

  test('that is wrong is told, and asked for once', async () => {
    handler = tokens(() => false);
    const fault = await faultOf('app:1', { login: bob });
    expect(fault.message).toContain('does not allow to read');
    expect(fault.message).not.toContain('secret');
    expect(requests).toHaveLength(2);
  });

  test('never goes to an address without TLS that a registry with TLS names', async () => {
    handler = (_, response) => void response.end('{"token": "good"}');
    const authorizer = new Authorizer({
      credentials: () => Promise.resolve(bob),
      signal: new AbortController().signal,
      patience: 1000,
    });
    const challenge = `Bearer realm="http://${address}/token"`;
    const answer = (registry: string): Promise<string | undefined> =>
      authorizer.answer(challenge, { scope: 'repository:app:pull' }, new URL(registry));
    await expect(answer('https://registry.example')).rejects.toThrow('which is no https address');
    expect(requests).toEqual([]);
    expect(await answer('http://registry.example')).toBe('Bearer good');
  });
});
