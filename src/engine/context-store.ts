import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FileAccess } from '../compose/files.ts';
import { EngineError } from './errors.ts';
import { readTls, type TlsMaterial } from './tls-material.ts';

/** Where the docker command keeps its contexts, and how it is read. */
export interface ContextStore {
  /** `contexts` in the directory of the client configuration. */
  readonly directory: string;
  readonly files: FileAccess;
  readonly list?: (directory: string) => readonly string[];
  /** What named the context, for messages. */
  readonly chosenBy: string;
}

/** What a context says about its engine; without a host it is the default one. */
export interface StoredContext {
  readonly host?: string;
  readonly tls?: TlsMaterial;
}

interface ContextMeta {
  readonly Name?: string;
  readonly Endpoints?: {
    readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean };
  };
}

/**
 * Reads a context of the docker command: directories are named by the SHA-256 of the name.
 *
 * @throws EngineError that lists the contexts that there are when it does not exist
 */
export function readContext(name: string, store: ContextStore): StoredContext {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = readMeta(store, id);
  if (meta === undefined) throw missing(name, store);
  const docker = meta.Endpoints?.docker;
  if (docker?.Host === undefined) return {};
  const directory = join(store.directory, 'tls', id, 'docker');
  const tls = readTls(store.files, {
    ca: join(directory, 'ca.pem'),
    cert: join(directory, 'cert.pem'),
    key: join(directory, 'key.pem'),
    verify: docker.SkipTLSVerify !== true,
    optional: ['ca', 'cert', 'key'],
  });
  const used = tls.ca !== undefined || tls.cert !== undefined || !tls.verify;
  return { host: docker.Host, ...(used ? { tls } : {}) };
}

function readMeta({ directory, files }: ContextStore, id: string): ContextMeta | undefined {
  const path = join(directory, 'meta', id, 'meta.json');
  const text = files.read(path);
  if (!text.ok) return undefined;
  try {
    return JSON.parse(Buffer.from(text.bytes).toString('utf8')) as ContextMeta;
  } catch (cause) {
    throw new EngineError('invalid', `${path} is not valid JSON`, {
      hint: 'Remove the context with "docker context rm" and create it again.',
      cause,
    });
  }
}

function missing(name: string, store: ContextStore): EngineError {
  const known = (store.list?.(join(store.directory, 'meta')) ?? [])
    .flatMap((id) => readMeta(store, id)?.Name ?? [])
    .toSorted();
  return new EngineError('invalid', `context "${name}" not found`, {
    hint: `It was chosen by ${store.chosenBy}; there are: ${['default', ...known].join(', ')}.`,
  });
}
