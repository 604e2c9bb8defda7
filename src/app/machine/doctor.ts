import { mapLimited } from '../../foundation/pool.ts';
import { examine, type DoctorReport } from '../../machines/provision/doctor.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import { goJson } from '../../output/go-json.ts';
import { formatTable } from '../../output/table.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import { isExpected, wordsOf } from './failures.ts';
import type { MachineOptions } from './options.ts';
import { refuseWithoutSsh } from './ssh.ts';
import { knownMachine, targetNames } from './target.ts';

/** How many machines are looked at at once. */
const AT_ONCE = 8;

/** `machine doctor`: everything that has to be right for machines to be used, and what to do about what is not. */
export function examineMachines(
  session: Session,
  options: MachineOptions,
  { names, format }: { readonly names: readonly string[]; readonly format: string },
): Promise<number> {
  if (!['table', 'json'].includes(format)) {
    throw new CommandFailure(
      `format value ${JSON.stringify(format)} could not be parsed: parsing failed`,
      'use table or json',
    );
  }
  return withMachines(session, options, { title: 'doctor', quiet: true }, async (context) => {
    const targets = await targetNames(context.store, names);
    const reports = await mapLimited(targets, AT_ONCE, (name) => reportOf(context, name));
    session.stdout.write(
      format === 'json' ? `${goJson(reports)}\n` : reports.map(textOf).join('\n'),
    );
    return reports.some(({ status }) => status === 'fail') ? 1 : 0;
  });
}

async function reportOf(context: MachineContext, name: string): Promise<DoctorReport> {
  try {
    const machine = await knownMachine(context.store, name);
    refuseWithoutSsh(machine);
    const { record, path } = machine;
    const { tlsPort } = record.engine;
    return await examine({
      machine: name,
      host: context.openHost(record, path),
      ...(tlsPort === undefined ? {} : { tlsPort }),
      now: context.clock.now(),
      signal: context.signal,
    });
  } catch (error) {
    if (!isExpected(error)) throw error;
    const { message, hint } = wordsOf(error);
    const advice = hint === undefined ? {} : { advice: hint };
    const check = { id: 'record', title: 'record', status: 'fail' as const, detail: message };
    return { machine: name, status: 'fail', checks: [{ ...check, ...advice }] };
  }
}

function textOf({ machine, checks }: DoctorReport): string {
  const rows = checks.map(({ status, title, detail }) => [`  ${status}`, title, detail]);
  const table = formatTable(rows, { minWidth: 0, padding: 2 });
  const advice = checks.flatMap(({ title, advice: text }) =>
    text === undefined ? [] : [`  ${title}: ${text}\n`],
  );
  return `${machine}\n${table}${advice.length === 0 ? '' : `  what to do:\n${advice.map((line) => `  ${line}`).join('')}`}`;
}
