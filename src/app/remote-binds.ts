import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { basename, posix, relative, sep } from 'node:path';
import type { Diagnostic } from '../compose/diagnostic.ts';
import type { Project, ServiceVolume } from '../compose/model.ts';
import type { SshHost } from '../machines/ssh/ssh-host.ts';
import { InvalidProject } from './failure.ts';
import type { Operation } from './operation.ts';
import { remoteOf } from './remote-engine.ts';

/** A bind mount whose source is a part of the project on this computer. */
interface LocalBind {
  readonly service: string;
  readonly index: number;
  readonly source: string;
}

/**
 * Bind mounts of the project's own files on an engine of another host: there they would be empty directories.
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
  const binds = localBinds(project);
  if (binds.length === 0) return project;
  const host = await remote.host();
  if (!sync) {
    const there = await present(host, binds, operation.session.signal);
    const missing = binds.filter(({ source }) => !there.has(source));
    if (missing.length === 0) return project;
    throw new InvalidProject(missing.map((bind) => explain(bind, project, host.target.title)));
  }
  const folders = new Map<string, string>();
  const { session, onEvent } = operation;
  const home = await host.run(['pwd'], { signal: session.signal });
  const root = posix.join(home.stdout.trim(), '.tcompose/binds', project.name);
  const { syncFolder } = await import('../machines/ssh/sync-folder.ts');
  for (const source of new Set(binds.map((bind) => bind.source))) {
    const digest = createHash('sha256').update(source).digest('hex').slice(0, 12);
    const folder = posix.join(root, digest);
    folders.set(
      source,
      statSync(source).isDirectory() ? folder : posix.join(folder, basename(source)),
    );
    if (!act) continue;
    const { sent, removed } = await syncFolder(host, source, folder, session.signal);
    if (sent + removed > 0) {
      const text = `${shown(source, project)}: ${sent} ${sent === 1 ? 'file' : 'files'} sent to ${host.target.title}, ${removed} removed there`;
      onEvent({ type: 'message', level: 'info', text });
    }
  }
  return mountedFrom(project, folders);
}

function localBinds(project: Project): readonly LocalBind[] {
  return Object.entries(project.services).flatMap(([service, { volumes = [] }]) =>
    volumes.flatMap((volume, index): readonly LocalBind[] => {
      const { type, source = '' } = volume;
      const own = type === 'bind' && isBelow(source, project.workingDir) && existsSync(source);
      return own ? [{ service, index, source }] : [];
    }),
  );
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
  return {
    severity: 'error',
    code: 'engine/remote-bind',
    message: `${shown(source, project)} is on this computer, but the engine is on ${host}, which has no ${source}: the container would get an empty directory`,
    path: `services.${service}.volumes[${index}]`,
    hint: 'copy it there with each "up --sync-binds", put it into the image, or use a named volume',
  };
}

function mountedFrom(project: Project, folders: ReadonlyMap<string, string>): Project {
  const moved = (volume: ServiceVolume): ServiceVolume => {
    const source = volume.type === 'bind' ? folders.get(volume.source ?? '') : undefined;
    return source === undefined ? volume : { ...volume, source };
  };
  const services = Object.entries(project.services).map(([name, service]) => [
    name,
    service.volumes === undefined ? service : { ...service, volumes: service.volumes.map(moved) },
  ]);
  return { ...project, services: Object.fromEntries(services) as Project['services'] };
}

function shown(source: string, project: Project): string {
  const path = relative(project.workingDir, source);
  return path === '' ? '.' : `./${path}`;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
