import { containerFiles } from '../compose/container-files.ts';
import type { Service } from '../compose/model.ts';
import { planHooks, planRemove } from './container-steps.ts';
import { hostPorts, publishesRange } from './host-ports.ts';
import type { ObservedContainer } from './observed.ts';
import type { Action } from './plan.ts';
import {
  isReplacement,
  planRename,
  planStopOld,
  recreateGroup,
  retirement,
  undoReplacement,
} from './replacement.ts';
import { stopDependents } from './stop-dependents.ts';
import type { PlanContext, Replica } from './up-context.ts';

/** Whether the plan has to bring a replica up. */
export function needsStart({ stops }: PlanContext, { kept }: Replica): boolean {
  if (kept === undefined || stops.has(kept.id)) return true;
  return kept.state === 'created' || kept.state === 'exited' || kept.state === 'paused';
}

/** What must be done before a service starts. */
export interface StartConditions {
  /** Steps after which its dependencies are up. */
  readonly gate: readonly number[];
  /** Steps after which nothing else holds its ports. */
  readonly released: readonly number[];
}

/**
 * Plans to start what of a service does not run. A container that is replaced runs until everything
 * its successor needs is there.
 */
export function planStartService(
  context: PlanContext,
  service: Service,
  { gate, released }: StartConditions,
): void {
  const replicas = context.replicas.get(service.name) ?? [];
  const replaced = replicas.filter(isReplacement);
  const dependents = replaced.length === 0 ? [] : stopDependents(context, service.name);
  const stops = replaced.flatMap((replica) => {
    const stop = planStopOld(context, replica, [...gate, ...dependents]);
    return stop === undefined ? [] : [stop];
  });
  const pending = replicas.filter((replica) => needsStart(context, replica));
  const none = pending.length === replicas.length;
  const hooked = none ? planPreStart(context, service, pending, [...gate, ...stops]) : [];
  const turns = hostPorts(service).size > 0 ? stops : [];
  const last: number[] = [];
  for (const replica of pending) {
    const turn = publishesRange(service) ? last.slice(-1) : [];
    const after = [...gate, ...released, ...hooked, ...turns, ...turn];
    last.push(planStartReplica(context, service, replica, after));
  }
  context.ready.set(service.name, last.length > 0 ? last : gate);
  // Old containers go last: they come back if anything of the above fails.
  for (const replica of replaced) {
    const { replaces: old, cause } = replica;
    const after = last[pending.indexOf(replica)];
    planRemove(context, old, {
      cause,
      group: recreateGroup(old),
      after: after === undefined ? [] : [after],
      volumes: false,
    });
  }
}

/** Hooks that run once per service, before its first replica; the lowest number lends its volumes. */
function planPreStart(
  context: PlanContext,
  service: Service,
  pending: readonly Replica[],
  after: readonly number[],
): readonly number[] {
  const first = pending[0];
  if (first === undefined) return [];
  let before = [...after, ...first.prepared, ...pending.flatMap((one) => atRest(context, one))];
  for (const [index, hook] of (service.pre_start ?? []).entries()) {
    before = [
      context.plan.add({
        resource: `service:${service.name}`,
        cause: 'pre_start hook',
        after: before,
        action: {
          kind: 'run-pre-start',
          service: service.name,
          index,
          hook,
          container: first.ref,
        },
        rollback: pending
          .filter(isReplacement)
          .flatMap((replica) => undoReplacement(replica, 'stopped')),
      }),
    ];
  }
  return service.pre_start === undefined ? [] : before;
}

function planStartReplica(
  context: PlanContext,
  service: Service,
  replica: Replica,
  gate: readonly number[],
): number {
  const { plan, stops } = context;
  const { ref, kept } = replica;
  const stopped = kept === undefined ? undefined : stops.get(kept.id);
  const resource = `service:${service.name}:${replica.number}`;
  const cause = stopped?.cause ?? startCause(replica);
  let after: Iterable<number> = [...gate, ...replica.prepared, ...atRest(context, replica)];
  if (kept?.state === 'paused' && stopped === undefined) {
    const action: Action = { kind: 'unpause-container', container: ref };
    return plan.add({ resource, cause, after, action });
  }
  const exchange = isReplacement(replica);
  if (exchange) {
    const stop = stops.get(replica.replaces.id)?.step;
    const rename = planRename(context, replica, [...after, ...(stop === undefined ? [] : [stop])]);
    const renames = context.renames.get(service.name) ?? [];
    context.renames.set(service.name, [...renames, rename]);
    after = [rename];
  }
  const group = exchange ? recreateGroup(replica.replaces) : undefined;
  const undo = exchange ? undoReplacement(replica, retirement(replica)) : [];
  const step = { resource, cause, group, rollback: undo };
  const targets = filesToWrite(context, service, kept);
  if (targets.length > 0) {
    const action: Action = { kind: 'write-files', container: ref, service: service.name, targets };
    after = [plan.add({ ...step, after, action })];
  }
  const start: Action = { kind: 'start-container', container: ref, service: service.name };
  after = [plan.add({ ...step, after, action: start })];
  const hooks = planHooks(context, {
    ...step,
    after,
    hooks: service.post_start ?? [],
    phase: 'post_start',
    service: service.name,
    container: ref,
  });
  return Math.max(...hooks);
}

/** Steps after which a container that the plan keeps is stopped, and on its networks again. */
function atRest({ stops, moves }: PlanContext, { kept }: Replica): readonly number[] {
  if (kept === undefined) return [];
  const stop = stops.get(kept.id);
  return [...(stop === undefined ? [] : [stop.step]), ...(moves.get(kept.id) ?? [])];
}

function startCause({ kept, cause }: Replica): string {
  if (kept === undefined) return cause;
  if (kept.state === 'exited') return `exited (${kept.exitCode ?? 0})`;
  return kept.state === 'paused' ? 'paused' : 'not started yet';
}

/**
 * Paths of configs and secrets to write before a start. Compose mounts files whose owner or mode is
 * asked for; a container that it made keeps those mounts.
 */
export function filesToWrite(
  { project }: PlanContext,
  service: Service,
  kept?: ObservedContainer,
): readonly string[] {
  const mounted = new Set(kept?.mounts.map(({ destination }) => destination));
  return containerFiles(project, service)
    .filter(({ delivery, target }) => delivery === 'copy' && !mounted.has(target))
    .map(({ target }) => target);
}
