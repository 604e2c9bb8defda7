import { homedir } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { readFile } from 'node:fs/promises';
import { systemClock } from '../../foundation/clock.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import type { MachineEvent } from '../../machines/machine-event.ts';
import { machineTarget } from '../../machines/ssh/machine-target.ts';
import { openSshHost } from '../../machines/ssh/open-ssh-host.ts';
import type { SshHost } from '../../machines/ssh/ssh-host.ts';
import { openMachineStore, storePath } from '../../machines/store/open-store.ts';
import type { ProviderContext } from '../../providers/provider.ts';
import { MACHINE_PROGRAM, machineProgram } from '../identity.ts';
import type { Session } from '../session.ts';
import { sshContextOf, sshSources } from '../ssh.ts';
import { machineReporter, type Tell } from './progress.ts';
import { providersOf } from './providers.ts';
import type { MachineOptions } from './options.ts';
import { provisionWithCertificates } from './set-up.ts';
import { ownAddressOnce } from './own-address.ts';
import { takeOverOldMachines } from './take-over.ts';

/** What a use case says about itself. */
export interface MachineWork {
  /** What is going on, for the head line of a terminal and for those who wait: `create`. */
  readonly title: string;
  /** Nothing is told but warnings. */
  readonly quiet?: boolean;
}

/** Absolute path of the store that a command line means; under the name docker-machine, its variable counts first. */
export function machineStorePath(
  { env, cwd, programName }: Pick<Session, 'env' | 'cwd' | 'programName'>,
  { storagePath }: Pick<MachineOptions, 'storagePath'>,
): string {
  const old = programName === MACHINE_PROGRAM ? env['MACHINE_STORAGE_PATH'] : undefined;
  return resolve(cwd, storagePath || old || storePath(env, homeOf(env)));
}

/**
 * Runs work with everything that machines need: the store, providers, connections. Connections are closed and the
 * terminal is left as it was found, however the work ends.
 */
export async function withMachines<T>(
  session: Session,
  options: MachineOptions,
  { title, quiet = false }: MachineWork,
  work: (context: MachineContext, tell: Tell) => Promise<T>,
): Promise<T> {
  const reporter = machineReporter(session, options, { title, quiet });
  const hosts: SshHost[] = [];
  try {
    const context = contextOf({ session, options, title, onEvent: reporter.report, hosts });
    await takeOverOldMachines(context, (line) => {
      session.stderr.write(`warning: ${line}\n`);
    });
    return await work(context, reporter.tell);
  } finally {
    for (const host of hosts) host.close();
    reporter.close();
  }
}

interface Parts {
  readonly session: Session;
  readonly options: MachineOptions;
  readonly title: string;
  readonly onEvent: (event: MachineEvent) => void;
  /** Gets every host that is opened. */
  readonly hosts: SshHost[];
}

function contextOf({ session, options, title, onEvent, hosts }: Parts): MachineContext {
  const { env, cwd, signal, version, programName } = session;
  const sources = sshSources(session);
  const store = openMachineStore({
    path: machineStorePath(session, options),
    command: `${programName} ${title}`,
    program: machineProgram(programName),
    onWait: (what, holder) => {
      const machine = what.replace(/^machine /, '');
      const text = `${what} is being worked on by ${holder}: waiting until that is done`;
      onEvent({ type: 'warning', machine, text });
    },
    onWarning: (text) => session.stderr.write(`warning: ${text}\n`),
  });
  const providerContext: ProviderContext = {
    env,
    home: homeOf(env),
    signal,
    clock: systemClock,
    fetch: globalThis.fetch,
    readFile: (path) => readFile(isAbsolute(path) ? path : resolve(cwd, path), 'utf8'),
    ownAddress: ownAddressOnce(signal),
    caller: store.caller,
  };
  return {
    store,
    provider: providersOf(session),
    providerContext,
    openHost: (record, folder) => {
      const host = openSshHost(machineTarget(record, folder, sources), sshContextOf(session));
      hosts.push(host);
      return host;
    },
    provision: provisionWithCertificates(machineStorePath(session, options)),
    onEvent,
    clock: systemClock,
    signal,
    version,
  };
}

function homeOf(env: Session['env']): string {
  return env['HOME'] || homedir();
}
