import type { Diagnostic } from '../../compose/diagnostic.ts';
import { nearest } from '../../foundation/nearest.ts';
import { isProviderError } from '../../providers/provider-error.ts';
import type { Provider, ProviderFlagValues } from '../../providers/provider.ts';
import type { MachineContext } from '../machine-context.ts';
import { isMachineError, MachineError } from '../machine-error.ts';
import { planApply, type ApplyStep, type WantedMachine } from './apply-plan.ts';
import { createMachine } from './create.ts';
import { typedFlags } from './flag-types.ts';
import type { DesiredMachine, MachinesFile } from './machines-file.ts';
import { reprovision } from './reprovision.ts';
import { removeMachine } from './remove.ts';
import { eachMachine, type Outcome } from './several.ts';

/** Machines of a file with the settings that their drivers make of the options, and what is wrong with those. */
export interface ResolvedMachines {
  readonly wanted: readonly WantedMachine[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks drivers and options of a file; no account is asked. */
export async function resolveMachines(
  context: MachineContext,
  file: MachinesFile,
): Promise<ResolvedMachines> {
  const wanted: WantedMachine[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const machine of file.machines) {
    try {
      const provider = await context.provider(machine.driver);
      const values = prefixed(machine, provider, diagnostics);
      if (values === undefined) continue;
      const { env } = context.providerContext;
      const settings = provider.settings(typedFlags(provider.flags, values, env));
      const { name, engine } = machine;
      wanted.push({ name, provider: provider.name, settings, engine });
    } catch (error) {
      if (!isProviderError(error) && !isMachineError(error)) throw error;
      const hint = error.hint === undefined ? {} : { hint: error.hint };
      const message = `machines.${machine.name} ${error.message}`;
      diagnostics.push({
        severity: 'error',
        code: 'machines/driver',
        message,
        span: machine.span,
        ...hint,
      });
    }
  }
  return { wanted, diagnostics: withoutRepeated(diagnostics) };
}

/** Options with the driver's name in front; undefined: some are not known. */
function prefixed(
  { driver, options, optionSpans }: DesiredMachine,
  { flags }: Provider,
  diagnostics: Diagnostic[],
): ProviderFlagValues | undefined {
  const values: Record<string, ProviderFlagValues[string]> = {};
  let unknown = false;
  const known = flags.map(({ name }) => name);
  for (const [key, value] of Object.entries(options)) {
    const flag = flags.find(({ name }) => name === key || name === `${driver}-${key}`);
    const span = optionSpans.get(key);
    const at = span === undefined ? {} : { span };
    if (flag?.secret === true) {
      unknown = true;
      const message = `${key} is a secret, which must not be in a file`;
      const hint = `set ${flag.env?.join(' or ') ?? 'it in the environment'}`;
      diagnostics.push({ severity: 'error', code: 'machines/secret', message, hint, ...at });
    } else if (flag === undefined) {
      unknown = true;
      const words = known.map((name) => name.replace(`${driver}-`, ''));
      const meant = nearest(key, words);
      const message = `driver ${driver} has no option '${key}'`;
      const hint =
        meant === undefined ? `known are ${words.join(', ')}` : `did you mean '${meant}'?`;
      diagnostics.push({
        severity: 'error',
        code: 'machines/unknown-option',
        message,
        hint,
        ...at,
      });
    } else values[flag.name] = value;
  }
  return unknown ? undefined : values;
}

/** Machines with a count have the same faults many times. */
function withoutRepeated(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const keys = new Set<string>();
  return diagnostics.filter(({ code, span, message }) => {
    const key = `${code} ${span?.start} ${span === undefined ? message : ''}`;
    const repeated = keys.has(key);
    keys.add(key);
    return !repeated;
  });
}

/** What has to be done for a file, by what is in the store. */
export async function planMachines(
  context: MachineContext,
  given: {
    readonly group: string;
    readonly wanted: readonly WantedMachine[];
    readonly prune: boolean;
  },
): Promise<readonly ApplyStep[]> {
  const stored = await context.store.list();
  return planApply({
    ...given,
    stored: new Map(
      stored.map((machine) => [machine.name, 'record' in machine ? machine.record : machine.fault]),
    ),
  });
}

export interface ApplyOptions {
  readonly group: string;
  readonly limit?: number;
  /** Whether machines may be replaced, which loses what is on them. */
  readonly replace: boolean;
}

/** Does the steps of a plan that the user has agreed to, some at a time; all are tried, whatever happens to others. */
export function applySteps(
  context: MachineContext,
  steps: readonly ApplyStep[],
  { group, limit, replace }: ApplyOptions,
): Promise<readonly Outcome<ApplyStep>[]> {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const options = { signal: context.signal, ...(limit === undefined ? {} : { limit }) };
  return eachMachine([...byName.keys()], options, async (name) => {
    const step = byName.get(name);
    if (step === undefined) throw new Error(`no step for ${name}`);
    await applyStep(context, step, { group, replace });
    return step;
  });
}

async function applyStep(
  context: MachineContext,
  step: ApplyStep,
  { group, replace }: Pick<ApplyOptions, 'group' | 'replace'>,
): Promise<void> {
  const { name } = step;
  switch (step.do) {
    case 'keep':
      return;
    case 'refuse':
      throw new MachineError('wrong-state', `machine ${name}: ${step.causes.join(', ')}`);
    case 'remove':
      await removeMachine(context, { name, force: false });
      return;
    case 'change':
      await reprovision(context, { name, engine: step.wanted.engine, configure: true });
      return;
    case 'replace':
      if (!replace) {
        throw new MachineError(
          'wrong-state',
          `machine ${name} would have to be replaced: ${step.causes.join(', ')}`,
          { hint: '--replace removes it with everything on it, and makes it anew' },
        );
      }
      await removeMachine(context, { name, force: false });
      break;
    case 'create':
      break;
  }
  await createMachine(context, {
    ...step.wanted,
    configure: true,
    force: false,
    onFailure: 'keep',
    onInterrupt: 'keep',
    group,
  });
}
