import { homedir } from 'node:os';
import { targetSources, type TargetSources } from '../machines/ssh/resolve-target.ts';
import { createSshContext, type SshContext } from '../machines/ssh/ssh-context.ts';
import { askSecret, askYes, hasTerminal } from './ask-secret.ts';
import type { Session } from './session.ts';

const contexts = new WeakMap<Session['interrupts'], SshContext>();

/** What connections over SSH of this process share: unlocked keys, and the terminal to ask on. */
export function sshContextOf(session: Session): SshContext {
  const known = contexts.get(session.interrupts);
  if (known !== undefined) return known;
  const terminal = hasTerminal() ? { askSecret, confirm: askYes } : {};
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
