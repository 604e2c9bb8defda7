import { systemClock } from '../../foundation/clock.ts';
import type { EngineClient } from '../client.ts';

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

/** What has a terminal: a container, or a command that was started in one. */
export type TerminalOwner =
  | { readonly kind: 'container'; readonly id: string }
  | { readonly kind: 'exec'; readonly id: string };

/** Tells the engine how big the terminal is. */
export async function resizeTerminal(
  client: EngineClient,
  owner: TerminalOwner,
  size: TerminalSize,
  signal: AbortSignal,
): Promise<void> {
  const path = owner.kind === 'exec' ? `/exec/${owner.id}` : `/containers/${owner.id}`;
  const query = { h: size.rows, w: size.columns };
  await client.send({ method: 'POST', path: `${path}/resize`, query }, signal);
}

const ATTEMPTS = 10;
const PAUSE = 10;

/**
 * The first size of a terminal. A process may not have begun when its stream is there, so this is tried
 * several times before it rejects.
 */
export async function initTerminalSize(
  resize: () => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await resize();
      return;
    } catch (error) {
      if (attempt > ATTEMPTS) throw error;
    }
    await systemClock.sleep(attempt * PAUSE, signal);
  }
}
