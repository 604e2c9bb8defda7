import { createMachines } from '../../../app/machine/create.ts';
import { CommandFailure } from '../../../app/failure.ts';
import { isTrue } from '../../../app/true-words.ts';
import type { EngineOptions } from '../../../machines/store/machine-record.ts';
import type { SwarmOptions } from '../../../output/machine/legacy-options.ts';
import type { ProviderFlagValues } from '../../../providers/provider.ts';
import type { CommandDefinition, FlagDefinition } from '../../definition.ts';
import type { FlagValues } from '../../flag-values.ts';
import { commandHelp } from '../../help.ts';
import type { Invocation } from '../../invocation.ts';
import { sharedCreateFlags } from '../../machine/create-flags.ts';
import { withMoreFlags } from '../../more-flags.ts';
import { UsageError } from '../../usage-error.ts';
import { typedLine } from '../../usage-words.ts';
import { machineOptions } from './options.ts';
import { providerFlags } from './provider-flags.ts';

/** Reads the flags of `machine create` and runs it. */
export async function run(invocation: Invocation, command: CommandDefinition): Promise<number> {
  const { flags, args, session, dryRun } = invocation;
  const { env, programName } = session;
  const driver = flags.string('driver') || (env['MACHINE_DRIVER'] ?? '');
  if (args.length === 0 || args[0] === '') {
    const whole = await withMoreFlags(command, ['-d', driver], session);
    session.stdout.write(commandHelp(programName, whole));
    throw new UsageError('Error: No machine name specified');
  }
  if (driver === '') {
    throw new UsageError(
      'Error: No driver specified',
      'say where to create it: -d amazonec2, -d digitalocean, -d generic or -d none',
    );
  }
  const definitions = await providerFlags(['-d', driver], session);
  const engine = engineOptions(flags, env);
  return createMachines(session, machineOptions(invocation), {
    names: args,
    count: flags.givenInt('count'),
    parallel: parallelism(flags.int('parallel')),
    driver,
    given: givenValues(flags, definitions),
    engine,
    // Certificates that the engine does not know would lead nowhere.
    configure: flags.bool('configure') || engine.tlsPort !== undefined,
    force: flags.bool('force'),
    rollback: flags.bool('rollback'),
    swarm: swarmOptions(flags),
    envCommand: typedLine(programName, 'machine env'),
    dryRun,
  });
}

/** @throws CommandFailure for what is no number of machines that can be worked on at once */
export function parallelism(count: number): number {
  if (count >= 1) return count;
  throw new CommandFailure(`--parallel: ${count} is no number of machines`);
}

/** Only what was given: environment and defaults are the provider's. */
export function givenValues(
  flags: FlagValues,
  definitions: readonly FlagDefinition[],
): ProviderFlagValues {
  const given = definitions.filter(({ name }) => flags.changed(name));
  return Object.fromEntries(
    given.map(({ name, type }) => {
      switch (type) {
        case 'bool':
          return [name, flags.bool(name)];
        case 'int':
        case 'bytes':
          return [name, flags.int(name)];
        case 'list':
        case 'filter':
          return [name, flags.list(name)];
        case 'string':
          return [name, flags.string(name)];
      }
    }),
  );
}

const SOURCES = ['auto', 'distribution', 'docker', 'none'] as const;

function engineOptions(
  flags: FlagValues,
  env: Readonly<Record<string, string | undefined>>,
): EngineOptions {
  const source = SOURCES.find((each) => each === flags.string('engine-source'));
  if (source === undefined) {
    throw new UsageError(
      `unsupported --engine-source value ${JSON.stringify(flags.string('engine-source'))}`,
      `use one of ${SOURCES.join(', ')}`,
    );
  }
  const version = flags.string('engine-version');
  const installUrl = flags.string('engine-install-url') || env['MACHINE_DOCKER_INSTALL_URL'] || '';
  const storageDriver = flags.string('engine-storage-driver');
  const mirrors = flags.list('engine-registry-mirror');
  const mirror = env['ENGINE_REGISTRY_MIRROR'] ?? '';
  const tls = flags.changed('engine-tls')
    ? flags.bool('engine-tls')
    : isTrue(env['MACHINE_ENGINE_TLS']);
  return {
    source,
    ...(version === '' ? {} : { version }),
    ...(installUrl === '' ? {} : { installUrl }),
    labels: flags.list('engine-label'),
    options: flags.list('engine-opt'),
    insecureRegistries: flags.list('engine-insecure-registry'),
    registryMirrors: mirrors.length === 0 && mirror !== '' ? mirror.split(',') : mirrors,
    ...(storageDriver === '' ? {} : { storageDriver }),
    env: flags.list('engine-env'),
    ...(tls ? { tlsPort: flags.int('engine-tls-port') } : {}),
    tlsSans: flags.list('tls-san'),
  };
}

/** Undefined unless something about Swarm v1 was said. */
function swarmOptions(flags: FlagValues): SwarmOptions | undefined {
  const names = sharedCreateFlags
    .map(({ name }) => name)
    .filter((name) => name.startsWith('swarm'));
  if (!names.some((name) => flags.changed(name))) return undefined;
  return {
    isSwarm: flags.bool('swarm') || flags.bool('swarm-master'),
    agent: flags.bool('swarm'),
    master: flags.bool('swarm-master'),
    discovery: flags.string('swarm-discovery'),
    host: flags.string('swarm-host'),
    address: flags.string('swarm-addr'),
    strategy: flags.string('swarm-strategy'),
    image: flags.string('swarm-image'),
    options: flags.list('swarm-opt'),
    joinOptions: flags.list('swarm-join-opt'),
    experimental: flags.bool('swarm-experimental'),
  };
}
