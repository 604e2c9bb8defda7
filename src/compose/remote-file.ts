import { dirname, isAbsolute, join } from 'node:path';

import { fail, ok } from '../foundation/result.ts';
import type { Result } from '../foundation/result.ts';
import type { FileAccess } from './files.ts';
import { isRemotePath } from './remote-path.ts';

/** Where a Compose file that was named in some way lies. */
export interface LocatedFile {
  /** On this machine; `-` for standard input. */
  readonly path: string;
  /** What relative paths of services that others extend start from. */
  readonly base: string;
}

/** Why there is no such file here. */
export interface NotLocated {
  readonly message: string;
  readonly hint?: string;
}

/** The file that `name` means when it is written in a file of `directory`. */
export function locateFile(
  name: string,
  directory: string,
  access: Pick<FileAccess, 'remote'>,
): Result<LocatedFile, NotLocated> {
  if (!isRemotePath(name)) {
    const path = isAbsolute(name) ? name : join(directory, name);
    return ok({ path, base: dirname(path) });
  }
  const answer = access.remote?.(name);
  if (answer?.ok === true) {
    const { path, root } = answer;
    return ok({ path, base: root });
  }
  return fail(answer ?? notFetched(name));
}

/** Nobody fetches here, or somebody does now and loads again. */
function notFetched(name: string): NotLocated {
  return {
    message: `remote resource ${name} cannot be loaded`,
    hint: 'clone the repository, or pull the artifact, and name the local file',
  };
}
