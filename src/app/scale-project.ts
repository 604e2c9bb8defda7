import { createContainers } from './create.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Session } from './session.ts';

export interface ScaleRequest {
  /** Service → replicas. */
  readonly scale: ReadonlyMap<string, number>;
  readonly noDependencies: boolean;
  readonly syncBinds: boolean;
  readonly dryRun: boolean;
}

/** `scale`: changes how many containers services run; nothing that exists is recreated. */
export function scaleProject(
  session: Session,
  global: GlobalOptions,
  { scale, noDependencies, syncBinds, dryRun }: ScaleRequest,
): Promise<number> {
  const request = {
    services: [...scale.keys()],
    build: false,
    noBuild: false,
    pull: undefined,
    quietPull: false,
    quietBuild: false,
    recreate: 'never',
    recreateDependencies: 'never',
    renewAnonymousVolumes: false,
    removeOrphans: false,
    scale,
    noDependencies,
    assumeYes: false,
    syncBinds,
    timeout: undefined,
    dryRun,
  } as const;
  return createContainers(session, global, request, { title: 'scale', start: true });
}
