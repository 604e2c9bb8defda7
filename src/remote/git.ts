import { readFileSync, realpathSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize, sep } from 'node:path';

import { composeFileNames } from '../compose/find-files.ts';
import type { GitReference } from '../compose/git-reference.ts';
import { runChild } from '../engine/child-output.ts';
import type { ChildEnd } from '../engine/child-output.ts';
import { findProgram } from '../engine/executable.ts';
import { fillDirectory } from './cache.ts';
import type { FetchedFile, FetchSettings } from './fetched-file.ts';
import { accessFault, noSuchRef, withoutPassword } from './git-fault.ts';
import { RemoteError } from './remote-error.ts';

const COMMIT = /^[a-f0-9]{40}$/;

/**
 * The Compose file that `reference` (written as `text`) means, in a copy of its repository at the
 * commit that the reference means now. A copy that is there already is not fetched again.
 *
 * @throws RemoteError
 */
export async function fetchFromGit(
  reference: GitReference,
  text: string,
  settings: FetchSettings,
): Promise<FetchedFile> {
  if (reference.fault !== undefined) throw new RemoteError(reference.fault);
  if (reference.path !== undefined) checkInside(reference.path);
  const git = gitProgram(settings);
  const commit = await resolveRef(git, reference, text);
  const root = join(settings.cache, commit);
  await fillDirectory(
    root,
    () => isCheckedOut(root),
    (directory) => checkOut(git, { reference, commit, directory }),
  );
  const path = composeFile(root, reference);
  if (!realpathSync(path).startsWith(realpathSync(root) + sep)) {
    throw new RemoteError(`git subdirectory escapes base directory: ${reference.path ?? path}`, {
      hint: 'a symbolic link in the repository leads out of it',
    });
  }
  return { path, root };
}

interface Git {
  run(args: readonly string[], cwd?: string): Promise<ChildEnd & { readonly output: string }>;
}

function gitProgram({ env, cwd, signal }: FetchSettings): Git {
  const path = findProgram('git', { path: env['PATH'], cwd });
  if (path === undefined) {
    throw new RemoteError('a Compose file in a git repository needs the program git', {
      hint: 'install git, or clone the repository elsewhere and name the local file',
    });
  }
  const environment = gitEnvironment(env);
  // What fetches for git outlives it otherwise. Who may be asked something needs the terminal, though.
  const asGroup =
    environment['GIT_TERMINAL_PROMPT'] === '0' && !env['GIT_SSH'] && !env['GIT_SSH_COMMAND'];
  return {
    run: async (args, directory = cwd) => {
      let output = '';
      const onOutput = (piece: string): void => void (output += piece);
      const call = { path, args, env: environment, cwd: directory, onOutput, asGroup };
      return { ...(await runChild(call, signal)), output };
    },
  };
}

/** Variables of a repository that this process runs in (a git hook's): they mean another one. */
const FOREIGN = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_NAMESPACE',
  'GIT_PREFIX',
];

/** Nobody is asked for passwords unless GIT_TERMINAL_PROMPT says so, nor by ssh; English faults. */
function gitEnvironment(env: FetchSettings['env']): FetchSettings['env'] {
  const adapted: Record<string, string | undefined> = { ...env, LC_ALL: 'C' };
  for (const name of FOREIGN) adapted[name] = undefined;
  adapted['GIT_TERMINAL_PROMPT'] = env['GIT_TERMINAL_PROMPT'] || '0';
  if (!env['GIT_SSH'] && !env['GIT_SSH_COMMAND']) {
    adapted['GIT_SSH_COMMAND'] = 'ssh -o ControlMaster=no -o BatchMode=yes';
  }
  return adapted;
}

async function resolveRef(
  git: Git,
  { repository, ref = 'HEAD' }: GitReference,
  text: string,
): Promise<string> {
  if (COMMIT.test(ref)) return ref;
  const { output, failure, tail } = await git.run([
    'ls-remote',
    '--exit-code',
    '--',
    repository,
    ref,
  ]);
  if (failure === 'exit status 2') throw noSuchRef(text, repository, tail);
  if (failure !== undefined) throw accessFault(repository, tail);
  const commit = commitOf(output, ref);
  if (commit !== undefined) return commit;
  throw new RemoteError(`unexpected git command output: ${JSON.stringify(output.slice(0, 200))}`);
}

/** The listed ref that is meant: `main` also lists `feature/main`. */
function commitOf(listing: string, ref: string): string | undefined {
  const refs = listing
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([commit = '']) => COMMIT.test(commit));
  const meant = [ref, `refs/heads/${ref}`, `refs/tags/${ref}`];
  const exact = meant.flatMap((name) => refs.find(([, listed]) => listed === name)?.[0] ?? []);
  return exact[0] ?? refs[0]?.[0];
}

async function checkOut(
  git: Git,
  wanted: {
    readonly reference: GitReference;
    readonly commit: string;
    readonly directory: string;
  },
): Promise<void> {
  const { reference, commit, directory } = wanted;
  const { repository } = reference;
  const calls = [
    ['init', '--quiet', '.'],
    ['remote', 'add', '--', 'origin', repository],
    ['fetch', '--quiet', '--depth=1', 'origin', commit],
    ['checkout', '--quiet', '--detach', commit],
  ];
  for (const args of calls) {
    const { failure, tail } = await git.run(args, directory);
    if (failure !== undefined) throw accessFault(repository, tail === '' ? failure : tail);
  }
}

/** HEAD is a branch until the checkout, the last step, is done. */
function isCheckedOut(root: string): boolean {
  try {
    return COMMIT.test(readFileSync(join(root, '.git', 'HEAD'), 'utf8').trim());
  } catch {
    return false;
  }
}

function checkInside(path: string): void {
  const clean = normalize(path);
  if (isAbsolute(path) || /^[A-Za-z]:/.test(clean)) {
    throw new RemoteError(`git subdirectory must be relative, got: ${path}`);
  }
  if (/^\.\.(?:[/\\]|$)/.test(clean)) {
    throw new RemoteError(`git subdirectory path traversal detected: ${path}`);
  }
}

function composeFile(root: string, { repository, path = '.' }: GitReference): string {
  const named = join(root, path);
  const found = kind(named);
  if (found === 'file') return named;
  const where = path === '.' ? 'its root' : path;
  if (found === undefined) {
    throw new RemoteError(`stat ${named}: no such file or directory`, {
      hint: `${withoutPassword(repository)} has no ${where} at this ref; #REF:PATH names a directory or a file of it`,
    });
  }
  const file = composeFileNames.map((name) => join(named, name)).find((at) => kind(at) === 'file');
  if (file !== undefined) return file;
  throw new RemoteError(
    `no Compose file in ${where} of ${withoutPassword(repository)}: not found`,
    {
      hint: `looked for ${composeFileNames.join(', ')}; #REF:PATH names another directory or file`,
    },
  );
}

function kind(path: string): 'file' | 'directory' | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  return found.isDirectory() ? 'directory' : 'file';
}
