import type { Project } from '../compose/model.ts';
import type { Observed } from './observed.ts';
import { allServices, planContext } from './plan-context.ts';
import type { Plan } from './plan.ts';
import { providerStop } from './plan-providers.ts';
import { planStopServices } from './stop-order.ts';

export interface StopOptions {
  /** Services to stop; empty: all. */
  readonly services: readonly string[];
  /** Seconds to wait for a container to stop; undefined: what it was created with. */
  readonly timeout: number | undefined;
  /** True: nothing is said of containers that do not run. */
  readonly activeOnly?: boolean;
}

const CAUSE = 'stop was asked for';

/** Plans to stop services, dependents before what they depend on. */
export function planStop(project: Project, observed: Observed, options: StopOptions): Plan {
  const services = allServices(project);
  const context = planContext({ ...options, project, observed, services });
  const concerns = (name: string): boolean =>
    options.services.length === 0 || options.services.includes(name);
  const stopping = { cause: CAUSE, evenStopped: options.activeOnly !== true };
  planStopServices(context, stopping, concerns, providerStop(context, 'stop', CAUSE, concerns));
  return context.plan.build();
}
