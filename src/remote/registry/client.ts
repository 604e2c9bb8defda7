import { createHash } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import { open } from 'node:fs/promises';

import type { ImageReference } from '../../engine/pull/image-reference.ts';
import type { Credentials } from '../../engine/pull/registry-auth.ts';
import { RemoteError } from '../remote-error.ts';
import { Authorizer } from './authorizer.ts';
import { digestOf, hasDigest } from './content.ts';
import type { Descriptor } from './content.ts';
import { exchange, isNoTls } from './exchange.ts';
import type { Answer } from './exchange.ts';
import { answerFault } from './registry-fault.ts';

export interface RegistryOptions {
  readonly credentials: (image: string) => Promise<Credentials | undefined>;
  /** Registries (`host:port`) that are spoken to without TLS. */
  readonly insecure: readonly string[];
  readonly signal: AbortSignal;
  /** Milliseconds without a byte after which a registry has had its time. */
  readonly patience?: number;
}

export interface Manifest {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

const PATIENCE = 30_000;
/** Bytes in a millisecond. */
const SLOWEST_UPLOAD = 32;
const MANIFEST_LIMIT = 8 * 1024 * 1024;
/** Faults of a registry are short. */
const ANSWER_LIMIT = 1024 * 1024;

const ACCEPT = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
].join(', ');

interface Call {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | Blob;
  readonly onChunk?: (chunk: Uint8Array) => Promise<void>;
  readonly limit?: number;
  readonly writes?: boolean;
  /** Statuses that are no faults. */
  readonly accepts: readonly number[];
}

/** One repository of a registry, by the distribution API. Everything that fails is a RemoteError. */
export class Repository {
  readonly #reference: ImageReference;
  readonly #options: RegistryOptions & { readonly patience: number };
  readonly #authorizer: Authorizer;
  #base: URL;

