import type { Hook, Service } from '../compose/model.ts';
import { isActive, isIdle } from './container-index.ts';
import type { ObservedContainer } from './observed.ts';
import type { Action, ContainerRef } from './plan.ts';
import { existing } from './plan-builder.ts';
import type { PlanContext } from './up-context.ts';

export interface StepSettings {
  readonly cause: string;
  readonly after?: Iterable<number>;
  readonly group?: string | undefined;
  readonly rollback?: readonly Action[];
}

export interface StopSettings extends StepSettings {
  /** A container that does not run is asked to stop, too: nothing happens, and progress tells of it. */
  readonly evenStopped?: boolean;
}

/** How a step names its container: `service:web:1`, or by name where no number tells it apart. */
export function resourceOf({ service, number, name, oneOff }: ObservedContainer): string {
  return oneOff || number === 0 ? `container:${name}` : `service:${service}:${number}`;
}

/**
 * Plans to stop a container, its pre_stop hooks first. Gives the step after which it is stopped:
 * an earlier one where the plan stops it already, undefined where it does not run (see `evenStopped`).
 */
export function planStop(
  context: PlanContext,
  container: ObservedContainer,
  { evenStopped = false, ...settings }: StopSettings,
): number | undefined {
  const planned = context.stops.get(container.id);
  if (planned !== undefined) return planned.step;
  if (!isActive(container) && !(evenStopped && isIdle(container))) return undefined;
  const { plan, timeout } = context;
  const resource = resourceOf(container);
  const hooks = container.state === 'running' ? serviceOf(context, container)?.pre_stop : undefined;
  const after = planHooks(context, {
    ...settings,
    resource,
    hooks: hooks ?? [],
    phase: 'pre_stop',
    service: container.service,
    container: existing(container),
  });
  const step = plan.add({
    ...settings,
    resource,
    after,
    action: {
      kind: 'stop-container',
      container: existing(container),
      ...(timeout === undefined ? {} : { timeout }),
    },
  });
  context.stops.set(container.id, { step, cause: settings.cause });
  return step;
}

/** Plans to remove a container, once it is stopped and nothing of the plan touches it any more. */
export function planRemove(
  context: PlanContext,
  container: ObservedContainer,
  settings: StepSettings & { readonly volumes: boolean },
): number {
  const { volumes, ...step } = settings;
  const earlier = [context.stops.get(container.id)?.step, context.aside.get(container.id)];
  const removal = context.plan.add({
    ...step,
    resource: resourceOf(container),
    after: [
      ...(step.after ?? []),
      ...earlier.filter((id) => id !== undefined),
      ...(context.moves.get(container.id) ?? []),
    ],
    action: { kind: 'remove-container', container: existing(container), volumes },
  });
  context.removals.set(container.id, removal);
  return removal;
}

/** Plans hooks one after the other; gives what comes after the last, or `after` without hooks. */
export function planHooks(
  { plan }: PlanContext,
  settings: StepSettings & {
    readonly resource: string;
    readonly hooks: readonly Hook[];
    readonly phase: 'post_start' | 'pre_stop';
    readonly service: string;
    readonly container: ContainerRef;
  },
): Iterable<number> {
  const { hooks, phase, service, container, ...step } = settings;
  let after: Iterable<number> = step.after ?? [];
  for (const [index, hook] of hooks.entries()) {
    const action: Action = { kind: 'run-hook', container, service, phase, index, hook };
    after = [plan.add({ ...step, cause: `${phase} hook`, after, action })];
  }
  return after;
}

/** The service of a container as the project has it, left out by profiles or not. */
export function serviceOf(
  { project }: PlanContext,
  { service }: ObservedContainer,
): Service | undefined {
  if (Object.hasOwn(project.services, service)) return project.services[service];
  return Object.hasOwn(project.disabledServices, service)
    ? project.disabledServices[service]
    : undefined;
}
