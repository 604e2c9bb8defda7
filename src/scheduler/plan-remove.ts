import type { Project } from '../compose/model.ts';
import { planAnonymousVolumes } from './anonymous-volumes.ts';
import { isActive } from './container-index.ts';
import { planRemove as planRemoveContainer } from './container-steps.ts';
import type { Observed } from './observed.ts';
import { planContext } from './plan-context.ts';
import type { Plan } from './plan.ts';
import { planStopServices, replicasOf } from './stop-order.ts';

export interface RemoveOptions {
  /** Services whose containers go; empty: all. */
  readonly services: readonly string[];
  /** Stop what runs first; otherwise only what is stopped is removed. */
  readonly stop: boolean;
  /** Also remove anonymous volumes. */
  readonly volumes: boolean;
}

/** Plans to remove stopped containers of services; the steps also tell whom to ask about. */
export function planRemove(project: Project, observed: Observed, options: RemoveOptions): Plan {
  const { services } = project;
  const context = planContext({ project, observed, services });
  const concerns = (name: string): boolean =>
    options.services.length === 0 || options.services.includes(name);
  const cause = 'removal was asked for';
  if (options.stop) planStopServices(context, { cause, evenStopped: true }, concerns);
  for (const name of Object.keys(services).sort()) {
    if (!concerns(name)) continue;
    for (const container of replicasOf(context, name)) {
      if (isActive(container) && !options.stop) continue;
      planRemoveContainer(context, container, { cause, volumes: options.volumes });
    }
  }
  if (options.volumes) planAnonymousVolumes(context);
  return context.plan.build();
}
