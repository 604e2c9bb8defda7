import { alreadyIs, changePower, type PowerAction } from '../../machines/lifecycle/power.ts';
import { eachMachine } from '../../machines/lifecycle/several.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import { joinFailures, sortOutcomes, wordsOf } from './failures.ts';
import type { MachineOptions } from './options.ts';
import { statusOf } from './running.ts';
import { knownMachine, targetNames, type KnownMachine } from './target.ts';

const WORDS = {
  start: { doing: 'Starting', done: 'started', state: 'Running' },
  stop: { doing: 'Stopping', done: 'stopped', state: 'Stopped' },
  restart: { doing: 'Restarting', done: 'restarted', state: undefined },
  kill: { doing: 'Killing', done: 'killed', state: 'Stopped' },
} as const;

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
      const machine = await knownMachine(context.store, name);
      const possible = await possibleAction(context, machine, action);
      if (machine.record.provider === 'none') {
        throw new CommandFailure(`hosts without a driver cannot be ${done}`);
      }
      const result = await changePower(context, name, possible);
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

/**
 * What is to be done to a machine that is no instance, whose state only this computer can find out: one that is off
 * is not restarted but started.
 *
 * @throws MachineError `wrong-state` when it is so already
 */
async function possibleAction(
  context: MachineContext,
  machine: KnownMachine,
  action: PowerAction,
): Promise<PowerAction> {
  const { makesInstances } = await context.provider(machine.record.provider);
  if (makesInstances) return action;
  const { state } = await statusOf(context, machine);
  const wanted = WORDS[action].state;
  if (state === wanted) throw alreadyIs(machine.name, state);
  return action === 'restart' && state === 'Stopped' ? 'start' : action;
}
