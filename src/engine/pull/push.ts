import { mapLimited } from '../../foundation/pool.ts';
import type { EngineClient } from '../client.ts';
import { messageOf } from '../errors.ts';
import type { OnEvent, Progress } from '../event.ts';
import { parseImageReference } from './image-reference.ts';
import type { ImagePush } from './push-selection.ts';
import type { RegistryAuth } from './registry-auth.ts';
import { pushFailure, withoutPrefix } from './registry-failure.ts';
import { engineFault, followTransfer } from './transfer.ts';

export interface PushOptions {
  readonly pushes: readonly ImagePush[];
  readonly auth: RegistryAuth;
  /** How many at a time (`--parallel`, COMPOSE_PARALLEL_LIMIT); Infinity: all. */
  readonly parallel: number;
  /** `--ignore-push-failures`: what fails is a warning. */
  readonly ignoreFailures: boolean;
}

/** Pushes images side by side. The first failure ends the others and is thrown. */
export async function pushImages(
  client: EngineClient,
  { pushes, parallel, ...options }: PushOptions,
  onEvent: OnEvent,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  await mapLimited(pushes, parallel, async (push) => {
    try {
      await pushImage(client, { push, ...options }, onEvent, either);
    } catch (error) {
      signal.throwIfAborted();
      if (stop.signal.aborted || options.ignoreFailures) return;
      stop.abort();
      throw error;
    }
  });
}

/** Pushes one image, telling of its layers. Throws an EngineError that names image and service. */
async function pushImage(
  client: EngineClient,
  {
    push,
    auth,
    ignoreFailures,
  }: Omit<PushOptions, 'pushes' | 'parallel'> & { readonly push: ImagePush },
  onEvent: OnEvent,
  signal: AbortSignal,
): Promise<void> {
  const id = push.image;
  const tell = (status: Progress['status'], text: string, details?: string): void => {
    const more = details === undefined ? {} : { details };
    onEvent({ type: 'progress', progress: { id, status, text, ...more } });
  };
  tell('working', 'Pushing');
  try {
    const { name, tag } = target(push.image);
    const credentials = await auth.forImage(push.image);
    const path = `/images/${name}/push`;
    await followTransfer(
      client,
      { image: push.image, path, query: { tag }, credentials, progressOf: id, onEvent },
      signal,
    );
  } catch (error) {
    if (signal.aborted) {
      tell('warning', 'Interrupted');
      signal.throwIfAborted();
    }
    const text = withoutPrefix(messageOf(error));
    if (ignoreFailures) tell('warning', text);
    else tell('error', 'Error', text);
    throw engineFault(error, client) ?? pushFailure(error, push);
  }
  tell('done', 'Pushed');
}

function target(image: string): { readonly name: string; readonly tag: string } {
  const reference = parseImageReference(image);
  if (!reference.ok) throw new Error(reference.error);
  const { domain, path, tag, digest } = reference.value;
  if (digest !== undefined) throw new Error('cannot push a digest reference');
  return { name: `${domain}/${path}`, tag: tag ?? 'latest' };
}
