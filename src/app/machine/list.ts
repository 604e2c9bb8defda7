import type { MachineContext } from '../../machines/machine-context.ts';
import { formatList } from '../../output/formatted-list.ts';
import { goDuration } from '../../output/machine/go-duration.ts';
import { listedEngine, listedSwarm } from '../../output/machine/legacy-options.ts';
import { machineView, type MachineRow } from '../../output/machine/list-view.ts';
import { naturalOrder } from '../../output/machine/natural-order.ts';
import type { Session } from '../session.ts';
import { activity } from './activity.ts';
import { withMachines } from './context.ts';
import { engineAddress } from './engine-address.ts';
import { engineVersion } from './engine-version.ts';
import { isExpected, wordsOf } from './failures.ts';
import { hostsOf, type HostOf } from './hosts.ts';
import { readSwarm } from './legacy-file.ts';
import {
  matchesAll,
  parseFilters,
  swarmMasters,
  type ListedMachine,
  type MachineFilters,
} from './list-filters.ts';
import type { MachineOptions } from './options.ts';
import { statesOf, type MachineStatus, type StateOf } from './states.ts';
import type { KnownMachine } from './target.ts';
import { TIMED_OUT, within } from './timeout.ts';

export interface ListMachinesRequest {
  readonly filters: readonly string[];
  readonly format: string;
  readonly quiet: boolean;
  /** Seconds after which a machine that does not answer is listed without an answer. */
  readonly timeout: number;
}

/** How the machines that are listed are asked. */
interface Asking {
  readonly context: MachineContext;
  readonly hostOf: HostOf;
  readonly stateOf: StateOf;
  /** Milliseconds. */
  readonly timeout: number;
}

/** `machine ls`: all machines, each asked for its state and the version of its engine, all at once. */
export function listMachines(
  session: Session,
  options: MachineOptions,
  request: ListMachinesRequest,
): Promise<number> {
  const filters = parseFilters(request.filters);
  return withMachines(session, options, { title: 'ls', quiet: true }, async (context) => {
    const hostOf = hostsOf(context);
    const timeout = request.timeout * 1000;
    const stored = await context.store.list();
    const known = await Promise.all(
      stored.flatMap((machine) =>
        'record' in machine
          ? [readSwarm(machine.path).then((swarm): ListedMachine => ({ machine, swarm }))]
          : [],
      ),
    );
    const candidates = known.filter((each) => matchesAll(each, filters, swarmMasters(known)));
    const names = candidates.map(({ machine }) => machine.name);
    const stateOf = statesOf(context, hostOf, { names, timeout });
    const asking = { context, hostOf, stateOf, timeout };
    const listed = await inStates(candidates, filters, asking);
    if (request.quiet) {
      const sorted = listed.map(({ machine }) => machine.name).toSorted(naturalOrder);
      session.stdout.write(sorted.map((name) => `${name}\n`).join(''));
      return 0;
    }
    // Wrong templates are told before anybody is asked.
    formatList(machineView([]), request.format);
    const rows = await Promise.all(listed.map((each) => rowOf(each, { ...asking, session })));
    const broken = stored.flatMap((machine) => ('fault' in machine ? [brokenRow(machine)] : []));
    const masters = swarmMasters(known);
    const whole = [...rows, ...broken].map((row) => withSwarm(row, known, masters));
    const sorted = whole.toSorted((a, b) => naturalOrder(a.Name, b.Name));
    session.stdout.write(formatList(machineView(sorted), request.format));
    return 0;
  });
}

async function inStates(
  left: readonly ListedMachine[],
  filters: MachineFilters,
  { stateOf, timeout, context }: Asking,
): Promise<readonly ListedMachine[]> {
  if (filters.states.length === 0) return left;
  const states = await Promise.all(
    left.map(({ machine }) => stateWithin(machine, { stateOf, timeout, context })),
  );
  return left.filter((_each, at) => {
    const state = states[at]?.state.toLowerCase();
    return filters.states.some((wanted) => wanted.toLowerCase() === state);
  });
}

