import { mapLimited } from '../../foundation/pool.ts';
import { isProviderError } from '../../providers/provider-error.ts';
import type { MachineState } from '../../providers/provider.ts';
import type { MachineContext } from '../machine-context.ts';
import { isMachineError, MachineError } from '../machine-error.ts';
import type { ProvisionReport } from '../provision/provision.ts';
import type { MachineRecord } from '../store/machine-record.ts';
import {
  planApply,
  planOne,
  type ApplyStep,
  type ObservedMachine,
  type WantedMachine,
} from './apply-plan.ts';
import { atStep } from './accounts.ts';
import { checkCreation } from './check-creation.ts';
import { createMachine } from './create.ts';
import { canonical } from './create-decision.ts';
import { DEFAULT_ENGINE } from './create-request.ts';
import { lossesWith } from './losses.ts';
import { removeMachine } from './remove.ts';
import { reprovision } from './reprovision.ts';
import { eachMachine, PARALLEL_MACHINES, type Outcome } from './several.ts';
import { machineStates } from './states.ts';

/** Milliseconds that accounts may take to say whether machines are there. */
const PATIENCE = 20_000;

/** What is asked of a plan besides the machines of a file. */
export interface PlanRequest {
  readonly group: string;
  readonly wanted: readonly WantedMachine[];
  readonly prune: boolean;
  readonly replace: boolean;
}

/**
 * What has to be done for a file, by what is in the store, whether accounts still have it, and with what would be
 * lost. Nothing is changed.
 */
export async function planMachines(
  context: MachineContext,
  request: PlanRequest,
): Promise<readonly ApplyStep[]> {
  const stored = await storedMachines(context);
  const names = new Set(request.wanted.map(({ name }) => name));
  const concerned = [...stored.values()].filter(
    (record): record is MachineRecord =>
      typeof record !== 'string' && (names.has(record.name) || record.group === request.group),
  );
  const observed = await observeMachines(context, concerned);
  const steps = planApply({ ...request, stored, observed });
  return mapLimited(steps, PARALLEL_MACHINES, async (step) => {
    const replaceable = step.do === 'refuse' && step.replaceable === true;
    if (step.do !== 'remove' && step.do !== 'replace' && !replaceable) return step;
    const record = stored.get(step.name);
    if (typeof record !== 'object' || record.phase !== 'ready') return step;
    if (observed.get(step.name)?.gone === true) return step;
    const fault = step.do === 'replace' ? await faultOfNew(context, step.wanted) : undefined;
    if (fault !== undefined) {
      const causes = [...step.causes, `it could not be made anew: ${fault}`];
      return { do: 'refuse', name: step.name, causes };
    }
    return { ...step, loses: await lossesWith(context, record) };
  });
}

/** Why an account would not make a machine: what is there is not removed then. */
async function faultOfNew(
  context: MachineContext,
  wanted: WantedMachine,
): Promise<string | undefined> {
  try {
    await checkCreation(context, wanted);
    return undefined;
  } catch (error) {
    context.signal.throwIfAborted();
    if (!isProviderError(error) && !isMachineError(error)) throw error;
    return error.hint === undefined ? error.message : `${error.message} (${error.hint})`;
  }
}

async function storedMachines({
  store,
}: MachineContext): Promise<ReadonlyMap<string, MachineRecord | string>> {
  const stored = await store.list();
  return new Map(
    stored.map((machine) => [machine.name, 'record' in machine ? machine.record : machine.fault]),
  );
}

/** What accounts say of machines that were made there and finished; one call for all of an account. */
async function observeMachines(
  context: MachineContext,
  records: readonly MachineRecord[],
): Promise<ReadonlyMap<string, ObservedMachine>> {
  const made: string[] = [];
  for (const { name, provider, phase } of records) {
    if (phase !== 'ready') continue;
    // What there is to say about a provider that is not there any more is said when it is needed.
    const found = await context.provider(provider).catch(() => undefined);
    if (found?.makesInstances === true) made.push(name);
  }
  if (made.length === 0) return new Map();
  const states = await machineStates(context, { names: made, timeout: PATIENCE });
  return new Map(states.map(({ name, state, error }) => [name, observed(state, error)]));
}

