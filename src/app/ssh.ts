import { homedir } from 'node:os';
import { targetSources, type TargetSources } from '../machines/ssh/resolve-target.ts';
import { createSshContext, type SshContext } from '../machines/ssh/ssh-context.ts';
import { askSecret, askYes, hasTerminal } from './ask-secret.ts';
import { Interrupted } from './interrupts.ts';
import type { Session } from './session.ts';

const contexts = new WeakMap<Session['interrupts'], SshContext>();

/** What connections over SSH of this process share: unlocked keys, and the terminal to ask on. */
export function sshContextOf(session: Session): SshContext {
  const known = contexts.get(session.interrupts);
  if (known !== undefined) return known;
  const { interrupts } = session;
  const asking =
    <T>(ask: (question: string, signal: AbortSignal) => Promise<T>) =>
    async (question: string): Promise<T> => {
      try {
        return await ask(question, interrupts.signal);
      } catch (error) {
        // Nobody is to take it for a key that does not fit, and ask again.
        if (error instanceof Interrupted && !interrupts.signal.aborted) {
          interrupts.deliver(error.signalName);
        }
        throw error;
      }
    };
  const terminal = hasTerminal() ? { askSecret: asking(askSecret), confirm: asking(askYes) } : {};
  const context = createSshContext({
    env: session.env,
    warn: (text) => void session.stderr.write(`WARNING: ${text}\n`),
    ...terminal,
  });
  contexts.set(session.interrupts, context);
  return context;
}

/** Where the user's ssh_config is. */
export function sshSources({ env }: Pick<Session, 'env'>): TargetSources {
  return targetSources(env, env['HOME'] || homedir());
}
