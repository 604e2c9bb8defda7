import { createHash } from 'node:crypto';
import { dirname } from 'node:path';

import type { Diagnostic } from '../compose/diagnostic.ts';
import type { FileAccess } from '../compose/files.ts';
import type { Project } from '../compose/model.ts';
import { readPublishable, withFileNames } from '../compose/publish-file.ts';
import type { FileUse, PublishableFile } from '../compose/publish-file.ts';
import type { ArtifactFile } from '../remote/make-artifact.ts';
import { CommandFailure, InvalidProject } from './failure.ts';

/** Everything of a project that goes into an artifact. */
export interface Publication {
  /** The Compose files of the project, in order. */
  readonly files: readonly PublishableFile[];
  /** Files that they extend, and those that these extend. */
  readonly extended: readonly PublishableFile[];
  /** Env files that are there. */
  readonly envFiles: readonly { readonly path: string; readonly content: Uint8Array }[];
}

/**
 * Reads the files of a project as they are written, with all that they extend.
 *
 * @throws InvalidProject for what cannot be read or may not be published
 */
export function readPublication(project: Project, access: FileAccess): Publication {
  if (project.composeFiles.includes('-')) {
    throw new CommandFailure(
      'cannot publish what is read from standard input',
      'write it to a file and name that with -f',
    );
  }
  const found: Diagnostic[] = [];
  const { environment, workingDir } = project;
  const read = (path: string, directory: string): PublishableFile[] => {
    const file = readPublishable(path, { access, environment, directory }, found);
    return file === undefined ? [] : [file];
  };
  const files = project.composeFiles.flatMap((path) => read(path, workingDir));
  found.push(...files.flatMap(includeFaults));
  const extended: PublishableFile[] = [];
  const queue = [...files];
  const seen = new Set<string>();
  for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
    for (const { path } of usesOf(file, 'extends')) {
      if (seen.has(path) || access.kind(path) !== 'file') continue;
      seen.add(path);
      const next = read(path, dirname(path));
      extended.push(...next);
      queue.push(...next);
    }
  }
  if (found.length > 0) throw new InvalidProject(found);
  return { files, extended, envFiles: readEnvFiles([...files, ...extended], access) };
}

function usesOf({ uses }: PublishableFile, kind: FileUse['kind']): FileUse[] {
  return uses.filter((use) => use.kind === kind);
}

function readEnvFiles(
  files: readonly PublishableFile[],
  access: FileAccess,
): Publication['envFiles'] {
  const paths = new Set(files.flatMap((file) => usesOf(file, 'env_file').map(({ path }) => path)));
  return [...paths].flatMap((path) => {
    const read = access.read(path);
    if (read.ok) return [{ path, content: read.bytes }];
    if (read.error === 'not-found') return [];
    throw new CommandFailure(`failed to access env file ${path}: ${read.detail}`);
  });
}

function includeFaults({ localIncludes }: PublishableFile): Diagnostic[] {
  return localIncludes.map((span) => ({
    severity: 'error',
    code: 'publish/local-include',
    message: 'cannot publish compose file with local includes',
    span,
    path: 'include',
    hint: 'publish what is included as an artifact of its own and include oci://…, or name it with -f',
  }));
}

/**
 * The files of the artifact: other files are named by the digest of their path, so that nothing is told
 * about this machine.
 */
export function artifactFiles(
  { files, extended, envFiles }: Publication,
  { withEnv }: { readonly withEnv: boolean },
): ArtifactFile[] {
  const names = new Map<string, string>();
  for (const file of [...files, ...extended]) {
    for (const { path } of usesOf(file, 'env_file')) names.set(path, `${hashOf(path)}.env`);
  }
  for (const { file } of extended) names.set(file.path, `${hashOf(file.path)}.yaml`);
  const textOf = (file: PublishableFile): Uint8Array => Buffer.from(withFileNames(file, names));
  const nameOf = (path: string): string => names.get(path) ?? path;
  const entry = (role: ArtifactFile['role'], name: string, content: Uint8Array): ArtifactFile => ({
    role,
    name,
    content,
  });
  return [
    ...files.map((file) => entry('compose', file.file.path, textOf(file))),
    ...extended.map((file) => entry('extended', nameOf(file.file.path), textOf(file))),
    ...(withEnv ? envFiles.map(({ path, content }) => entry('env', nameOf(path), content)) : []),
  ];
}

function hashOf(path: string): string {
  return createHash('sha256').update(path).digest('hex');
}
