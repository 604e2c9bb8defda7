import { pushImages } from '../engine/pull/push.ts';
import { selectPushes } from '../engine/pull/push-selection.ts';
import type { GlobalOptions } from './global-options.ts';
import { registryAuth, imagesAtOnce } from './image-work.ts';
import { openSelected } from './load-project.ts';
import { withOperation } from './operation.ts';
import type { Session } from './session.ts';

export interface PushRequest {
  readonly services: readonly string[];
  readonly ignoreFailures: boolean;
  readonly includeDependencies: boolean;
  readonly quiet: boolean;
  readonly dryRun: boolean;
}

/** `push`: brings images that services build to their registries. */
export async function push(
  session: Session,
  global: GlobalOptions,
  request: PushRequest,
): Promise<number> {
  const project = await openSelected(session, global, request);
  const { quiet, dryRun, ignoreFailures } = request;
  return withOperation(session, global, { title: 'push', quiet, dryRun }, async (operation) => {
    const { onEvent } = operation;
    const { pushes, skipped } = selectPushes(project);
    for (const id of skipped) {
      onEvent({ type: 'progress', progress: { id, status: 'done', text: 'Skipped' } });
    }
    if (dryRun) {
      for (const { image } of pushes) session.stdout.write(`push image ${image}\n`);
      return 0;
    }
    const auth = registryAuth(operation);
    await pushImages(
      operation.engine.client,
      { pushes, auth, parallel: imagesAtOnce(operation), ignoreFailures },
      onEvent,
      session.signal,
    );
    return 0;
  });
}
