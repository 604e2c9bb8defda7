import { ENGINE_PORT } from '../../machines/lifecycle/create-request.ts';
import { changeEngine } from '../../machines/lifecycle/change-engine.ts';
import { changePower } from '../../machines/lifecycle/power.ts';
import { DOCKER_MACHINE } from '../../machines/lifecycle/import-docker-machine.ts';
import { reprovision, type ReprovisionRequest } from '../../machines/lifecycle/reprovision.ts';
import { eachMachine } from '../../machines/lifecycle/several.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import type { ProvisionReport } from '../../machines/provision/provision.ts';
import type { EngineOptions } from '../../machines/store/machine-record.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { ask } from './ask.ts';
import { withMachines } from './context.ts';
import { joinFailures, sortOutcomes, wordsOf } from './failures.ts';
import type { MachineOptions } from './options.ts';
import type { Tell } from './progress.ts';
import { runningMachine, statusOf } from './running.ts';
import { knownMachine, targetNames, type KnownMachine } from './target.ts';

/** What is done to several machines, once they are known to exist. */
interface SetUpWork {
  readonly title: string;
  readonly names: readonly string[];
  /** Said before anything is looked at. */
  readonly opening?: string;
  readonly work: (context: MachineContext, name: string, tell: Tell) => Promise<void>;
}

export interface ProvisionWish {
  readonly names: readonly string[];
  /** Also an engine that was there before. */
  readonly configure: boolean;
  /** Whether the engine listens with TLS from now on; undefined: as it was recorded. */
  readonly engineTls: boolean | undefined;
  readonly dryRun: boolean;
}

/** `machine provision`: sets machines up again as they were created; nothing changes where nothing is missing. */
export function provisionMachines(
  session: Session,
  options: MachineOptions,
  { names, configure, engineTls, dryRun }: ProvisionWish,
): Promise<number> {
  return setUp(session, options, {
    title: 'provision',
    names,
    work: async (context, name, tell) => {
      const { record } = await machineWithSsh(context, name);
      const { makesInstances } = await context.provider(record.provider);
      // An engine that was to have certificates was to be configured; those of docker-machine are its own.
      const made = makesInstances || record.engine.tlsPort !== undefined;
      const ours = made && record.madeBy !== DOCKER_MACHINE;
      const exposure = engineTls === undefined ? {} : withExposure(record.engine, engineTls);
      const report = await reprovision(context, {
        name,
        configure: configure || ours || engineTls !== undefined,
        ...(engineTls === undefined || configure || ours ? {} : { only: 'exposure' }),
        ...exposure,
        dryRun,
      });
      if (report.planned !== undefined) tellPlan(tell, name, report);
      if ((report.planned ?? []).length === 0) tellChanges(tell, name, report.changes);
      for (const line of report.left) tell(`(${name}) left as it is: ${line}`);
    },
  });
}

function withExposure(
  { tlsPort = ENGINE_PORT, ...engine }: EngineOptions,
  expose: boolean,
): Pick<ReprovisionRequest, 'engine' | 'close'> {
  return expose ? { engine: { ...engine, tlsPort } } : { engine, close: true };
}

function tellPlan(tell: Tell, name: string, { planned = [], notes = [] }: ProvisionReport): void {
  for (const { title, details } of planned) {
    tell(`(${name}) would ${title}`);
    for (const line of details) tell(`(${name})   ${line}`);
  }
  for (const note of notes) tell(`(${name}) note: ${note}`);
}

export interface UpgradeWish {
  readonly names: readonly string[];
  /** Version for the engine; empty: what the machine was created with, else the newest; `latest`: the newest. */
  readonly version: string;
  readonly dryRun: boolean;
}

