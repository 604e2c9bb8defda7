import { announceKept } from './announce-kept.ts';
import { converge } from './converge.ts';
import type { GlobalOptions } from './global-options.ts';
import { withOperation } from './operation.ts';
import { execute } from './run-plan.ts';
import type { Session } from './session.ts';
import { printDryRun, projectToCreate } from './up.ts';

export interface ScaleRequest {
  /** Service → replicas. */
  readonly scale: ReadonlyMap<string, number>;
  readonly noDependencies: boolean;
  readonly dryRun: boolean;
}

/** `scale`: changes how many containers services run; nothing that exists is recreated. */
export function scaleProject(
  session: Session,
  global: GlobalOptions,
  { scale, noDependencies, dryRun }: ScaleRequest,
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
    timeout: undefined,
    dryRun,
  } as const;
  const project = projectToCreate(session, global, request);
  return withOperation(session, global, { title: 'scale', dryRun }, async (operation) => {
    const options = { start: true, wait: false, act: !dryRun };
    const convergence = await converge(operation, project, request, options);
    if (dryRun) {
      printDryRun(operation, convergence);
      return 0;
    }
    announceKept(operation, convergence);
    await execute(operation, convergence.plan, { ...convergence, dryRun });
    return 0;
  });
}
