import { applyMachines } from '../../../app/machine/apply.ts';
import { admitComputer, authorizeKeys } from '../../../app/machine/authorize.ts';
import { exportMachines as exportAll } from '../../../app/machine/export.ts';
import { collectMachineGarbage } from '../../../app/machine/garbage.ts';
import { importMachines as importAll, type ImportSource } from '../../../app/machine/import.ts';
import { providerSettings } from '../../../app/machine/provider-settings.ts';
import type { Session } from '../../../app/session.ts';
import type { ProviderChoice } from '../../../machines/lifecycle/accounts.ts';
import type { Invocation } from '../../invocation.ts';
import { UsageError } from '../../usage-error.ts';
import { givenValues, parallelism } from './create.ts';
import { machineOptions } from './options.ts';
import { providerFlags } from './provider-flags.ts';

/** Reads the flags of `machine apply` and runs it. */
export function apply(invocation: Invocation): Promise<number> {
  const { flags, args, session, dryRun } = invocation;
  const [path, ...more] = args;
  if (path === undefined || more.length > 0) {
    throw new UsageError('machine apply needs one file', 'as machine apply machines.yaml');
  }
  return applyMachines(session, machineOptions(invocation), {
    path,
    prune: flags.bool('prune'),
    replace: flags.bool('replace'),
    parallel: parallelism(flags.int('parallel')),
    yes: flags.bool('yes'),
    dryRun,
    format: flags.string('format'),
  });
}

/** Reads the flags of `machine gc` and runs it. */
export async function gc(invocation: Invocation): Promise<number> {
  const { flags, dryRun } = invocation;
  const account = await accountOf(invocation);
  return collectMachineGarbage(account.session, machineOptions(invocation), {
    besides: account.choice === undefined ? [] : [account.choice],
    yes: flags.bool('yes') || flags.bool('force'),
    dryRun,
    format: flags.string('format'),
  });
}

/** Reads the flags of `machine import` and runs it. */
export async function importMachines(invocation: Invocation): Promise<number> {
  const { args } = invocation;
  const { choice, session } = await accountOf(invocation);
  if (choice === undefined && args.length > 1) {
    throw new UsageError('name one export or one store', 'several files are imported one by one');
  }
  const source: ImportSource =
    choice === undefined
      ? { kind: 'path', path: args[0] }
      : { kind: 'account', choice, names: args };
  return importAll(session, machineOptions(invocation), source);
}

/** The account that `-d` and the flags of its provider name; secrets among them are in the environment then. */
async function accountOf({ flags, session }: Invocation): Promise<{
  readonly choice: ProviderChoice | undefined;
  readonly session: Session;
}> {
  const provider = flags.string('driver');
  if (provider === '') return { choice: undefined, session };
  const definitions = await providerFlags(['-d', provider], session);
  const given = givenValues(flags, definitions);
  const { settings, env } = await providerSettings(session, provider, given);
  return { choice: { provider, settings }, session: { ...session, env } };
}

/** Reads the flags of `machine export` and runs it. */
export function exportMachines(invocation: Invocation): Promise<number> {
  const { flags, args, session } = invocation;
  return exportAll(session, machineOptions(invocation), {
    names: args,
    output: flags.string('output'),
  });
}

/** Reads the flags of `machine authorize` and runs it. */
export function authorize(invocation: Invocation): Promise<number> {
  const { flags, args, session } = invocation;
  const keys = flags.list('key');
  const remove = flags.bool('remove');
  if (remove && keys.length === 0) {
    throw new UsageError('--remove needs --key', 'name the key, or its comment');
  }
  if (flags.bool('address')) {
    if (keys.length > 0) throw new UsageError('--address and --key are two things', 'give one');
    return admitComputer(session, machineOptions(invocation), args);
  }
  return authorizeKeys(session, machineOptions(invocation), { names: args, keys, remove });
}
