import { examineMachines } from '../../../app/machine/doctor.ts';
import {
  provisionMachines,
  renewCertificates,
  upgradeMachines,
} from '../../../app/machine/reprovision.ts';
import type { Invocation } from '../../invocation.ts';
import { machineOptions } from './options.ts';

/** Reads the flags of `machine provision` and runs it. */
export function provision(invocation: Invocation): Promise<number> {
  const { flags, args, session, dryRun } = invocation;
  return provisionMachines(session, machineOptions(invocation), {
    names: args,
    configure: flags.bool('configure'),
    engineTls: flags.changed('engine-tls') ? flags.bool('engine-tls') : undefined,
    dryRun,
  });
}

/** Reads the flags of `machine upgrade` and runs it. */
export function upgrade(invocation: Invocation): Promise<number> {
  const { flags, args, session, dryRun } = invocation;
  return upgradeMachines(session, machineOptions(invocation), {
    names: args,
    version: flags.string('engine-version'),
    dryRun,
  });
}

/** Reads the flags of `machine regenerate-certs` and runs it. */
export function certificates(invocation: Invocation): Promise<number> {
  const { flags, args, session, dryRun } = invocation;
  return renewCertificates(session, machineOptions(invocation), {
    names: args,
    force: flags.bool('force') || dryRun,
    dryRun,
    clients: flags.bool('client-certs'),
  });
}

/** Reads the flags of `machine doctor` and runs it. */
export function doctor(invocation: Invocation): Promise<number> {
  const { flags, args, session } = invocation;
  return examineMachines(session, machineOptions(invocation), {
    names: args,
    format: flags.string('format'),
  });
}
