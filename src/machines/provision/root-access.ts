import { unreachable } from '../../foundation/unreachable.ts';
import type { HostFacts } from './facts.ts';
import type { Refusal } from './step.ts';

/** Why the user of the connection cannot do what root can, and the line that is missing; undefined: they can. */
export function rootRefusal(facts: Pick<HostFacts, 'root' | 'user'>): Refusal | undefined {
  const { root, user } = facts;
  const file = `/etc/sudoers.d/${user.replace(/[.~]/g, '_')}`;
  const line = `${user} ALL=(ALL) NOPASSWD:ALL`;
  const allow = `as root on the host: echo '${line}' >${file} && chmod 0440 ${file}`;
  switch (root) {
    case 'root':
    case 'sudo':
      return undefined;
    case 'password':
      return {
        message: `sudo asks ${user} for a password, which nobody is there to type`,
        hint: allow,
      };
    case 'denied':
      return { message: `${user} may not use sudo on the host`, hint: allow };
    case 'needs-tty':
      return {
        message: `sudo lets ${user} work at a terminal only`,
        hint: `as root on the host: echo 'Defaults:${user} !requiretty' >>${file} && chmod 0440 ${file}`,
      };
    case 'no-sudo':
      return {
        message: `${user} is not root, and the host has no sudo`,
        hint: `log in as root, or install sudo; then, ${allow}`,
      };
    default:
      return unreachable(root);
  }
}

/** Words to put before a command that root has to run. */
export function rootPrefix(root: HostFacts['root']): readonly string[] {
  return root === 'root' ? [] : ['sudo', '-n', '--'];
}