function observed(state: MachineState, error: string | undefined): ObservedMachine {
  if (error !== undefined) {
    return { gone: false, note: `whether it is still there is not known: ${error}` };
  }
  if (state === 'Timeout') {
    return { gone: false, note: 'whether it is still there is not known: its account is silent' };
  }
  if (state === 'Not Found') return { gone: true };
  if (state === 'Running') return { gone: false };
  return { gone: false, off: state === 'Stopped', note: `it is ${state.toLowerCase()}` };
}

export interface ApplyOptions {
  readonly group: string;
  readonly limit?: number;
}

/**
 * Does the steps of a plan that the user has agreed to, some at a time; all are tried, whatever happens to others. What
 * somebody else has done meanwhile is not done again: the step that results is one that keeps the machine.
 */
export function applySteps(
  context: MachineContext,
  steps: readonly ApplyStep[],
  { group, limit }: ApplyOptions,
): Promise<readonly Outcome<ApplyStep>[]> {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const options = { signal: context.signal, ...(limit === undefined ? {} : { limit }) };
  return eachMachine([...byName.keys()], options, async (name) => {
    const step = byName.get(name);
    if (step === undefined) throw new Error(`no step for ${name}`);
    try {
      await applyStep(context, step, group);
      return step;
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isMachineError(error, 'already-exists', 'not-found', 'wrong-state')) throw error;
      const causes = ['somebody else has done it meanwhile'];
      if (await isDone(context, step, group)) return { do: 'keep', name, causes };
      throw error;
    }
  });
}

/** Whether a machine is by now as a step was to make it. */
async function isDone(context: MachineContext, step: ApplyStep, group: string): Promise<boolean> {
  if (step.do === 'keep' || step.do === 'refuse') return false;
  const stored = await storedMachines(context);
  if (step.do === 'remove') return !stored.has(step.name);
  const input = { group, wanted: [], stored, prune: false, replace: false };
  return planOne(step.wanted, input).do === 'keep';
}

async function applyStep(context: MachineContext, step: ApplyStep, group: string): Promise<void> {
  const { name } = step;
  switch (step.do) {
    case 'keep':
      return;
    case 'refuse':
      throw new MachineError('wrong-state', step.causes.join(', '));
    case 'remove':
      await removeMachine(context, { name, force: false, token: step.token });
      return;
    case 'change': {
      const { engine } = step.wanted;
      tellLeft(context, name, await reprovision(context, { name, engine, configure: true }));
      return;
    }
    case 'replace':
      // What takes its place must be possible still: the answer to a question may have come late.
      await checked(() => checkCreation(context, step.wanted));
      await removeMachine(context, { name, force: false, token: step.token });
      break;
    case 'create':
      break;
  }
  const { report } = await createMachine(context, {
    ...step.wanted,
    // An engine that is there already and about which the file says nothing stays as it is.
    configure: canonical(step.wanted.engine) !== canonical(DEFAULT_ENGINE),
    force: false,
    onFailure: 'keep',
    onInterrupt: 'keep',
    group,
  });
  tellLeft(context, name, report);
}

async function checked(check: () => Promise<void>): Promise<void> {
  try {
    await check();
  } catch (error) {
    if (!isProviderError(error)) throw error;
    throw atStep(error, 'check', { kind: 'pre-create' });
  }
}

function tellLeft(
  { onEvent }: MachineContext,
  machine: string,
  report: ProvisionReport | undefined,
): void {
  for (const line of report?.left ?? []) {
    onEvent({ type: 'warning', machine, text: `left as it is: ${line}` });
  }
}
