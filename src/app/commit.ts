import { familiarName, parseImageReference } from '../engine/pull/image-reference.ts';
import { toContainer } from '../engine/observe.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProjectName } from './load-project.ts';
import { withOperation } from './operation.ts';
import { requireReplica } from './service-replica.ts';
import type { Session } from './session.ts';

export interface CommitRequest {
  readonly service: string;
  /** `REPOSITORY[:TAG]`; empty: the image has no name. */
  readonly reference: string;
  /** Number of the replica; 0: the first. */
  readonly index: number;
  /** Stand the container still meanwhile. */
  readonly pause: boolean;
  readonly author: string;
  readonly message: string;
  /** Instructions of a Dockerfile. */
  readonly changes: readonly string[];
  readonly dryRun: boolean;
}

/** `commit`: makes an image of a running container. */
export async function commit(
  session: Session,
  global: GlobalOptions,
  request: CommitRequest,
): Promise<number> {
  const { service, index, dryRun } = request;
  const target = imageTarget(request.reference);
  const project = await openProjectName(session, global);
  return withOperation(session, global, { title: 'commit', dryRun }, async (operation) => {
    const { engine, onEvent } = operation;
    const row = await requireReplica(engine, { project, service, index }, session.signal);
    const { name: id } = toContainer(row);
    onEvent({ type: 'progress', progress: { id, status: 'working', text: 'Committing' } });
    if (dryRun) {
      onEvent({ type: 'progress', progress: { id, status: 'done', text: 'Committed' } });
      return 0;
    }
    const { Id: image } = await engine.client.send<{ readonly Id: string }>(
      {
        method: 'POST',
        path: '/commit',
        query: {
          container: row.Id,
          ...target,
          comment: request.message,
          author: request.author,
          changes: request.changes,
          ...(request.pause ? {} : { pause: 0 }),
        },
        body: null,
        resource: `container ${id}`,
      },
      session.signal,
    );
    const text = `Committed as ${image}`;
    onEvent({ type: 'progress', progress: { id, status: 'done', text } });
    return 0;
  });
}

/**
 * Repository and tag for the engine.
 *
 * @throws CommandFailure for what cannot name an image that is made here
 */
export function imageTarget(reference: string): { readonly repo?: string; readonly tag?: string } {
  if (reference === '') return {};
  const parsed = parseImageReference(reference);
  if (!parsed.ok) {
    throw new CommandFailure(parsed.error, `${JSON.stringify(reference)} is no REPOSITORY[:TAG]`);
  }
  if (parsed.value.digest !== undefined) {
    throw new CommandFailure('refusing to create a tag with a digest reference');
  }
  return { repo: familiarName(parsed.value), tag: parsed.value.tag ?? 'latest' };
}
