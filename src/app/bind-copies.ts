import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { basename, posix, relative, sep } from 'node:path';
import type { Project, ServiceVolume } from '../compose/model.ts';
import type { Engine } from '../engine/engine.ts';
import type { SshHost } from '../machines/ssh/ssh-host.ts';
import { humanSize } from '../output/human.ts';
import type { Operation } from './operation.ts';

/** Larger copies are announced, in files and bytes. */
const LARGE = { files: 1000, bytes: 8 * 1024 * 1024 };

/** Bind mounts of this computer's files, and where the engine's host has copies of them. */
export class BindCopies {
  readonly #operation: Operation;
  readonly #project: Project;
  readonly #host: SshHost;
  /** Real path of what is copied → folder on the host. */
  readonly #folders: ReadonlyMap<string, string>;
  /** Source → where it is mounted from. */
  readonly #mounts: ReadonlyMap<string, string>;

  constructor(
    given: { readonly operation: Operation; readonly project: Project; readonly host: SshHost },
    root: string,
    sources: readonly string[],
  ) {
    this.#operation = given.operation;
    this.#project = given.project;
    this.#host = given.host;
    const folders = new Map<string, string>();
    const mounts = new Map<string, string>();
    // A directory in another one that is copied is the same directory there, too.
    const reals = sources.map((source) => ({ source, real: realpathSync(source) }));
    for (const { source, real } of reals.toSorted((a, b) => (a.real < b.real ? -1 : 1))) {
      const isFolder = statSync(real).isDirectory();
      const outer = isFolder ? [...folders.keys()].find((each) => isBelow(real, each)) : undefined;
      if (outer === undefined) {
        const folder = posix.join(root, digest(real));
        folders.set(real, folder);
        mounts.set(source, isFolder ? folder : posix.join(folder, basename(real)));
      } else {
        const inner = relative(outer, real).split(sep).join('/');
        mounts.set(source, posix.join(folders.get(outer) ?? '', inner));
      }
    }
    this.#folders = folders;
    this.#mounts = mounts;
  }

  /** What is copied, without symbolic links: files and directories of this computer, no directory in another one. */
  get sources(): readonly string[] {
    return [...this.#folders.keys()];
  }

  /** The project with mounts of the copies. */
  moved(project: Project): Project {
    return withSources(project, this.#mounts);
  }

  /** The project with mounts of what was copied. */
  original(project: Project): Project {
    return withSources(project, new Map([...this.#mounts].map(([from, to]) => [to, from])));
  }

  /** Copies what changed of these sources and says so. */
  async sync(
    sources: readonly string[],
    { signal, tell }: { readonly signal: AbortSignal; readonly tell: (text: string) => void },
  ): Promise<void> {
    const { syncFolder } = await import('../machines/ssh/sync-folder.ts');
    const { title } = this.#host.target;
    for (const source of sources) {
      const name = shown(source, this.#project);
      const onSending = (files: number, bytes: number): void => {
        if (files < LARGE.files && bytes < LARGE.bytes) return;
        tell(`${name}: sending ${counted(files)} (${humanSize(bytes)}) to ${title}`);
      };
      const folder = this.#folders.get(source) ?? '';
      const { sent, removed, skipped } = await syncFolder(this.#host, source, folder, {
        signal,
        onSending,
      });
      if (sent + removed > 0) {
        tell(`${name}: ${counted(sent)} sent to ${title}, ${removed} removed there`);
      }
      if (skipped[0] !== undefined) {
        const more = skipped.length > 1 ? ` and ${skipped.length - 1} more` : '';
        this.#warn(
          `${name}: neither file, directory nor link, so not copied: ${skipped[0]}${more}`,
        );
      }
    }
  }

  #warn(text: string): void {
    this.#operation.onEvent({ type: 'message', level: 'warning', text });
  }
}

const known = new WeakMap<Engine['client'], BindCopies>();

/** Notes which bind mounts are copied to an engine's host. */
export function noteBindCopies(engine: Engine, copies: BindCopies): void {
  known.set(engine.client, copies);
}

/** Bind mounts that are copied to an engine's host. */
export function bindCopiesOf(engine: Engine): BindCopies | undefined {
  return known.get(engine.client);
}

function withSources(project: Project, places: ReadonlyMap<string, string>): Project {
  if (places.size === 0) return project;
  const moved = (volume: ServiceVolume): ServiceVolume => {
    const source = volume.type === 'bind' ? places.get(volume.source ?? '') : undefined;
    return source === undefined ? volume : { ...volume, source };
  };
  const services = Object.entries(project.services).map(([name, service]) => [
    name,
    service.volumes === undefined ? service : { ...service, volumes: service.volumes.map(moved) },
  ]);
  return { ...project, services: Object.fromEntries(services) as Project['services'] };
}

/** A path as people know it: from the project. */
export function shown(source: string, project: Project): string {
  const path = relative(project.workingDir, source).split(sep).join('/');
  if (path === '') return '.';
  if (path === '..' || path.startsWith('../')) return path.startsWith('../../..') ? source : path;
  return `./${path}`;
}

function counted(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}

function digest(source: string): string {
  return createHash('sha256').update(source).digest('hex').slice(0, 12);
}

/** Whether a path is a directory or in it. */
export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}
