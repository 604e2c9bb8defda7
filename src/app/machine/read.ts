import { mapLimited } from '../../foundation/pool.ts';
import { goJson } from '../../output/go-json.ts';
import { inspectView } from '../../output/machine/inspect-view.ts';
import { applyJsonTemplate } from '../../output/machine/json-template.ts';
import { CommandFailure } from '../failure.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import { identityOf } from '../identity.ts';
import type { Session } from '../session.ts';
import { activity } from './activity.ts';
import { withMachines } from './context.ts';
import { engineAddress, plainAddress } from './engine-address.ts';
import { engineVersion } from './engine-version.ts';
import { wordsOf } from './failures.ts';
import { hostsOf, type HostOf } from './hosts.ts';
import { readSwarm } from './legacy-file.ts';
import type { MachineOptions } from './options.ts';
import { runningMachine, statusOf } from './running.ts';
import { knownMachine, oneMachine, targetNames, type KnownMachine } from './target.ts';

/** Exit code of `status` for a machine that its provider does not have any more. */
const GONE = 4;

/** `machine inspect`: what is known of a machine, in the form of docker-machine. */
export function inspectMachine(
  session: Session,
  options: MachineOptions,
  { names, format }: { readonly names: readonly string[]; readonly format: string },
): Promise<number> {
  return withMachines(session, options, { title: 'inspect', quiet: true }, async ({ store }) => {
    const { record, path } = await oneMachine(store, names);
    const swarm = await readSwarm(path);
    const address = plainAddress(record);
    const view = inspectView({ record, folder: path, store: store.path, swarm, address });
    const text =
      format === '' || format === 'json'
        ? goJson(view, { indent: 4 })
        : applyJsonTemplate(format, view);
    session.stdout.write(`${text}\n`);
    return 0;
  });
}

/** `machine status`: one word. */
export function machineStatus(
  session: Session,
  options: MachineOptions,
  names: readonly string[],
): Promise<number> {
  return withMachines(session, options, { title: 'status', quiet: true }, async (context) => {
    const machine = await oneMachine(context.store, names);
    const { state, fault } = await statusOf(context, machine);
    if (state === 'Error' && fault !== undefined) {
      throw new CommandFailure(`error getting state for host ${machine.name}: ${fault}`);
    }
    session.stdout.write(`${state}\n`);
    return state === 'Not Found' ? GONE : 0;
  });
}

/** `machine url`: where the engine of a machine is. */
export function machineUrl(
  session: Session,
  options: MachineOptions,
  names: readonly string[],
): Promise<number> {
  return withMachines(session, options, { title: 'url', quiet: true }, async (context) => {
    const machine = await runningMachine(context, await oneMachine(context.store, names));
    session.stdout.write(`${addressOf(machine).url}\n`);
    return 0;
  });
}

/** `machine ip`: addresses of machines, in the order in which they were named. */
export function machineAddresses(
  session: Session,
  options: MachineOptions,
  names: readonly string[],
): Promise<number> {
  return withMachines(session, options, { title: 'ip', quiet: true }, async (context) => {
    const targets = await targetNames(context.store, names);
    const machines = await mapLimited(targets, 8, async (name) =>
      runningMachine(context, await knownMachine(context.store, name)),
    );
    const addresses = machines.map(({ record }) => plainAddress(record));
    session.stdout.write(addresses.map((address) => `${address}\n`).join(''));
    return 0;
  });
}

/** `machine config`: flags for the docker command. */
export function machineConfig(
  session: Session,
  options: MachineOptions,
  { names, swarm }: { readonly names: readonly string[]; readonly swarm: boolean },
): Promise<number> {
  return withMachines(session, options, { title: 'config', quiet: true }, async (context) => {
    const machine = await runningMachine(context, await oneMachine(context.store, names));
    await checkSwarmMaster(machine, { swarm, failure: 'Error running connection boilerplate' });
    const { url, certificates } = addressOf(machine);
    const lines = [
      ...(certificates === undefined
        ? []
        : [
            '--tlsverify',
            `--tlscacert="${certificates}/ca.pem"`,
            `--tlscert="${certificates}/cert.pem"`,
            `--tlskey="${certificates}/key.pem"`,
          ]),
      `-H=${url}`,
    ];
    session.stdout.write(`${lines.join('\n')}\n`);
    return 0;
  });
}

/** `machine active`: the machine that DOCKER_HOST leads to. */
export function activeMachine(
  session: Session,
  options: MachineOptions,
  { names, timeout }: { readonly names: readonly string[]; readonly timeout: number },
): Promise<number> {
  if (names.length > 0) throw new CommandFailure('Error: Too many arguments given');
  const host = session.env['DOCKER_HOST'] ?? '';
  return withMachines(session, options, { title: 'active', quiet: true }, async (context) => {
    const stored = host === '' ? [] : await context.store.list();
    const hostOf = hostsOf(context);
    for (const machine of stored) {
      if (!('record' in machine)) continue;
      const url = engineAddress(machine.record, machine.path)?.url ?? '';
      if (activity(url, await readSwarm(machine.path), host).Active === '-') continue;
      const { state } = await statusOf(context, machine, hostOf, timeout * 1000);
      if (state === 'Timeout') throw new CommandFailure('Error getting active host: timeout');
      if (state !== 'Running') continue;
      session.stdout.write(`${machine.name}\n`);
      return 0;
    }
    throw new CommandFailure('No active host found');
  });
}

/** `machine version`: of this program, or of the engine of a machine. */
export async function machineVersion(
  session: Session,
  options: MachineOptions,
  names: readonly string[],
): Promise<number> {
  if (names.length === 0) {
    const { title, version } = identityOf(session.programName, session.version);
    session.stdout.write(`${title} version ${version}, build tcompose\n`);
    return 0;
  }
  return withMachines(session, options, { title: 'version', quiet: true }, async (context) => {
    const hostOf = hostsOf(context);
    const known = await oneMachine(context.store, names);
    const machine = await runningMachine(context, known, hostOf);
    session.stdout.write(`${await versionOf(context, machine, hostOf)}\n`);
    return 0;
  });
}

/** @throws CommandFailure in the words of docker-machine when the engine cannot be asked */
async function versionOf(
  context: MachineContext,
  machine: KnownMachine,
  hostOf: HostOf,
): Promise<string> {
  try {
    return await engineVersion(context, machine, hostOf, context.signal);
  } catch (error) {
    context.signal.throwIfAborted();
    const { message, hint } = wordsOf(error);
    throw new CommandFailure(`Unable to query docker version: ${message}`, hint);
  }
}

/**
 * @throws CommandFailure for one that was no master of a Swarm v1, when that one is asked for
 */
export async function checkSwarmMaster(
  { name, path }: KnownMachine,
  { swarm, failure }: { readonly swarm: boolean; readonly failure: string },
): Promise<void> {
  if (!swarm || (await readSwarm(path)).master) return;
  throw new CommandFailure(
    `${failure}: ${JSON.stringify(name)} is not a swarm master. The --swarm flag is intended for use with swarm masters`,
  );
}

/** @throws CommandFailure for a machine that has no address yet */
export function addressOf({ name, record, path }: KnownMachine): {
  readonly url: string;
  readonly certificates?: string;
} {
  const address = engineAddress(record, path);
  if (address !== undefined) return address;
  throw new CommandFailure(
    `Machine ${JSON.stringify(name)} has no address yet`,
    'its creation is not finished; create it again to go on',
  );
}
