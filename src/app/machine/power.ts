import { changePower, type PowerAction } from '../../machines/lifecycle/power.ts';
import { eachMachine } from '../../machines/lifecycle/several.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import { joinFailures, sortOutcomes, wordsOf } from './failures.ts';
import type { MachineOptions } from './options.ts';
import { knownMachine, targetNames } from './target.ts';

const WORDS = {
  start: { doing: 'Starting', done: 'started' },
  stop: { doing: 'Stopping', done: 'stopped' },
  restart: { doing: 'Restarting', done: 'restarted' },
  kill: { doing: 'Killing', done: 'killed' },
};

export interface PowerRequest {
  readonly names: readonly string[];
  readonly action: PowerAction;
  readonly dryRun: boolean;
  /** What to type for the variables of a machine: `docker-machine env`. */
  readonly envCommand: string;
}

/** `machine start`, `stop`, `restart`, `kill`: of several machines at once. */
export function changeMachinePower(
  session: Session,
  options: MachineOptions,
  { names, action, dryRun, envCommand }: PowerRequest,
): Promise<number> {
  const { doing, done } = WORDS[action];
  return withMachines(session, options, { title: action }, async (context, tell) => {
    const targets = await targetNames(context.store, names);
    for (const name of targets) await knownMachine(context.store, name);
    for (const name of targets) tell(`${doing} ${JSON.stringify(name)}...`);
    if (dryRun) return 0;
    const outcomes = await eachMachine(targets, context, async (name) => {
      const { record } = await knownMachine(context.store, name);
      if (record.provider === 'none') {
        throw new CommandFailure(`hosts without a driver cannot be ${done}`);
      }
      const result = await changePower(context, name, action);
      tell(`Machine ${JSON.stringify(name)} was ${done}.`);
      return result;
    });
    context.signal.throwIfAborted();
    const sorted = sortOutcomes(outcomes);
    for (const { name, value } of sorted.done) {
      if (value.formerAddress === undefined) continue;
      tell(`(${name}) new address: ${value.record.address ?? ''}`);
    }
    if (sorted.failures.length > 0) {
      throw joinFailures(sorted.failures, ({ error }) => wordsOf(error).message);
    }
    if (action === 'start' || action === 'restart') {
      const verb = action === 'start' ? 'Started' : 'Restarted';
      tell(
        `${verb} machines may have new IP addresses. You may need to re-run the \`${envCommand}\` command.`,
      );
    }
    return 0;
  });
}
