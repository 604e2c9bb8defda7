import { isActive } from './container-index.ts';
import { planStop, resourceOf } from './container-steps.ts';
import { shortId } from './names.ts';
import type { ObservedContainer } from './observed.ts';
import type { Action } from './plan.ts';
import { existing } from './plan-builder.ts';
import type { PlanContext, Replica } from './up-context.ts';

/** A replica that takes the place of a container. */
export interface Replacement extends Replica {
  readonly created: number;
  readonly replaces: ObservedContainer;
}

/** Tells replacements from other replicas. */
export function isReplacement(replica: Replica): replica is Replacement {
  return replica.replaces !== undefined && replica.created !== undefined;
}

/** All steps of one replacement are shown as one. */
export function recreateGroup({ service, number }: ObservedContainer): string {
  return `recreate:${service}:${number}`;
}

/** Under this name a replacement waits until the old container has given up its own. */
export function temporaryName(old: ObservedContainer, name: string): string {
  return `${shortId(old.id)}_${name}`;
}

/** Under this name the old container waits until the new one has started. */
export function retiredName(old: ObservedContainer): string {
  return `${shortId(old.id)}_old_${old.name}`;
}

/** A name that an interrupted replacement left, and the one the container should have. */
export function isInterimName(actual: string, wanted: string): boolean {
  const match = /^[0-9a-f]{12}_(?:old_)?(.*)$/.exec(actual);
  return match?.[1] === wanted;
}

/**
 * What puts the old container back. `created`: only the new one exists besides it, `renamed`: the
 * old one has been stopped and has given up its name.
 */
export function undoReplacement(
  { ref, replaces: old, aside }: Replacement,
  progress: 'created' | 'stopped' | 'renamed',
): readonly Action[] {
  const container = existing(old);
  const { service, name } = old;
  return [
    { kind: 'remove-container', container: ref, volumes: false },
    ...(progress === 'renamed' || aside !== undefined
      ? [{ kind: 'rename-container', container, name } as const]
      : []),
    ...(progress !== 'created' && isActive(old)
      ? [{ kind: 'start-container', container, service } as const]
      : []),
  ];
}

/** How far a replacement is once it is about to carry its own name. */
export function retirement({ replaces: old, name }: Replacement): 'stopped' | 'renamed' {
  return old.name === name ? 'renamed' : 'stopped';
}

/** Plans to stop the container that is replaced; undefined where it does not run. */
export function planStopOld(
  context: PlanContext,
  replica: Replacement,
  after: Iterable<number>,
): number | undefined {
  const { replaces: old, created, cause } = replica;
  return planStop(context, old, {
    cause,
    after: [created, ...after],
    group: recreateGroup(old),
    rollback: undoReplacement(replica, 'created'),
  });
}

/**
 * Plans the exchange of names: the old container steps aside, the new one takes over. Gives the
 * step after which the replacement may start. `after` must include that the old one is stopped.
 */
export function planRename(
  context: PlanContext,
  replica: Replacement,
  after: Iterable<number>,
): number {
  const { replaces: old, name, cause, ref } = replica;
  const resource = resourceOf(old);
  const group = recreateGroup(old);
  let before = [replica.created, ...after, ...(context.moves.get(old.id) ?? [])];
  if (replica.aside !== undefined) before.push(replica.aside);
  else if (old.name === name) {
    const aside = context.plan.add({
      resource,
      cause,
      group,
      after: before,
      action: { kind: 'rename-container', container: existing(old), name: retiredName(old) },
      rollback: undoReplacement(replica, 'stopped'),
    });
    before = [aside];
  }
  return context.plan.add({
    resource,
    cause,
    group,
    after: [...before, ...holderGone(context, name)],
    action: { kind: 'rename-container', container: ref, name },
    rollback: undoReplacement(replica, retirement(replica)),
  });
}

/** The step after which nobody has a name any more, where the plan takes it from somebody. */
export function holderGone(
  { index, removals, aside }: PlanContext,
  name: string,
): readonly number[] {
  const holder = index.byName.get(name);
  if (holder === undefined) return [];
  const step = aside.get(holder.id) ?? removals.get(holder.id);
  return step === undefined ? [] : [step];
}
