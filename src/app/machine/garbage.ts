import {
  collectGarbage,
  findGarbage,
  type AccountGarbage,
  type GarbagePlan,
} from '../../machines/lifecycle/garbage.ts';
import type { ProviderChoice } from '../../machines/lifecycle/accounts.ts';
import { formatPlain } from '../list-format.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { ask } from './ask.ts';
import { withMachines } from './context.ts';
import type { MachineOptions } from './options.ts';

export interface CollectRequest {
  /** Accounts that are looked at besides those that the store knows. */
  readonly besides: readonly ProviderChoice[];
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly format: string;
}

/** `machine gc`: shows what interrupted commands left at providers, asks, removes it. */
export function collectMachineGarbage(
  session: Session,
  options: MachineOptions,
  { besides, yes, dryRun, format }: CollectRequest,
): Promise<number> {
  const { stdout, stderr } = session;
  const forProgram = format === 'json';
  return withMachines(session, options, { title: 'gc', forProgram }, async (context, tell) => {
    const plan = await findGarbage(context, besides);
    stdout.write(formatPlan(plan, format));
    for (const name of plan.unfinished) {
      stderr.write(`${name} is not finished: create it again to go on, or rm it\n`);
    }
    const faults = plan.accounts.flatMap(faultOf);
    for (const fault of faults) stderr.write(`${fault}\n`);
    const found = plan.accounts.flatMap(({ items }) => items);
    if (dryRun || found.length === 0) return faults.length === 0 ? 0 : 1;
    if (!yes) {
      const sure = await ask(session, `Remove ${countOf(found.length)}?`, { forProgram });
      if (sure === undefined) {
        throw new CommandFailure('Nothing was removed: nobody answered', 'use -y where nobody can');
      }
      if (!sure) return 0;
    }
    const { removed, left } = await collectGarbage(context, plan);
    for (const { title } of removed) tell(`Removed ${title}`);
    for (const { title, reason } of left) stderr.write(`${title} is still there: ${reason}\n`);
    return left.length + faults.length === 0 ? 0 : 1;
  });
}

function faultOf({ provider, error }: AccountGarbage): string[] {
  return error === undefined ? [] : [`an account of ${provider} could not be asked: ${error}`];
}

function countOf(count: number): string {
  return count === 1 ? 'it' : `these ${count}`;
}

function formatPlan({ accounts }: GarbagePlan, format: string): string {
  const rows = accounts.flatMap(({ provider, items }) =>
    items.map((item) => ({ ...item, provider })),
  );
  return formatPlain(
    {
      heading: ['PROVIDER', 'KIND', 'ID', 'MACHINE', 'WHY'],
      cells: rows.map(({ provider, kind, id, machine = '', cause }) => [
        provider,
        kind,
        id,
        machine,
        cause,
      ]),
      objects: rows,
    },
    format,
  );
}