async function stateWithin(
  machine: KnownMachine,
  { stateOf, timeout, context }: Pick<Asking, 'stateOf' | 'timeout' | 'context'>,
): Promise<MachineStatus> {
  try {
    const status = await within(timeout, context.signal, (signal) => stateOf(machine, signal));
    return status === TIMED_OUT ? { state: 'Timeout' } : status;
  } catch (error) {
    if (!isExpected(error)) throw error;
    return { state: 'Error', fault: wordsOf(error).message };
  }
}

async function rowOf(
  { machine, swarm }: ListedMachine,
  asking: Asking & { readonly session: Session },
): Promise<MachineRow> {
  const { context, timeout, session } = asking;
  const { record, path } = machine;
  const begun = context.clock.now();
  const answer = await within(timeout, context.signal, async (signal) => {
    const status = await stateWithin(machine, asking);
    if (status.state !== 'Running') return { status, engine: { version: 'Unknown', fault: '' } };
    return { status, engine: await askEngine(machine, asking, signal) };
  });
  const took = goDuration(context.clock.now() - begun);
  const base = { ...emptyRow(record.name, record.provider), ResponseTime: took };
  const given = {
    SwarmOptions: listedSwarm(swarm),
    EngineOptions: listedEngine(record.engine),
  };
  if (answer === TIMED_OUT || answer.status.state === 'Timeout') {
    return { ...base, ...given, State: 'Timeout' };
  }
  const { status, engine } = answer;
  const current = status.address === undefined ? record : { ...record, address: status.address };
  const url = status.state === 'Running' ? (engineAddress(current, path)?.url ?? '') : '';
  return {
    ...base,
    ...given,
    ...activity(url, swarm, session.env['DOCKER_HOST'] ?? ''),
    State: status.state,
    URL: url,
    Error: oneLine(unfinished(machine) ?? status.fault ?? engine.fault),
    DockerVersion: engine.version,
  };
}

async function askEngine(
  machine: KnownMachine,
  { context, hostOf }: Asking,
  signal: AbortSignal,
): Promise<{ readonly version: string; readonly fault: string }> {
  try {
    return { version: `v${await engineVersion(context, machine, hostOf, signal)}`, fault: '' };
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    return { version: 'Unknown', fault: `Unable to query docker version: ${why}` };
  }
}

/** What was not finished with a machine, and what finishes it. */
function unfinished({ name, record: { phase, step } }: KnownMachine): string | undefined {
  const at = step === undefined ? '' : ` at "${step}"`;
  switch (phase) {
    case 'ready':
      return undefined;
    case 'creating':
      return `creation was interrupted${at}: create ${name} again, or rm ${name}`;
    case 'failed':
      return `creation failed${at}: create ${name} again, or rm ${name}`;
    case 'removing':
      return `removal was interrupted${at}: rm ${name}`;
  }
}

function withSwarm(
  row: MachineRow,
  known: readonly ListedMachine[],
  masters: ReadonlyMap<string, string>,
): MachineRow {
  const swarm = known.find(({ machine }) => machine.name === row.Name)?.swarm;
  if (swarm === undefined || swarm.discovery === '') return row;
  const master = masters.get(swarm.discovery) ?? '';
  return { ...row, Swarm: swarm.master ? `${master} (master)` : master };
}

function brokenRow({ name, fault }: { readonly name: string; readonly fault: string }): MachineRow {
  return { ...emptyRow(name, 'not found'), State: 'Error', Error: oneLine(fault) };
}

function emptyRow(name: string, provider: string): MachineRow {
  return {
    Name: name,
    Active: '',
    ActiveHost: false,
    ActiveSwarm: false,
    DriverName: provider,
    State: '',
    URL: '',
    Swarm: '',
    SwarmOptions: null,
    EngineOptions: null,
    Error: '',
    DockerVersion: '',
    ResponseTime: '0s',
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}
