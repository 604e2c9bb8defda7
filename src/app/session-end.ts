import type { EngineClient } from '../engine/client.ts';
import { fromTransport } from '../engine/errors.ts';

/** What the docker command says when the user detached from a process that goes on. */
export const READ_ESCAPE_SEQUENCE = 'read escape sequence';

/** Fails with what broke the connection to a process that still runs. */
export function brokenSession({ address }: EngineClient, error: Error): never {
  throw fromTransport(error, address);
}
