import { findProvider } from '../../providers/registry.ts';
import type { Provider } from '../../providers/provider.ts';
import { isProviderError } from '../../providers/provider-error.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { findLocalProgram } from './local-program.ts';

/**
 * The provider of that name.
 *
 * @throws CommandFailure in the words of docker-machine, with what may have been meant
 */
export async function providerNamed(name: string, session: Session): Promise<Provider> {
  try {
    return await findProvider(name, session);
  } catch (error) {
    if (!isProviderError(error, 'invalid')) throw error;
    const plugin = `docker-machine-driver-${name}`;
    const installed = findLocalProgram(session, plugin);
    throw new CommandFailure(
      `Driver ${JSON.stringify(name)} not found. Do you have the plugin binary ${JSON.stringify(plugin)} accessible in your PATH?`,
      installed === undefined
        ? `${error.hint ?? ''} Others are programs named tcompose-provider-NAME.`.trim()
        : `${installed} is for docker-machine; here it would be tcompose-provider-${name}`,
    );
  }
}

/** The same for all work of one command: a provider that is a program is asked who it is only once. */
export function providersOf(session: Session): (name: string) => Promise<Provider> {
  const known = new Map<string, Promise<Provider>>();
  return (name) => {
    const found = known.get(name) ?? providerNamed(name, session);
    known.set(name, found);
    return found;
  };
}
