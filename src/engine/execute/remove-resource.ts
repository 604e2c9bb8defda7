import type { Call } from '../client.ts';
import { isEngineError } from '../errors.ts';
import type { Outcome, StepContext } from './context.ts';

const STILL_IN_USE: Outcome = { status: 'warning', text: 'Resource is still in use' };

/** How a removal went: what is `gone` was gone before. */
export type Removal = 'removed' | 'gone' | 'in-use';

/**
 * Removes a network, a volume or an image. What is gone already was what was wanted; best effort
 * leaves what is in use.
 */
export async function removeResource(
  { client, signal }: StepContext,
  call: Omit<Call, 'method'>,
  { bestEffort }: { readonly bestEffort: boolean },
): Promise<Removal> {
  try {
    await client.send({ method: 'DELETE', ...call }, signal);
    return 'removed';
  } catch (error) {
    if (isEngineError(error, 'not-found')) return 'gone';
    if (bestEffort && isEngineError(error, 'in-use', 'conflict')) return 'in-use';
    throw error;
  }
}

/** What the step says about itself. */
export function outcomeOf(removal: Removal): Outcome | undefined {
  return removal === 'in-use' ? STILL_IN_USE : undefined;
}
