import { flagValues, withSecrets } from '../../providers/flag-values.ts';
import type { ProviderFlagValues, ProviderSettings } from '../../providers/provider.ts';
import { isProviderError } from '../../providers/provider-error.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { providerNamed } from './providers.ts';

/**
 * Settings of a provider by its flags, and the environment to connect with: secrets that were given as flags are
 * in it, since settings never have them.
 *
 * @throws CommandFailure in the words of docker-machine for what makes no sense
 */
export async function providerSettings(
  session: Session,
  name: string,
  given: ProviderFlagValues,
): Promise<{ readonly settings: ProviderSettings; readonly env: Session['env'] }> {
  const provider = await providerNamed(name, session);
  try {
    const env = withSecrets(provider, given, session.env);
    return { settings: provider.settings(flagValues(provider.flags, given, env)), env };
  } catch (error) {
    if (!isProviderError(error, 'invalid')) throw error;
    throw new CommandFailure(settingsWords(error.message), error.hint);
  }
}

/** What is wrong with what a provider was given, in the words of docker-machine. */
export function settingsWords(message: string): string {
  return `Error setting machine configuration from flags provided: ${message}`;
}
