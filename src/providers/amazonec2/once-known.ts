import type { Ec2 } from './client.ts';
import { hasCode } from './failure.ts';

/** How often a call is made whose ingredients EC2 does not know yet, and the milliseconds in between. */
const TRIES = 6;
const INTERVAL = 2000;

/**
 * Makes a call as soon as EC2 knows what it names: groups and key pairs that were made a moment ago are not known
 * everywhere at once.
 */
export async function onceKnown<T>({ context }: Ec2, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      const unknownYet = hasCode(
        error,
        'InvalidGroup.NotFound',
        'InvalidSecurityGroupID.NotFound',
        'InvalidKeyPair.NotFound',
      );
      if (!unknownYet || attempt === TRIES) throw error;
      await context.clock.sleep(INTERVAL, context.signal);
    }
  }
}
