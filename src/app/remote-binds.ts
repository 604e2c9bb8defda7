import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, posix, sep } from 'node:path';
import type { Diagnostic } from '../compose/diagnostic.ts';
import type { Project } from '../compose/model.ts';
import type { SshHost } from '../machines/ssh/ssh-host.ts';
import { BindCopies, bindCopiesOf, isBelow, noteBindCopies, shown } from './bind-copies.ts';
import { InvalidProject } from './failure.ts';
import type { Operation } from './operation.ts';
import { remoteOf } from './remote-engine.ts';
import { isTrue } from './true-words.ts';

/** Below the home directory of the user on the host: everything that is copied there. */
export const BINDS_FOLDER = '.tcompose/binds';

/** A bind mount whose source is on this computer. */
interface LocalBind {
  readonly service: string;
  readonly index: number;
  readonly source: string;
}

/** Whether bind mounts are to be copied, by the flag or TCOMPOSE_SYNC_BINDS. */
export function wantsSync(project: Project, flag: boolean | undefined): boolean {
  return flag === true || isTrue(project.environment['TCOMPOSE_SYNC_BINDS']);
}

/**
 * Finds the bind mounts of a project that are copied to its engine's host.
 *
 * @returns undefined where the engine is not on another host
 */
export async function openBindCopies(
  operation: Operation,
  project: Project,
): Promise<BindCopies | undefined> {
  const remote = remoteOf(operation.engine);
  if (remote === undefined) return undefined;
  const sources = new Set(localBinds(project, operation).map(({ source }) => source));
  const host = await remote.host();
  const root = posix.join(await homeOf(host, operation), BINDS_FOLDER, project.name);
  const binds = new BindCopies({ operation, project, host }, root, [...sources]);
  noteBindCopies(operation.engine, binds);
  return binds;
}

/**
 * Bind mounts of this computer's files on an engine of another host: there they would be empty directories.
 * With `sync` they are copied there, only what changed, and mounted from there; what is on the host already at the
 * same place is used as it is.
 *
 * @throws InvalidProject that names each bind mount that cannot work
 */
export async function withRemoteBinds(
  operation: Operation,
  project: Project,
  { sync, act }: { readonly sync: boolean; readonly act: boolean },
): Promise<Project> {
  const remote = remoteOf(operation.engine);
  if (remote === undefined) return project;
  const found = localBinds(project, operation);
  if (found.length === 0) return project;
  if (!sync) {
    const host = await remote.host();
    const there = await present(host, found, operation.session.signal);
    const missing = found.filter(({ source }) => !there.has(source));
    if (missing.length === 0) return project;
    throw new InvalidProject(missing.map((bind) => explain(bind, project, host.target.title)));
  }
  const binds = bindCopiesOf(operation.engine) ?? (await openBindCopies(operation, project));
  if (binds === undefined) return project;
  if (act) await syncBinds(operation, binds);
  return binds.moved(project);
}

/** Copies everything that changed, and tells of it as of all progress. */
export async function syncBinds(operation: Operation, binds: BindCopies): Promise<void> {
  const { session, onEvent } = operation;
  await binds.sync(binds.sources, {
    signal: session.signal,
    tell: (text) => onEvent({ type: 'message', level: 'info', text }),
  });
}

async function homeOf(host: SshHost, { session }: Operation): Promise<string> {
  const { stdout } = await host.run(['pwd'], { signal: session.signal });
  return stdout.replace(/\n$/, '');
}

/**
 * Bind mounts of files and directories that are here, in the project's directory, in the one above or in the user's
 * home. Other paths are those of the engine's host.
 */
function localBinds(project: Project, { session }: Operation): readonly LocalBind[] {
  const home = session.env['HOME'] || homedir();
  const above = dirname(project.workingDir);
  const isOurs = (source: string): boolean =>
    isBelow(source, project.workingDir) ||
    (source !== home && isBelow(source, home)) ||
    (above !== sep && source !== home && isBelow(source, above));
  return Object.entries(project.services).flatMap(([service, { volumes = [] }]) =>
    volumes.flatMap((volume, index): readonly LocalBind[] => {
      const { type, source = '' } = volume;
      const own = type === 'bind' && isOurs(source) && isFileOrDirectory(source);
      return own ? [{ service, index, source }] : [];
    }),
  );
}

function isFileOrDirectory(path: string): boolean {
  if (!existsSync(path)) return false;
  const found = statSync(path);
  return found.isFile() || found.isDirectory();
}

async function present(
  host: SshHost,
  binds: readonly LocalBind[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const script = 'for path; do if [ -e "$path" ]; then printf "%s\\0" "$path"; fi; done';
  const argv = ['sh', '-c', script, 'sh', ...binds.map(({ source }) => source)];
  return new Set((await host.run(argv, { signal })).stdout.split('\0'));
}

function explain(
  { service, index, source }: LocalBind,
  project: Project,
  host: string,
): Diagnostic {
  const what = statSync(source).isDirectory() ? 'an empty directory' : 'a directory';
  return {
    severity: 'error',
    code: 'engine/remote-bind',
    message: `${shown(source, project)} is on this computer, but the engine is on ${host}, which has no ${source}: the container would get ${what}`,
    path: `services.${service}.volumes[${index}]`,
    hint: 'have it copied there with --sync-binds (or TCOMPOSE_SYNC_BINDS=1), put it into the image, or use a named volume',
  };
}
