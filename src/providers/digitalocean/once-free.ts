import type { ProviderContext } from '../provider.ts';
import { isProviderError } from '../provider-error.ts';

/** Milliseconds between tries, and after which a droplet that is still busy is given up. */
const INTERVAL = 1500;
const TIMEOUT = 120_000;

/** Makes a call about a droplet as soon as that is not busy with something else. */
export async function onceFree<T>(
  { clock, signal }: Pick<ProviderContext, 'clock' | 'signal'>,
  call: () => Promise<T>,
): Promise<T> {
  const deadline = clock.now() + TIMEOUT;
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isProviderError(error, 'in-use') || clock.now() >= deadline) throw error;
      await clock.sleep(INTERVAL, signal);
    }
  }
}
