import type { EngineClient } from '../client.ts';
import { fromTransport, isEngineError, type EngineError } from '../errors.ts';
import type { OnEvent } from '../event.ts';
import { jsonLines } from '../json-lines.ts';
import { layerProgress, type StreamMessage } from './layer-progress.ts';
import { encodeAuth, type Credentials } from './registry-auth.ts';

/** A call that makes the engine move an image from or to a registry. */
export interface Transfer {
  readonly image: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly credentials: Credentials | undefined;
  /** What the layers belong to in progress; absent with `onEvent`: they are not told of. */
  readonly progressOf?: string;
  readonly onEvent?: OnEvent;
}

/** Starts a transfer and follows it to its end. Throws what the engine says went wrong. */
export async function followTransfer(
  client: EngineClient,
  { image, path, query, credentials, progressOf, onEvent }: Transfer,
  signal: AbortSignal,
): Promise<void> {
  const stream = await client.open(
    {
      method: 'POST',
      path,
      query,
      headers: { 'X-Registry-Auth': encodeAuth(credentials ?? {}) },
      resource: `image ${image}`,
    },
    signal,
  );
  for await (const message of jsonLines<StreamMessage>(stream)) {
    const fault = message.errorDetail?.message ?? message.error;
    if (fault !== undefined) throw new Error(fault);
    const progress = progressOf === undefined ? undefined : layerProgress(progressOf, message);
    if (progress !== undefined) onEvent?.({ type: 'progress', progress });
  }
  signal.throwIfAborted();
}

/** The failure when the engine itself could not be reached, which is not about the image. */
export function engineFault(error: unknown, client: EngineClient): EngineError | undefined {
  const onTheWay =
    isEngineError(error, 'no-engine', 'permission-denied', 'connection-lost') ||
    (error instanceof Error && 'code' in error);
  return onTheWay ? fromTransport(error, client.address) : undefined;
}
