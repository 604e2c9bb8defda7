import { pullImages } from '../engine/pull/pull.ts';
import { selectPulls } from '../engine/pull/pull-selection.ts';
import type { GlobalOptions } from './global-options.ts';
import { defaultPlatform, registryAuth, imagesAtOnce } from './image-work.ts';
import { openSelected } from './load-project.ts';
import { observeProject } from './observe-project.ts';
import { withOperation } from './operation.ts';
import type { Session } from './session.ts';

export interface PullRequest {
  readonly services: readonly string[];
  readonly ignoreBuildable: boolean;
  readonly ignoreFailures: boolean;
  readonly includeDependencies: boolean;
  /** Instead of the services' own policy. */
  readonly policy: 'missing' | 'always' | undefined;
  readonly quiet: boolean;
  readonly dryRun: boolean;
}

/** `pull`: fetches images of services. */
export async function pull(
  session: Session,
  global: GlobalOptions,
  request: PullRequest,
): Promise<number> {
  const project = await openSelected(session, global, request);
  const { quiet, dryRun, policy } = request;
  return withOperation(session, global, { title: 'pull', dryRun }, async (operation) => {
    const { onEvent } = operation;
    const observed = await observeProject(operation, project);
    const { pulls, skipped } = selectPulls(project, {
      ignoreBuildable: request.ignoreBuildable,
      isPresent: (image) => observed.images.has(image),
      ...(policy === undefined ? {} : { policy }),
    });
    for (const { id, reason } of skipped) {
      onEvent({
        type: 'progress',
        progress: { id, status: 'done', text: 'Skipped', details: reason },
      });
    }
    if (dryRun) {
      for (const { image } of pulls) session.stdout.write(`pull image ${image}\n`);
      return 0;
    }
    await pullImages(
      operation.engine.client,
      {
        pulls,
        auth: registryAuth(operation),
        quiet,
        parallel: imagesAtOnce(operation),
        ignoreFailures: request.ignoreFailures,
        ...defaultPlatform(project),
      },
      onEvent,
      session.signal,
    );
    return 0;
  });
}
