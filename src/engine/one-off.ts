import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { EngineClient } from './client.ts';
import { EngineError, fromTransport, isEngineError } from './errors.ts';
import { LABEL } from './labels.ts';
import type { ContainerSummary } from './observe.ts';
import type { PeerContainer } from './service-references.ts';

/** Milliseconds for tidying up after a run that failed. */
const PATIENCE = 30_000;

/**
 * Removes the container of a `run` that never started, whoever broke that off: nothing of it is worth
 * keeping. Found by its slug, since the answer that named it may have been lost.
 */
export async function discardOneOff(client: EngineClient, slug: string): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE);
  const filters = { label: [`${LABEL.slug}=${slug}`], status: ['created'] };
  try {
    const left = await client.send<ContainerSummary[]>(
      { method: 'GET', path: '/containers/json', query: { all: true, filters } },
      signal,
    );
    for (const { Id: id } of left) {
      // Without force: should it run after all, it stays.
      await client.send(
        { method: 'DELETE', path: `/containers/${id}`, query: { v: true } },
        signal,
      );
    }
  } catch (error) {
    // Why the run failed matters more; the next --remove-orphans tries again.
    if (!isEngineError(error) && !signal.aborted) throw error;
  }
}

/**
 * Begins to wait for the end of a container that has not started yet. Resolves when the engine has
 * begun as well, so that no end is missed however soon it comes.
 *
 * @returns what gives the exit code; of a container that is removed then, once that is done
 */
export async function expectExit(
  client: EngineClient,
  { id, name }: PeerContainer,
  condition: 'next-exit' | 'removed',
  signal: AbortSignal,
): Promise<() => Promise<number>> {
  const answer = await client.open(
    {
      method: 'POST',
      path: `/containers/${id}/wait`,
      query: { condition },
      resource: `container ${name}`,
    },
    signal,
  );
  const exit = readExit(answer, client.address, name);
  // Whoever asks for it is told; nobody may have to.
  exit.catch(() => undefined);
  return () => exit;
}

async function readExit(answer: Readable, address: string, name: string): Promise<number> {
  const { StatusCode: code, Error: fault } = await readAnswer(answer, address);
  if (fault?.Message) {
    throw new EngineError('failed', fault.Message, { resource: `container ${name}` });
  }
  return code;
}

async function readAnswer(answer: Readable, address: string): Promise<ExitAnswer> {
  try {
    return JSON.parse(await text(answer)) as ExitAnswer;
  } catch (cause) {
    // A part of an answer, or nothing: the engine went away.
    const lost =
      cause instanceof SyntaxError
        ? Object.assign(new Error('no exit code came'), { code: 'ECONNRESET' })
        : cause;
    throw fromTransport(lost, address);
  }
}

interface ExitAnswer {
  readonly StatusCode: number;
  readonly Error?: { readonly Message?: string } | null;
}
