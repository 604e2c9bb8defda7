import { sshMachine } from '../../../app/machine/ssh.ts';
import type { Invocation } from '../../invocation.ts';
import { machineOptions } from './options.ts';

/** Runs `machine ssh`. */
export function run(invocation: Invocation): Promise<number> {
  return sshMachine(invocation.session, machineOptions(invocation), invocation.args);
}
