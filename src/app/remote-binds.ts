import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { basename, posix, relative, sep } from 'node:path';
import { containerFiles } from '../compose/container-files.ts';
import type { Diagnostic } from '../compose/diagnostic.ts';
import type { FileObject, Project, ServiceVolume } from '../compose/model.ts';
import type { SshHost } from '../machines/ssh/ssh-host.ts';
import { InvalidProject } from './failure.ts';
import type { Operation } from './operation.ts';
import { remoteOf } from './remote-engine.ts';

/** A file or folder of this computer that containers are to see. */
interface LocalSource {
  /** Where the project says so. */
  readonly path: string;
  readonly source: string;
}

/** What is done about files that only this computer has. */
interface Reaching {
  /** Copies bind mounts to the host. */
  readonly sync: boolean;
  /** False: nothing is copied yet. */
  readonly act: boolean;
}

/**
 * What a project mounts from this computer, for an engine on another host. Configs and secrets that the host does not
 * have are copied into containers. Bind mounts of the project's own files would be empty directories: with `sync` they
 * are copied there, only what changed, and mounted from there. What is on the host already at the same place is used as
 * it is.
 *
 * @throws InvalidProject that names each bind mount that cannot work
 */
export async function withRemoteBinds(
  operation: Operation,
  project: Project,
  reaching: Reaching,
): Promise<Project> {
  const remote = remoteOf(operation.engine);
  if (remote === undefined) return project;
  const binds = localBinds(project);
  const given = givenFiles(project);
  if (binds.length === 0 && given.length === 0) return project;
  const host = await remote.host();
  const there = await present(host, [...binds, ...given], operation.session.signal);
  const elsewhere = given.filter(({ source }) => !there.has(source));
  // Nothing can be written into a container that is read-only.
  const sealed = elsewhere.filter((file) => file.sealed);
  if (!reaching.sync) {
    const missing = [...binds.filter(({ source }) => !there.has(source)), ...sealed];
    if (missing.length === 0) return unseeing(project, elsewhere);
    throw new InvalidProject(missing.map((each) => explain(each, project, host.target.title)));
  }
  const folders = await syncAll(operation, [...binds, ...sealed], { host, project, ...reaching });
  const rest = elsewhere.filter((file) => !file.sealed);
  return mountedFrom(unseeing(project, rest), folders);
}

/** Copies everything to the host. Gives where each source is then. */
async function syncAll(
  { session, onEvent }: Operation,
  sources: readonly LocalSource[],
  { host, project, act }: Reaching & { readonly host: SshHost; readonly project: Project },
): Promise<ReadonlyMap<string, string>> {
  const folders = new Map<string, string>();
  if (sources.length === 0) return folders;
  const home = await host.run(['pwd'], { signal: session.signal });
  const root = posix.join(home.stdout.trim(), '.tcompose/binds', project.name);
  const { syncFolder } = await import('../machines/ssh/sync-folder.ts');
  for (const source of new Set(sources.map((each) => each.source))) {
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
  return folders;
}

/** Bind mounts whose source is a part of the project on this computer. */
function localBinds(project: Project): readonly LocalSource[] {
  return Object.entries(project.services).flatMap(([service, { volumes = [] }]) =>
    volumes.flatMap((volume, index): readonly LocalSource[] => {
      const { type, source = '' } = volume;
      const own = type === 'bind' && isBelow(source, project.workingDir) && existsSync(source);
      return own ? [{ path: `services.${service}.volumes[${index}]`, source }] : [];
    }),
  );
}

/** A config or a secret that is a file here. */
interface GivenFile extends LocalSource {
  /** A service that has it is read-only. */
  readonly sealed: boolean;
}

function givenFiles(project: Project): readonly GivenFile[] {
  const files = new Map<string, GivenFile>();
  for (const service of Object.values(project.services)) {
    for (const { kind, object, reference } of containerFiles(project, service)) {
      const { file: source = '' } = object;
      if (source === '' || object.external === true || !existsSync(source)) continue;
      const path = `${kind}s.${reference.source ?? ''}.file`;
      const sealed = service.read_only === true || files.get(source)?.sealed === true;
      files.set(source, { path, source, sealed });
    }
  }
  return [...files.values()];
}

function unseeing(project: Project, files: readonly GivenFile[]): Project {
  return { ...project, unseenFiles: new Set(files.map(({ source }) => source)) };
}

async function present(
  host: SshHost,
  sources: readonly LocalSource[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const script = 'for path; do if [ -e "$path" ]; then printf "%s\\0" "$path"; fi; done';
  const argv = ['sh', '-c', script, 'sh', ...sources.map(({ source }) => source)];
  return new Set((await host.run(argv, { signal })).stdout.split('\0'));
}

function explain({ path, source }: LocalSource, project: Project, host: string): Diagnostic {
  const bind = path.startsWith('services.');
  const outcome = bind
    ? 'the container would get an empty directory'
    : 'it is copied into containers, but not into one that is read-only';
  return {
    severity: 'error',
    code: 'engine/remote-bind',
    message: `${shown(source, project)} is on this computer, but the engine is on ${host}, which has no ${source}: ${outcome}`,
    path,
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
  const objects = (all: Readonly<Record<string, FileObject>>): Record<string, FileObject> =>
    Object.fromEntries(
      Object.entries(all).map(([name, object]) => {
        const file = folders.get(object.file ?? '');
        return [name, file === undefined ? object : { ...object, file }];
      }),
    );
  return {
    ...project,
    services: Object.fromEntries(services) as Project['services'],
    configs: objects(project.configs),
    secrets: objects(project.secrets),
  };
}

function shown(source: string, project: Project): string {
  const path = relative(project.workingDir, source);
  return path === '' ? '.' : `./${path}`;
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
