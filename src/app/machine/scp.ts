import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import type { MachineContext } from '../../machines/machine-context.ts';
import type { TransferOptions, TransferProgress } from '../../machines/ssh/ssh-host.ts';
import { isExpected, wordsOf } from './failures.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import { parseCopyEnd, type CopyEnd } from './copy-ends.ts';
import { requireProgram, runLocalProgram } from './local-program.ts';
import type { MachineOptions } from './options.ts';
import { reach, refuseWithoutSsh } from './ssh.ts';
import { sshDestination, sshOptions } from './ssh-arguments.ts';
import { knownMachine, type KnownMachine } from './target.ts';

export interface CopyRequest {
  /** Source and target. */
  readonly words: readonly string[];
  readonly recursive: boolean;
  /** Send only what differs, with rsync. */
  readonly delta: boolean;
  readonly quiet: boolean;
}

type MachineEnd = Extract<CopyEnd, { kind: 'machine' }>;

/** `machine scp`: copies between this computer and machines, and from machine to machine. */
export function copyFiles(
  session: Session,
  options: MachineOptions,
  request: CopyRequest,
): Promise<number> {
  const [from, to, ...more] = request.words;
  if (from === undefined || to === undefined || more.length > 0) {
    throw new CommandFailure(
      'Improper number of arguments',
      'name one source and one target, one of them as MACHINE:PATH',
    );
  }
  const ends = { source: parseCopyEnd(from), target: parseCopyEnd(to) };
  const quiet = request.quiet || request.delta;
  return withMachines(session, options, { title: 'scp', quiet }, async (context) => {
    if (request.delta) return copyDelta(session, context, ends, request);
    const { recursive } = request;
    const transfer = { recursive, signal: context.signal };
    await copyEnds(session, context, ends, transfer);
    return 0;
  });
}

interface Ends {
  readonly source: CopyEnd;
  readonly target: CopyEnd;
}

async function copyEnds(
  session: Session,
  context: MachineContext,
  { source, target }: Ends,
  transfer: TransferOptions,
): Promise<void> {
  if (source.kind === 'local' && target.kind === 'local') throw noMachine();
  if (source.kind === 'local' && target.kind === 'machine') {
    const to = await reach(context, await machineOf(context, target));
    const onProgress = progressOf(context, target.machine);
    await to.upload(localPath(session, source.path), target.path, { ...transfer, onProgress });
    return;
  }
  if (source.kind === 'machine' && target.kind === 'local') {
    const from = await reach(context, await machineOf(context, source));
    const onProgress = progressOf(context, source.machine);
    await from.download(source.path, localPath(session, target.path), {
      ...transfer,
      onProgress,
    });
    return;
  }
  if (source.kind === 'machine' && target.kind === 'machine') {
    await copyThrough(context, { source, target }, transfer);
  }
}

/** The whole path; a slash at its end still says that it is a folder. */
function localPath({ cwd }: Session, path: string): string {
  const whole = resolve(cwd, path);
  return path.endsWith('/') && !whole.endsWith('/') ? `${whole}/` : whole;
}

/** From machine to machine through this computer: neither needs to reach, or trust, the other. */
async function copyThrough(
  context: MachineContext,
  { source, target }: { readonly source: MachineEnd; readonly target: MachineEnd },
  transfer: TransferOptions,
): Promise<void> {
  const [from, to] = await Promise.all([
    machineOf(context, source).then((machine) => reach(context, machine)),
    machineOf(context, target).then((machine) => reach(context, machine)),
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'tcompose-scp-'));
  try {
    // A folder that is named by its way, such as `.`, has no name of its own.
    const name = basename(source.path);
    const between = join(folder, ['', '.', '..'].includes(name) ? 'files' : name);
    const fromProgress = progressOf(context, source.machine);
    await from.download(source.path, between, { ...transfer, onProgress: fromProgress });
    const toProgress = progressOf(context, target.machine);
    await to.upload(between, target.path, { ...transfer, onProgress: toProgress });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function progressOf(
  { onEvent }: MachineContext,
  machine: string,
): (progress: TransferProgress) => void {
  let shown = -1;
  return ({ path, done, total }) => {
    const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
    if (percent === shown) return;
    shown = percent;
    onEvent({ type: 'detail', machine, text: `${path} ${percent}%` });
  };
}

async function copyDelta(
  session: Session,
  context: MachineContext,
  { source, target }: Ends,
  { recursive, quiet }: CopyRequest,
): Promise<number> {
  if (source.kind === 'machine' && target.kind === 'machine') {
    throw new CommandFailure(
      'rsync cannot copy from one machine to another',
      'leave --delta out, or copy to this computer first',
    );
  }
  const end = source.kind === 'machine' ? source : target;
  if (end.kind === 'local') throw noMachine();
  const missing = 'You must have a copy of the rsync binary locally to use the --delta option';
  requireProgram(session, 'rsync', missing);
  await requireRemoteRsync(context, await machineOf(context, end));
  // Its address may have been found anew.
  const machine = await machineOf(context, end);
  const remote = `ssh ${sshOptions(machine).map(rsyncWord).join(' ')}`;
  const place = (each: CopyEnd): string =>
    each.kind === 'local' ? each.path : `${sshDestination(machine, each.user)}:${each.path}`;
  return runLocalProgram(
    session,
    [
      'rsync',
      ...(quiet ? [] : ['--progress']),
      ...(recursive ? ['-r'] : []),
      // Times tell the next time what has not changed.
      '--times',
      '-e',
      remote,
      '--',
      place(source),
      place(target),
    ],
    missing,
  );
}

async function requireRemoteRsync(context: MachineContext, machine: KnownMachine): Promise<void> {
  const host = await reach(context, machine);
  const look = ['sh', '-c', 'command -v rsync'];
  const { code } = await host.run(look, { signal: context.signal });
  if (code === 0) return;
  const { name } = machine;
  throw new CommandFailure(
    `You must have a copy of the rsync binary on ${name} to use the --delta option`,
    `install it there ("machine ssh ${name} sudo apt-get install rsync"), or leave --delta out`,
  );
}

/** rsync splits its command at blanks and knows quotes, but no backslashes. */
function rsyncWord(word: string): string {
  return /[\s"']/.test(word) ? `"${word.replaceAll('"', '""')}"` : word;
}

async function machineOf(context: MachineContext, end: MachineEnd): Promise<KnownMachine> {
  try {
    const machine = await knownMachine(context.store, end.machine);
    refuseWithoutSsh(machine);
    if (end.user === undefined) return machine;
    const { record } = machine;
    return { ...machine, record: { ...record, ssh: { ...record.ssh, user: end.user } } };
  } catch (error) {
    if (!isExpected(error)) throw error;
    const { message, hint } = wordsOf(error);
    throw new CommandFailure(`Error loading host: ${message}`, hint);
  }
}

function noMachine(): CommandFailure {
  return new CommandFailure(
    'neither the source nor the target is on a machine',
    'write MACHINE:PATH for one of them',
  );
}
