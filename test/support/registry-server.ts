/**
 * A registry (distribution API v2) with one small image under any name: tags `1` and `latest`.
 * With `login` it wants the user `bob` with the password `secret`. Some parts of names say how it
 * behaves: `absent`, `stuck` (layers never come, and are never taken), `limited`, `rubbish`.
 *
 *     node registry-server.ts PORT [login]
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const CONFIG = 'application/vnd.docker.container.image.v1+json';
const LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
const LOGIN = `Basic ${Buffer.from('bob:secret').toString('base64')}`;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

interface Blob {
  readonly digest: string;
  readonly bytes: Buffer;
  readonly type: string;
}

function blob(type: string, bytes: Buffer): Blob {
  return { type, bytes, digest: digestOf(bytes) };
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

async function image(): Promise<{ manifest: Blob; blobs: readonly Blob[] }> {
  const archive = pack();
  archive.entry({ name: 'hello' }, 'from the registry\n');
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  const tar = Buffer.concat(chunks);
  const layer = blob(LAYER, gzipSync(tar));
  const config = blob(
    CONFIG,
    Buffer.from(
      JSON.stringify({
        architecture: ARCHITECTURES[process.arch] ?? process.arch,
        os: 'linux',
        config: { Cmd: ['/hello'] },
        rootfs: { type: 'layers', diff_ids: [digestOf(tar)] },
      }),
    ),
  );
  const describe = ({ type, bytes, digest }: Blob): object => ({
    mediaType: type,
    size: bytes.length,
    digest,
  });
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: describe(config),
    layers: [describe(layer)],
  };
  return {
    manifest: blob(MANIFEST, Buffer.from(JSON.stringify(manifest))),
    blobs: [config, layer],
  };
}

const { manifest, blobs } = await image();

function answer(request: IncomingMessage, response: ServerResponse): void {
  const [, name = '', kind = '', reference = ''] =
    /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(request.url ?? '') ?? [];
  response.setHeader('Docker-Distribution-API-Version', 'registry/2.0');
  if (process.argv[3] === 'login' && request.headers.authorization !== LOGIN) {
    response.setHeader('WWW-Authenticate', 'Basic realm="test"');
    refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    return;
  }
  if (request.url === '/v2/') {
    response.end('{}');
    return;
  }
  if (misbehaves(request, response, name)) return;
  const known = ['1', 'latest', manifest.digest].includes(reference);
  const found =
    kind === 'manifests'
      ? known && !name.includes('absent')
        ? manifest
        : undefined
      : blobs.find(({ digest }) => digest === reference);
  if (found === undefined) {
    refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    return;
  }
  response.setHeader('Content-Type', found.type);
  response.setHeader('Content-Length', found.bytes.length);
  response.setHeader('Docker-Content-Digest', found.digest);
  response.end(request.method === 'HEAD' ? undefined : found.bytes);
}

/** Answers for a name that asks for it as registries in trouble do. */
function misbehaves(request: IncomingMessage, response: ServerResponse, name: string): boolean {
  const { url = '', method } = request;
  if (url.includes('limited')) {
    refuse(response, 429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit');
  } else if (url.includes('rubbish')) {
    response.setHeader('Content-Type', MANIFEST);
    response.end('<html>Welcome to the hotel network</html>');
  } else if (url.includes('stuck') && /\/blobs\/uploads/.test(url)) {
    // An upload is welcome, but what is sent is never acknowledged.
    if (method === 'POST') {
      response.writeHead(202, { Location: `${url}upload`, 'Docker-Upload-UUID': 'upload' }).end();
    }
  } else if (url.includes('stuck') && method !== 'GET' && url.includes('/blobs/')) {
    refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown');
  } else {
    return name.includes('stuck') && url.endsWith(blobs[1]?.digest ?? '');
  }
  return true;
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

createServer(answer).listen(Number(process.argv[2]), '127.0.0.1', () => {
  process.stdout.write('ready\n');
});
