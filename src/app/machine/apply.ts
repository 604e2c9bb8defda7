import { basename, resolve } from 'node:path';
import { readFile } from 'node:fs/promises';
import { applySteps, planMachines } from '../../machines/lifecycle/apply.ts';
import type { ApplyStep } from '../../machines/lifecycle/apply-plan.ts';
import { parseMachinesFile, type MachinesFile } from '../../machines/lifecycle/machines-file.ts';
import { resolveMachines } from '../../machines/lifecycle/resolve-machines.ts';
import type { Outcome } from '../../machines/lifecycle/several.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import type { Provider } from '../../providers/provider.ts';
import type { Diagnostic } from '../../compose/diagnostic.ts';
import { CommandFailure, InvalidProject, printDiagnostics } from '../failure.ts';
import { formatPlain } from '../list-format.ts';
import type { Session } from '../session.ts';
import { ask, forPeople } from './ask.ts';
import { withMachines } from './context.ts';
import { joinFailures, sortOutcomes, wordsOf } from './failures.ts';
import type { MachineOptions } from './options.ts';
import type { Tell } from './progress.ts';

export interface ApplyRequest {
  readonly path: string;
  /** Removes machines of the file's group that it does not name any more. */
  readonly prune: boolean;
  /** Machines may be removed and made anew where they cannot be changed. */
  readonly replace: boolean;
  readonly parallel: number;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly format: string;
}

/** `machine apply`: shows what a file of machines asks for, asks, and does it. */
export function applyMachines(
  session: Session,
  options: MachineOptions,
  request: ApplyRequest,
): Promise<number> {
  const people = forPeople(session, request.format);
  return withMachines(people, options, { title: 'apply' }, async (context, tell) => {
    const { group, machines } = await readMachines(session, options, request.path);
    const { wanted, diagnostics } = await resolveMachines(
      { ...context, provider: (name) => providerOf(context, name) },
      { group, machines },
    );
    refuseFaults(session, options, diagnostics);
    const { prune, replace, parallel: limit } = request;
    const steps = await planMachines(context, { group, wanted, prune, replace });
    session.stdout.write(formatSteps(steps, request.format));
    const refused = steps.filter((step) => step.do === 'refuse');
    const changes = steps.filter((step) => step.do !== 'refuse' && step.do !== 'keep');
    if (request.dryRun) return refused.length === 0 ? 0 : 1;
    if (changes.length > 0 && !request.yes) {
      const sure = await ask(people, questionOf(changes.length, refused.length));
      if (sure === undefined) {
        throw new CommandFailure('Nothing was done: nobody answered', 'use --yes where nobody can');
      }
      if (!sure) return 0;
    }
    const outcomes = await applySteps(context, [...changes, ...refused], { group, limit });
    tellOutcomes(tell, outcomes);
    context.signal.throwIfAborted();
    const { failures } = sortOutcomes(outcomes);
    if (failures.length > 0) {
      throw joinFailures(failures, ({ name, error }) => `${name}: ${wordsOf(error).message}`);
    }
    return 0;
  });
}

function questionOf(changes: number, refused: number): string {
  if (refused > 0) return `Do ${changes === 1 ? 'the other one' : `the other ${changes}`}?`;
  return `Do ${changes === 1 ? 'this' : 'these'}?`;
}

/** What was done is told after an interrupt and beside failures, too. */
function tellOutcomes(tell: Tell, outcomes: readonly Outcome<ApplyStep>[]): void {
  for (const outcome of outcomes) {
    if (!outcome.ok) continue;
    const { name, value } = outcome;
    const causes = value.do === 'keep' ? `: ${value.causes.join(', ')}` : '';
    tell(`${name} ${DONE[value.do]}${causes}`);
  }
}

/** A driver that there is not is a mistake in the file, which has a place there. */
async function providerOf({ provider }: MachineContext, name: string): Promise<Provider> {
  try {
    return await provider(name);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    const { message, hint } = wordsOf(error);
    throw new ProviderError('invalid', message, hint === undefined ? {} : { hint });
  }
}

const DONE: Readonly<Record<ApplyStep['do'], string>> = {
  create: 'created',
  change: 'changed',
  replace: 'replaced',
  remove: 'removed',
  keep: 'kept',
  refuse: 'refused',
};

async function readMachines(
  session: Session,
  options: MachineOptions,
  path: string,
): Promise<MachinesFile> {
  let text: string;
  try {
    text = await readFile(resolve(session.cwd, path), 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons = new Map([
      ['ENOENT', 'there is no such file'],
      ['EISDIR', 'it is a folder'],
    ]);
    const reason = reasons.get(code ?? '') ?? message;
    throw new CommandFailure(
      `cannot read ${path}: ${reason}`,
      'name a file of machines: machines.yaml',
    );
  }
  const { file, diagnostics } = parseMachinesFile({ path: resolve(session.cwd, path), text });
  refuseFaults(session, options, diagnostics);
  if (file === undefined) throw new CommandFailure(`there are no machines in ${basename(path)}`);
  return file;
}

/** @throws InvalidProject for errors; warnings are printed */
function refuseFaults(
  session: Session,
  { ansi, progress }: MachineOptions,
  diagnostics: readonly Diagnostic[],
): void {
  if (diagnostics.some(({ severity }) => severity === 'error')) {
    throw new InvalidProject(diagnostics);
  }
  if (diagnostics.length > 0) {
    printDiagnostics(diagnostics, { json: progress === 'json', ansi }, session);
  }
}

function formatSteps(steps: readonly ApplyStep[], format: string): string {
  return formatPlain(
    {
      heading: ['CHANGE', 'MACHINE', 'WHY'],
      cells: steps.map((step) => [
        step.do,
        step.name,
        [...step.causes, ...lossOf(step)].join('; '),
      ]),
      objects: steps.map((step) => {
        const [loses] = lossOf(step);
        return {
          change: step.do,
          machine: step.name,
          causes: step.causes,
          ...(loses === undefined ? {} : { loses }),
        };
      }),
    },
    format,
  );
}

function lossOf(step: ApplyStep): readonly string[] {
  return 'loses' in step && step.loses !== undefined ? [step.loses] : [];
}
