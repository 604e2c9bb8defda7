import { usesApiSocket, withApiSocket } from '../compose/api-socket.ts';
import type { Project } from '../compose/model.ts';
import { clientConfigText } from '../engine/pull/registry-auth.ts';
import { CommandFailure } from './failure.ts';
import { registryAuth } from './image-work.ts';
import type { Operation } from './operation.ts';

/**
 * The project with the engine's socket in the services that asked for it. Logins are looked up only
 * where containers may be made of it.
 *
 * @throws CommandFailure on Windows engines, EngineError when a credential helper fails
 */
export async function withEngineAccess(
  operation: Operation,
  project: Project,
  { act }: { readonly act: boolean },
): Promise<Project> {
  if (!usesApiSocket(project)) return project;
  if (operation.engine.client.server.osType === 'windows') {
    throw new CommandFailure(
      "use_api_socket can't be used with a Windows Docker Engine",
      'mount the named pipe of the engine instead',
    );
  }
  const credentials = act ? await registryAuth(operation).all() : {};
  return withApiSocket(project, clientConfigText(credentials));
}
