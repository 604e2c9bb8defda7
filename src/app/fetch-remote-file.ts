import type { RemoteFile } from '../compose/files.ts';
import { parseGitReference } from '../compose/git-reference.ts';
import { parseGoBool } from '../compose/project-environment.ts';
import { EngineError } from '../engine/errors.ts';
import { cacheDirectory } from '../remote/cache.ts';
import { RemoteError } from '../remote/remote-error.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { registryAuth } from './image-work.ts';
import type { Session } from './session.ts';

/** Brings the Compose file that a reference names, and all that comes with it, to this machine. */
export async function fetchRemoteFile(
  reference: string,
  session: Session,
  global: GlobalOptions,
): Promise<RemoteFile> {
  try {
    return { ok: true, ...(await fetchFile(reference, session, global)) };
  } catch (error) {
    session.signal.throwIfAborted();
    const isTold =
      error instanceof RemoteError ||
      error instanceof EngineError ||
      error instanceof CommandFailure;
    if (!isTold) throw error;
    const { message, hint } = error;
    return { ok: false, message, ...(hint !== undefined && { hint }) };
  }
}

async function fetchFile(
  reference: string,
  session: Session,
  global: GlobalOptions,
): Promise<{ readonly path: string; readonly root: string }> {
  const { env, cwd, signal } = session;
  const cache = cacheDirectory(env, cwd);
  const repository = parseGitReference(reference);
  if (repository !== undefined) {
    checkEnabled('git', 'COMPOSE_EXPERIMENTAL_GIT_REMOTE', session);
    const { fetchFromGit } = await import('../remote/git.ts');
    return fetchFromGit(repository, reference, { cache, env, cwd, signal });
  }
  checkEnabled('OCI', 'COMPOSE_EXPERIMENTAL_OCI_REMOTE', session);
  const { fetchFromRegistry } = await import('../remote/oci.ts');
  const credentials = registryAuth({
    session,
    global,
    onEvent: (event) => {
      if (event.type === 'message') session.stderr.write(`WARNING: ${event.text}\n`);
    },
  });
  return fetchFromRegistry(
    reference,
    { cache },
    {
      credentials: (image) => credentials.forImage(image),
      insecure: global.insecureRegistries,
      signal,
    },
  );
}

function checkEnabled(kind: string, variable: string, { env }: Session): void {
  const value = env[variable] ?? '';
  const isEnabled = value === '' ? true : parseGoBool(value);
  if (isEnabled === true) return;
  if (isEnabled === false) {
    throw new CommandFailure(`${kind} remote resource is disabled by ${JSON.stringify(variable)}`);
  }
  throw new CommandFailure(
    `${variable} environment variable expects boolean value: strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`,
  );
}