/** `machine upgrade`: another engine of the packages that it came from; a machine that is stopped is started. */
export function upgradeMachines(
  session: Session,
  options: MachineOptions,
  { names, version, dryRun }: UpgradeWish,
): Promise<number> {
  return setUp(session, options, {
    title: 'upgrade',
    names,
    work: async (context, name, tell) => {
      const machine = await machineWithSsh(context, name);
      const { state } = await statusOf(context, machine);
      if (state === 'Stopped' && dryRun) {
        tell(`(${name}) would start it, and upgrade its engine`);
        return;
      }
      if (state === 'Stopped') {
        tell(`(${name}) Starting machine so machine can be upgraded...`);
        await changePower(context, name, 'start');
      }
      await runningMachine(context, await knownMachine(context.store, name));
      tell(`(${name}) ${dryRun ? 'Looking at docker...' : 'Upgrading docker...'}`);
      const { from, to, changed, plan, pin } = await changeEngine(context, {
        name,
        version,
        dryRun,
      });
      for (const line of plan ?? []) tell(`(${name}) would ${line}`);
      const newest = pin === undefined ? 'the newest' : `the newest that is ${pin}`;
      const outcome = changed ? `Docker ${from} is ${to} now` : `Docker ${to} is ${newest}`;
      if (plan === undefined) tell(`(${name}) ${outcome}`);
    },
  });
}

export interface CertificatesRequest {
  readonly names: readonly string[];
  /** Do not ask. */
  readonly force: boolean;
  /** Also those of the authority and of clients. */
  readonly clients: boolean;
  readonly dryRun: boolean;
}

/** `machine regenerate-certs`: new certificates for engines that listen with TLS; others have none. */
export async function renewCertificates(
  session: Session,
  options: MachineOptions,
  { names, force, clients, dryRun }: CertificatesRequest,
): Promise<number> {
  if (!force) {
    const sure = await ask(
      session,
      'Regenerate TLS machine certs?  Warning: this is irreversible.',
    );
    if (sure === undefined) {
      throw new CommandFailure('Nothing was changed: nobody answered', 'use -f where nobody can');
    }
    if (!sure) return 0;
  }
  return setUp(session, options, {
    title: 'regenerate-certs',
    names,
    opening: 'Regenerating TLS certificates',
    work: async (context, name, tell) => {
      const { record } = await machineWithSsh(context, name);
      if (record.engine.tlsPort === undefined) {
        tell(`(${name}) has no certificates: its engine is reached over SSH`);
        return;
      }
      if (dryRun) {
        tell(`(${name}) would make new certificates and restart the engine`);
        return;
      }
      const report = await reprovision(context, {
        name,
        configure: true,
        only: 'exposure',
        renew: clients ? 'all' : 'server',
      });
      tellChanges(tell, name, report.changes);
    },
  });
}

function setUp(
  session: Session,
  options: MachineOptions,
  { title, names, opening, work }: SetUpWork,
): Promise<number> {
  return withMachines(session, options, { title }, async (context, tell) => {
    if (opening !== undefined) tell(opening);
    const targets = await targetNames(context.store, names);
    for (const name of targets) await knownMachine(context.store, name);
    const outcomes = await eachMachine(targets, context, (name) => work(context, name, tell));
    context.signal.throwIfAborted();
    const { failures } = sortOutcomes(outcomes);
    if (failures.length > 0) {
      throw joinFailures(failures, ({ name, error }) => `${name}: ${wordsOf(error).message}`);
    }
    return 0;
  });
}

/** @throws CommandFailure for a machine of which only a URL is known */
async function machineWithSsh(context: MachineContext, name: string): Promise<KnownMachine> {
  const machine = await knownMachine(context.store, name);
  if (machine.record.provider !== 'none') return machine;
  throw new CommandFailure('hosts without a driver cannot be set up: only a URL is known');
}

function tellChanges(tell: Tell, name: string, changes: readonly string[]): void {
  if (changes.length === 0) tell(`(${name}) Everything is as it should be.`);
  for (const change of changes) tell(`(${name}) done: ${change}`);
}
