import { createMachine } from '../../machines/lifecycle/create.ts';
import {
  ENGINE_PORT,
  type CreateMachineRequest,
  type CreatedMachine,
} from '../../machines/lifecycle/create-request.ts';
import { eachMachine, machineNames } from '../../machines/lifecycle/several.ts';
import { isMachineError } from '../../machines/machine-error.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import type { EngineOptions } from '../../machines/store/machine-record.ts';
import type { SwarmOptions } from '../../output/machine/legacy-options.ts';
import type { Provider, ProviderFlagValues, ProviderSettings } from '../../providers/provider.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import {
  isWithoutCredentials,
  joinFailures,
  sortOutcomes,
  wordsOf,
  type MachineFailure,
} from './failures.ts';
import { LEGACY_FILE, legacyText } from './legacy-file.ts';
import type { MachineOptions } from './options.ts';
import type { Tell } from './progress.ts';
import { providerSettings, settingsWords } from './provider-settings.ts';
import { providerNamed } from './providers.ts';
import { rehearse } from './rehearse.ts';

export interface CreateMachinesRequest {
  readonly names: readonly string[];
  /** How many of each name: NAME-1, NAME-2 … */
  readonly count: number | undefined;
  readonly parallel: number;
  readonly driver: string;
  /** Values of the provider's flags that were given, by name. */
  readonly given: ProviderFlagValues;
  readonly engine: EngineOptions;
  /** Also changes an engine that is there already. */
  readonly configure: boolean;
  /** Begins anew where an earlier create had other settings. */
  readonly force: boolean;
  /** Removes what was made when it fails or is interrupted; else the same command goes on. */
  readonly rollback: boolean;
  /** What was said about Swarm v1; undefined: nothing. */
  readonly swarm: SwarmOptions | undefined;
  /** What to type for the variables of a machine: `docker-machine env`. */
  readonly envCommand: string;
  readonly dryRun: boolean;
}

/** `machine create`: makes machines, or goes on with what an earlier call has begun. */
export async function createMachines(
  session: Session,
  options: MachineOptions,
  request: CreateMachinesRequest,
): Promise<number> {
  const provider = await providerNamed(request.driver, session);
  const names = checkNames(request, provider);
  checkSwarm(session, request.swarm);
  await refuseExisting(session, options, names);
  const { settings, env } = await providerSettings(session, request.driver, request.given);
  const title = 'create';
  return withMachines({ ...session, env }, options, { title }, async (context, tell) => {
    if (request.dryRun) {
      const { engine } = request;
      const failure = await rehearse(session, context, { names, provider, settings, engine });
      if (failure !== undefined) throw joinFailures([failure], createWords);
      return 0;
    }
    const each = { limit: request.parallel, signal: context.signal };
    const outcomes = await eachMachine(names, each, async (name) => {
      const created = await createMachine(context, creation(name, settings, request));
      if (request.swarm !== undefined) await rememberSwarm(context, name, request.swarm);
      return created;
    });
    context.signal.throwIfAborted();
    const { done, failures } = sortOutcomes(outcomes);
    for (const { name, value } of done) tellCreated(tell, name, value, request);
    if (failures.length > 0) throw joinFailures(failures, createWords);
    return 0;
  });
}

/** @throws CommandFailure in the words of docker-machine */
function checkNames(
  { names, count }: CreateMachinesRequest,
  provider: Provider,
): readonly string[] {
  if (!provider.makesInstances && (names.length > 1 || count !== undefined)) {
    const extra = names.length > 1 ? ` Found extra arguments [${names.slice(1).join(' ')}]` : '';
    throw new CommandFailure(
      `Invalid command line.${extra}`,
      `the driver ${provider.name} is for one machine at a time`,
    );
  }
  try {
    return machineNames(names, count);
  } catch (error) {
    // Without more words: scripts look at the last line.
    throw new CommandFailure(`Error creating machine: ${wordsOf(error).message}`);
  }
}

/** What exists is told before what is wrong with flags, which then does not matter any more. */
function refuseExisting(
  session: Session,
  options: MachineOptions,
  names: readonly string[],
): Promise<void> {
  return withMachines(session, options, { title: 'create', quiet: true }, async ({ store }) => {
    for (const machine of await store.list()) {
      const ready = 'fault' in machine || machine.record.phase === 'ready';
      if (!ready || !names.includes(machine.name)) continue;
      throw new CommandFailure(`Docker machine ${JSON.stringify(machine.name)} already exists`);
    }
  });
}

function checkSwarm({ stderr }: Session, swarm: SwarmOptions | undefined): void {
  if (swarm === undefined) return;
  if (swarm.discovery !== '' && !/[^:]*:\/\/.*/.test(swarm.discovery)) {
    throw new CommandFailure(
      `Error parsing swarm discovery: Swarm Discovery URL was in the wrong format: ${swarm.discovery}`,
    );
  }
  stderr.write(
    'warning: Swarm v1 is gone: what --swarm says is remembered for "ls --filter swarm=" and otherwise without effect\n',
  );
}

function creation(
  name: string,
  settings: ProviderSettings,
  request: CreateMachinesRequest,
): CreateMachineRequest {
  const unfinished = request.rollback ? 'rollback' : 'keep';
  return {
    name,
    provider: request.driver,
    settings,
    engine: withEnginePort(request.engine, settings),
    configure: request.configure,
    force: request.force,
    onFailure: unfinished,
    onInterrupt: unfinished,
  };
}

/** The port that `--generic-engine-port` names, as long as `--engine-tls-port` names no other. */
export function withEnginePort(
  engine: EngineOptions,
  { enginePort }: ProviderSettings,
): EngineOptions {
  return engine.tlsPort === ENGINE_PORT && typeof enginePort === 'number'
    ? { ...engine, tlsPort: enginePort }
    : engine;
}

async function rememberSwarm(
  { store, signal }: MachineContext,
  name: string,
  swarm: SwarmOptions,
): Promise<void> {
  await store.withMachine(name, { create: false, timeout: Infinity, signal }, (folder) =>
    folder.writeFile(LEGACY_FILE, legacyText(swarm)),
  );
}

function tellCreated(
  tell: Tell,
  name: string,
  { report }: CreatedMachine,
  { envCommand }: CreateMachinesRequest,
): void {
  for (const line of report?.left ?? []) tell(`(${name}) left as it is: ${line}`);
  tell(
    `To see how to connect your Docker Client to the Docker Engine running on this virtual machine, run: ${envCommand} ${name}`,
  );
}

/** As docker-machine worded it; what exists already is told without more words. */
function createWords({ error }: MachineFailure): string {
  const { message } = wordsOf(error);
  if (isMachineError(error, 'already-exists')) return message;
  if (isWithoutCredentials(error)) return settingsWords(message);
  if (isMachineError(error, 'pre-create')) {
    return `Error with pre-create check: ${JSON.stringify(message)}`;
  }
  const step = isMachineError(error) && error.step !== undefined ? `${error.step}: ` : '';
  return `Error creating machine: ${step}${message}`;
}
