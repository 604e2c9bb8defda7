import { MachineError } from '../machine-error.ts';
import type { SshHost } from '../ssh/ssh-host.ts';
import { type HostFacts, parseFacts } from './facts.ts';
import { FACTS_SCRIPT, REACH_SCRIPT } from './facts-script.ts';
import { lastLines } from './failure.ts';
import { minute } from './step.ts';

/** Asks a host what it is like, in one call; `reach`: also whether Docker's repository can be reached. */
export async function gatherFacts(
  host: SshHost,
  options: { readonly reach: boolean; readonly signal: AbortSignal },
): Promise<HostFacts> {
  const input = options.reach ? `${FACTS_SCRIPT}${REACH_SCRIPT}` : FACTS_SCRIPT;
  const result = await host.run(['sh', '-s'], { input, signal: options.signal, timeout: minute });
  const facts = parseFacts(result.stdout);
  if (facts.time === 0 || facts.user === '') {
    const said = lastLines(`${result.stdout}\n${result.stderr}`, 3).join('\n');
    throw new MachineError('provision', `the host does not run a shell's script: ${said}`, {
      host: host.target.title,
      step: 'look at the host',
      hint: 'the user needs a POSIX shell: a login that runs only one command will not do',
    });
  }
  return facts;
}
