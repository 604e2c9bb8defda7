import { mapLimited } from '../../foundation/pool.ts';
import type { EngineClient } from '../client.ts';
import { EngineError, isEngineError, messageOf } from '../errors.ts';
import type { OnEvent } from '../event.ts';
import { parsePlatform } from '../platform.ts';
import { parseImageReference } from './image-reference.ts';
import { engineFault, followTransfer } from './transfer.ts';
import { pullFailure, withoutPrefix } from './registry-failure.ts';
import type { ImagePull } from './pull-selection.ts';
import type { RegistryAuth } from './registry-auth.ts';

export interface PullOptions {
  readonly auth: RegistryAuth;
  /** Tell of images, not of their layers. */
  readonly quiet: boolean;
  /** DOCKER_DEFAULT_PLATFORM, for images without a platform of their own. */
  readonly defaultPlatform?: string;
}

export interface PullManyOptions extends PullOptions {
  /** How many at a time (`--parallel`, COMPOSE_PARALLEL_LIMIT); Infinity: all. */
  readonly parallel: number;
  /** `--ignore-pull-failures`. */
  readonly ignoreFailures: boolean;
}

/**
 * Pulls images side by side, each once. An image that can be built instead does not stop the
 * others: it ends as a warning that says how to build it.
 *
 * Throws the failures: at once for an image that cannot be built, else when all are done; none with
 * `ignoreFailures`.
 */
export async function pullImages(
  client: EngineClient,
  { pulls, ...options }: PullManyOptions & { readonly pulls: readonly ImagePull[] },
  onEvent: OnEvent,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const failures: { readonly pull: ImagePull; readonly error: unknown }[] = [];
  await mapLimited(pulls, options.parallel, async (pull) => {
    try {
      await pullImage(client, { pull, ...options }, onEvent, either);
    } catch (error) {
      signal.throwIfAborted();
      if (stop.signal.aborted) return;
      failures.push({ pull, error });
      if (options.ignoreFailures || pull.buildable) return;
      stop.abort();
      throw error;
    }
  });
  const buildable = failures.filter(({ pull }) => pull.buildable);
  if (buildable.length > 0) {
    const services = buildable.map(({ pull }) => pull.service).toSorted();
    onEvent({
      type: 'message',
      level: 'warning',
      text: `Some service image(s) must be built from source by running:\n    docker compose build ${services.join(' ')}`,
    });
  }
  if (options.ignoreFailures || failures.length === 0) return;
  throw failures.length === 1 ? failures[0]?.error : together(failures.map(({ error }) => error));
}

/** Several failures as one; a hint that fits only some of them is left out. */
function together(errors: readonly unknown[]): EngineError {
  const hints = new Set(errors.map((error) => (isEngineError(error) ? error.hint : undefined)));
  const [hint] = hints;
  return new EngineError('failed', errors.map(messageOf).join('\n'), {
    cause: new AggregateError(errors),
    ...(hint === undefined || hints.size > 1 ? {} : { hint }),
  });
}

/** Pulls one image, telling of its layers. Throws an EngineError that names image and service. */
export async function pullImage(
  client: EngineClient,
  { pull, ...options }: PullOptions & { readonly pull: ImagePull },
  onEvent: OnEvent,
  signal: AbortSignal,
): Promise<void> {
  const id = `Image ${pull.image}`;
  onEvent({ type: 'progress', progress: { id, status: 'working', text: 'Pulling' } });
  try {
    await receive(client, { pull, ...options }, onEvent, signal);
  } catch (error) {
    if (signal.aborted) {
      onEvent({ type: 'progress', progress: { id, status: 'warning', text: 'Interrupted' } });
      signal.throwIfAborted();
    }
    const failure = engineFault(error, client) ?? pullFailure(error, pull);
    const details = withoutPrefix(messageOf(error));
    onEvent({
      type: 'progress',
      progress: pull.buildable
        ? { id, status: 'warning', text: details }
        : { id, status: 'error', text: 'Error', details },
    });
    throw failure;
  }
  onEvent({ type: 'progress', progress: { id, status: 'done', text: 'Pulled' } });
}

async function receive(
  client: EngineClient,
  { pull, auth, quiet, defaultPlatform }: PullOptions & { readonly pull: ImagePull },
  onEvent: OnEvent,
  signal: AbortSignal,
): Promise<void> {
  const reference = parseImageReference(pull.image);
  if (!reference.ok) throw new Error(reference.error);
  const { domain, path, tag, digest } = reference.value;
  const platform = pull.platform ?? defaultPlatform ?? '';
  await followTransfer(
    client,
    {
      image: pull.image,
      path: '/images/create',
      query: {
        fromImage: `${domain}/${path}`,
        tag: digest ?? tag ?? 'latest',
        ...(platform === '' ? {} : { platform: formatPlatform(platform) }),
      },
      credentials: await auth.forImage(pull.image),
      ...(quiet ? {} : { progressOf: `Image ${pull.image}`, onEvent }),
    },
    signal,
  );
}

function formatPlatform(text: string): string {
  const { os, architecture, variant } = parsePlatform(text);
  return [os, architecture, variant].filter((part) => part !== '').join('/');
}
