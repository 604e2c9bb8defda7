import { machineEnvironment, type EnvironmentRequest } from '../../../app/machine/environment.ts';
import { listMachines } from '../../../app/machine/list.ts';
import {
  activeMachine,
  inspectMachine,
  machineAddresses,
  machineConfig,
  machineStatus,
  machineUrl,
  machineVersion,
} from '../../../app/machine/read.ts';
import type { Invocation } from '../../invocation.ts';
import { commandLineOf, machineOptions } from './options.ts';

/** Runs `machine active`. */
export function active(invocation: Invocation): Promise<number> {
  const { flags, args, session } = invocation;
  return activeMachine(session, machineOptions(invocation), {
    names: args,
    timeout: flags.int('timeout'),
  });
}

/** Runs `machine config`. */
export function config(invocation: Invocation): Promise<number> {
  const { flags, args, session } = invocation;
  return machineConfig(session, machineOptions(invocation), {
    names: args,
    swarm: flags.bool('swarm'),
  });
}

/** Runs `machine env`. */
export function env(invocation: Invocation): Promise<number> {
  return machineEnvironment(
    invocation.session,
    machineOptions(invocation),
    environmentRequest(invocation),
  );
}

/** Runs `machine use`, which is `env` for those who have a shell evaluate it anyway. */
export function use(invocation: Invocation): Promise<number> {
  return env(invocation);
}

function environmentRequest(invocation: Invocation): EnvironmentRequest {
  const { flags, args } = invocation;
  return {
    names: args,
    shell: flags.string('shell'),
    unset: flags.bool('unset'),
    noProxy: flags.bool('no-proxy'),
    swarm: flags.bool('swarm'),
    commandLine: commandLineOf(invocation),
  };
}

/** Runs `machine inspect`. */
export function inspect(invocation: Invocation): Promise<number> {
  const { flags, args, session } = invocation;
  return inspectMachine(session, machineOptions(invocation), {
    names: args,
    format: flags.string('format'),
  });
}

/** Runs `machine ip`. */
export function ip(invocation: Invocation): Promise<number> {
  return machineAddresses(invocation.session, machineOptions(invocation), invocation.args);
}

/** Runs `machine ls`. */
export function ls(invocation: Invocation): Promise<number> {
  const { flags, session } = invocation;
  return listMachines(session, machineOptions(invocation), {
    filters: flags.list('filter'),
    format: flags.string('format'),
    quiet: flags.bool('quiet'),
    timeout: flags.int('timeout'),
  });
}

/** Runs `machine status`. */
export function status(invocation: Invocation): Promise<number> {
  return machineStatus(invocation.session, machineOptions(invocation), invocation.args);
}

/** Runs `machine url`. */
export function url(invocation: Invocation): Promise<number> {
  return machineUrl(invocation.session, machineOptions(invocation), invocation.args);
}

/** Runs `machine version`, and `machine --version`. */
export function version(invocation: Invocation): Promise<number> {
  const { args, session } = invocation;
  return machineVersion(session, machineOptions(invocation), args);
}
