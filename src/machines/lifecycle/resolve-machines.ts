import type { Diagnostic } from '../../compose/diagnostic.ts';
import type { Span } from '../../compose/source.ts';
import { nearest } from '../../foundation/nearest.ts';
import { isProviderError, type ProviderError } from '../../providers/provider-error.ts';
import type { Provider, ProviderFlagValues } from '../../providers/provider.ts';
import type { MachineContext } from '../machine-context.ts';
import { isMachineError, type MachineError } from '../machine-error.ts';
import type { WantedMachine } from './apply-plan.ts';
import { typedFlags } from './flag-types.ts';
import type { DesiredMachine, MachinesFile } from './machines-file.ts';

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
      const provider = await context.provider(machine.driver).catch((error: unknown) => {
        if (!isProviderError(error) && !isMachineError(error)) throw error;
        diagnostics.push(fault(error, `${machine.path} `, machine.driverSpan));
      });
      if (provider === undefined) continue;
      const values = prefixed(machine, provider, diagnostics);
      if (values === undefined) continue;
      const { env } = context.providerContext;
      const settings = provider.settings(typedFlags(provider.flags, values, env));
      const { name, engine } = machine;
      wanted.push({ name, provider: provider.name, settings, engine, told: toldBy(provider) });
    } catch (error) {
      if (!isProviderError(error) && !isMachineError(error)) throw error;
      diagnostics.push(driverFault(machine, error));
    }
  }
  return { wanted, diagnostics: withoutRepeated(diagnostics) };
}

/** Settings that accounts of a driver tell of instances; an account is in one region. */
function toldBy(provider: Provider): readonly string[] {
  const instance = { id: '', name: '', state: 'Running', tags: {}, region: '', size: '' } as const;
  return ['region', ...Object.keys(provider.settingsOf?.({}, instance) ?? {})];
}

/** What a driver says about its flags, at the option that it is about, in the words of the file. */
function driverFault(machine: DesiredMachine, error: ProviderError | MachineError): Diagnostic {
  const { path, driver, optionSpans, span } = machine;
  const [flag = ''] = /^--[\w-]+/.exec(error.message) ?? [];
  const option = flag.replace(/^--/, '').replace(`${driver}-`, '');
  const at = optionSpans.get(option) ?? optionSpans.get(flag.slice(2));
  if (at === undefined) return fault(error, `${path} `, span);
  const { message } = error;
  const told = { message: message.replace(flag, `options.${option}`), hint: error.hint };
  return fault(told, `${path}.`, at);
}

function fault(
  { message, hint }: { readonly message: string; readonly hint: string | undefined },
  path: string,
  span: Span,
): Diagnostic {
  return {
    severity: 'error',
    code: 'machines/driver',
    message: `${path}${message}`,
    span,
    ...(hint === undefined ? {} : { hint }),
  };
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
