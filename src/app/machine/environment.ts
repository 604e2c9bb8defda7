import { basename } from 'node:path';
import type { MachineContext } from '../../machines/machine-context.ts';
import { shellLines, type ShellVariable } from '../../output/machine/shell-variables.ts';
import { connectEngine } from '../../engine/engine.ts';
import { findEndpoint } from '../../engine/endpoint.ts';
import { CommandFailure } from '../failure.ts';
import { localFiles } from '../file-access.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import { plainAddress } from './engine-address.ts';
import { withTls } from './engine-version.ts';
import type { MachineOptions } from './options.ts';
import { addressOf, checkSwarmMaster } from './read.ts';
import { runningMachine } from './running.ts';
import { oneMachine, type KnownMachine } from './target.ts';

export interface EnvironmentRequest {
  readonly names: readonly string[];
  /** Empty: the one that $SHELL names. */
  readonly shell: string;
  readonly unset: boolean;
  readonly noProxy: boolean;
  /** Variables for a Swarm v1; there is none, but machines that were no master of one were refused. */
  readonly swarm: boolean;
  /** What was typed, for the hint how to have it evaluated. */
  readonly commandLine: string;
}

const NAMES = ['DOCKER_TLS_VERIFY', 'DOCKER_HOST', 'DOCKER_CERT_PATH', 'DOCKER_MACHINE_NAME'];

/** Milliseconds that an engine with TLS has to show its certificate. */
const TLS_PATIENCE = 20_000;

/** `machine env`: what a shell evaluates so that docker's client and tcompose use a machine's engine. */
export async function machineEnvironment(
  session: Session,
  options: MachineOptions,
  request: EnvironmentRequest,
): Promise<number> {
  const { names, unset, commandLine } = request;
  if (unset && names.length > 0) {
    throw new CommandFailure('Error: Expected no machine name when the -u flag is present');
  }
  if (unset) {
    const shell = shellOf(session, request);
    const all = [
      ...NAMES,
      ...ownChoice(session),
      ...(request.noProxy ? [proxyVariable(session).name] : []),
    ];
    const variables = all.map((name) => ({ name, value: undefined }));
    session.stdout.write(shellLines(variables, { shell, commandLine }));
    return 0;
  }
  return withMachines(session, options, { title: 'env', quiet: true }, async (context) => {
    const machine = await runningMachine(context, await oneMachine(context.store, names));
    const { swarm } = request;
    await checkSwarmMaster(machine, { swarm, failure: 'Error checking TLS connection' });
    const { url, certificates } = addressOf(machine);
    if (certificates !== undefined) await checkTls(context, { url, certificates });
    const shell = shellOf(session, request);
    const variables: ShellVariable[] = [
      { name: 'DOCKER_TLS_VERIFY', value: certificates === undefined ? undefined : '1' },
      { name: 'DOCKER_HOST', value: url },
      { name: 'DOCKER_CERT_PATH', value: certificates },
      { name: 'DOCKER_MACHINE_NAME', value: machine.name },
      ...ownChoice(session).map((name) => ({ name, value: undefined })),
      ...(request.noProxy ? [withoutProxy(session, machine)] : []),
    ];
    session.stdout.write(shellLines(variables, { shell, commandLine }));
    return 0;
  });
}

/** What would choose another engine than DOCKER_HOST, for tcompose alone. */
function ownChoice({ env }: Session): readonly string[] {
  return (env['TCOMPOSE_MACHINE'] ?? '') === '' ? [] : ['TCOMPOSE_MACHINE'];
}

function shellOf({ env }: Session, { shell }: EnvironmentRequest): string {
  if (shell !== '') return shell;
  const named = env['SHELL'] ?? '';
  if (named !== '') return basename(named);
  throw new CommandFailure('Error: Unknown shell', 'say which with --shell, as --shell bash');
}

/** The lower-case name is looked at first, as by docker-machine and by curl. */
function proxyVariable({ env }: Session): { readonly name: string; readonly value: string } {
  const lower = env['no_proxy'] ?? '';
  if (lower !== '') return { name: 'no_proxy', value: lower };
  return { name: 'NO_PROXY', value: env['NO_PROXY'] ?? '' };
}

function withoutProxy(session: Session, { record }: KnownMachine): ShellVariable {
  const { name, value } = proxyVariable(session);
  const address = plainAddress(record);
  const listed = value.split(',').map((each) => each.trim());
  if (address === '' || listed.includes(address)) return { name, value };
  return { name, value: value === '' ? address : `${value},${address}` };
}

/** Variables that lead to an engine whose certificate does not fit would only fail later and elsewhere. */
async function checkTls(
  { providerContext: { env }, signal }: MachineContext,
  { url, certificates }: { readonly url: string; readonly certificates: string },
): Promise<void> {
  try {
    const endpoint = findEndpoint({
      flags: {
        host: url,
        ...withTls(certificates),
      },
      env: { HOME: env['HOME'] },
      files: localFiles(env),
    });
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TLS_PATIENCE)]);
    (await connectEngine(endpoint, { signal: limit })).close();
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(
      `Error checking TLS connection: ${why}`,
      'if its certificates are wrong, "machine regenerate-certs" makes new ones',
    );
  }
}
