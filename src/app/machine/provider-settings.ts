import { flagValues, withSecrets } from '../../providers/flag-values.ts';
import type { ProviderFlagValues, ProviderSettings } from '../../providers/provider.ts';
import { readSshConfig } from '../../machines/ssh/ssh-config.ts';
import { isProviderError } from '../../providers/provider-error.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { sshSources } from '../ssh.ts';
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
    const all = name === 'generic' ? withSshConfig(session, given) : given;
    return { settings: provider.settings(flagValues(provider.flags, all, env)), env };
  } catch (error) {
    if (!isProviderError(error, 'invalid')) throw error;
    throw new CommandFailure(settingsWords(error.message), error.hint);
  }
}

/** A server of the user is reached as ssh reaches it: user and port that nobody gave are those of ssh_config. */
function withSshConfig(session: Session, given: ProviderFlagValues): ProviderFlagValues {
  const { env } = session;
  const host = given['generic-ip-address'] ?? env['GENERIC_IP_ADDRESS'];
  if (typeof host !== 'string') return given;
  const { localUser, home, files, config } = sshSources(session);
  const found = readSshConfig({ host, localUser, home }, files, config);
  const [user] = found.get('user') ?? [];
  const [port] = found.get('port') ?? [];
  return {
    ...(user === undefined || env['GENERIC_SSH_USER'] ? {} : { 'generic-ssh-user': user }),
    ...(port === undefined || env['GENERIC_SSH_PORT'] ? {} : { 'generic-ssh-port': Number(port) }),
    ...given,
  };
}

/** What is wrong with what a provider was given, in the words of docker-machine. */
export function settingsWords(message: string): string {
  return `Error setting machine configuration from flags provided: ${message}`;
}