  constructor(reference: ImageReference, options: RegistryOptions) {
    const { domain, path } = reference;
    this.#reference = reference;
    this.#options = { patience: PATIENCE, ...options };
    this.#authorizer = new Authorizer({
      ...this.#options,
      credentials: () => options.credentials(`${domain}/${path}`),
    });
    const scheme = options.insecure.includes(domain) ? 'http' : 'https';
    this.#base = new URL(`${scheme}://${domain === 'docker.io' ? 'registry-1.docker.io' : domain}`);
  }

  /** The manifest of a tag or digest, whose digest is verified. */
  async manifest(tagOrDigest: string): Promise<Manifest> {
    const { bytes, headers } = await this.#call(`manifests/${tagOrDigest}`, {
      method: 'GET',
      headers: { Accept: ACCEPT },
      limit: MANIFEST_LIMIT,
      accepts: [200],
    });
    const digest = tagOrDigest.includes(':') ? tagOrDigest : digestOf(bytes);
    if (!hasDigest(bytes, digest)) throw this.#mismatch(`manifest ${digest}`);
    const mediaType = (headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
    return { mediaType, digest, bytes };
  }

  /** Content that a manifest refers to, verified. */
  async blob({ digest, size }: Pick<Descriptor, 'digest' | 'size'>): Promise<Buffer> {
    const call = { method: 'GET', limit: size, accepts: [200] };
    const { bytes } = await this.#call(`blobs/${digest}`, call);
    if (bytes.length !== size || !hasDigest(bytes, digest)) throw this.#mismatch(`blob ${digest}`);
    return bytes;
  }

  /** As {@link blob}, for what may be large. */
  async blobToFile({ digest, size }: Descriptor, path: string): Promise<void> {
    const [algorithm = '', expected] = digest.split(':');
    if (algorithm !== 'sha256' && algorithm !== 'sha512') throw this.#mismatch(`blob ${digest}`);
    const hash = createHash(algorithm);
    await using file = await open(path, 'wx', 0o600);
    const onChunk = async (chunk: Uint8Array): Promise<void> => {
      hash.update(chunk);
      await file.write(chunk);
    };
    await this.#call(`blobs/${digest}`, { method: 'GET', limit: size, accepts: [200], onChunk });
    if (hash.digest('hex') !== expected) throw this.#mismatch(`blob ${digest}`);
  }

  /** Puts content there unless it is there already. */
  async pushBlob(bytes: Uint8Array): Promise<void> {
    const digest = digestOf(bytes);
    if (!(await this.hasBlob(digest))) await this.#upload(bytes, digest);
  }

  /** Puts the content of a file there. */
  async pushFile(path: string, digest: string): Promise<void> {
    await this.#upload(await openAsBlob(path), digest);
  }

  async #upload(body: Uint8Array | Blob, digest: string): Promise<void> {
    const location = await this.#startUpload('');
    if (location === undefined) return;
    location.searchParams.set('digest', digest);
    await this.#call(location, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/octet-stream' },
      body,
      writes: true,
      accepts: [201],
    });
  }

  /**
   * Makes content of another repository of the same registry part of this one; false where the
   * registry does not do that.
   */
  async mountBlob(digest: string, from: string): Promise<boolean> {
    if (await this.hasBlob(digest)) return true;
    const query = new URLSearchParams({ mount: digest, from });
    return (await this.#startUpload(`?${query.toString()}`)) === undefined;
  }

  async hasBlob(digest: string): Promise<boolean> {
    const call = { method: 'HEAD', writes: true, accepts: [200, 404] };
    return (await this.#call(`blobs/${digest}`, call)).status === 200;
  }

  /** Puts a manifest there, under a tag or its digest. */
  async pushManifest(tagOrDigest: string, mediaType: string, bytes: Uint8Array): Promise<void> {
    await this.#call(`manifests/${tagOrDigest}`, {
      method: 'PUT',
      headers: { 'Content-Type': mediaType },
      body: bytes,
      writes: true,
      accepts: [200, 201],
    });
  }

  /** Where to send content; undefined when the registry has it already. */
  async #startUpload(query: string): Promise<URL | undefined> {
    const call = { method: 'POST', writes: true, accepts: [201, 202] };
    const { status, headers, url } = await this.#call(`blobs/uploads/${query}`, call);
    if (status === 201) return undefined;
    const location = headers.get('location') ?? '';
    if (URL.canParse(location, url)) return new URL(location, url);
    throw new RemoteError(`${this.#base.host} does not say where to send content`);
  }

  async #call(path: string | URL, call: Call): Promise<Answer> {
    const answer = await this.#authorized(path, call);
    if (call.accepts.includes(answer.status)) return answer;
    throw answerFault(answer, this.#reference, call.writes === true);
  }

  async #authorized(path: string | URL, call: Call): Promise<Answer> {
    const actions = call.writes === true ? 'pull,push' : 'pull';
    const scope = `repository:${this.#reference.path}:${actions}`;
    const sent = this.#authorizer.known(scope);
    const answer = await this.#send(path, call, sent);
    if (answer.status !== 401) return answer;
    const challenge = answer.headers.get('www-authenticate') ?? '';
    const authorization = await this.#authorizer.answer(challenge, { scope, sent }, this.#base);
    return authorization === undefined ? answer : this.#send(path, call, authorization);
  }

  /** A registry of this machine may speak plain HTTP, as for engines. */
  async #send(path: string | URL, call: Call, authorization: string | undefined): Promise<Answer> {
    try {
      return await this.#exchange(path, call, authorization);
    } catch (error) {
      if (this.#base.protocol !== 'https:' || !isLoopback(this.#base.hostname)) throw error;
      if (!isNoTls(error)) throw error;
      this.#base = new URL(this.#base.href.replace(/^https:/, 'http:'));
      return this.#exchange(path, call, authorization);
    }
  }

  #exchange(path: string | URL, call: Call, authorization: string | undefined): Promise<Answer> {
    const { method, headers, body, onChunk, limit = ANSWER_LIMIT } = call;
    const { signal, patience } = this.#options;
    const size = body instanceof Blob ? body.size : (body?.length ?? 0);
    const url =
      typeof path === 'string' ? new URL(`/v2/${this.#reference.path}/${path}`, this.#base) : path;
    // An upload may go to another host, which is authorised by the address that was given.
    const isOwn = url.origin === this.#base.origin;
    return exchange(
      url,
      {
        method,
        headers: {
          'User-Agent': 'tcompose',
          ...headers,
          ...(authorization !== undefined && isOwn && { Authorization: authorization }),
        },
        ...(body !== undefined && { body }),
        ...(onChunk !== undefined && { onChunk }),
        // Faults may be longer than what was expected.
        limit: Math.max(limit, ANSWER_LIMIT),
      },
      // Nothing is heard of an upload until it is done.
      { signal, patience: patience + size / SLOWEST_UPLOAD },
    );
  }

  #mismatch(what: string): RemoteError {
    return new RemoteError(`${this.#base.host} sends something else than ${what}`, {
      hint: 'what it sent does not have that digest: something between here and the registry may have changed it',
    });
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}
