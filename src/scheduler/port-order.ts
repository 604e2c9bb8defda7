import { hostPorts } from './host-ports.ts';
import type { ObservedContainer } from './observed.ts';
import { planStop } from './container-steps.ts';
import { isReplacement, planStopOld } from './replacement.ts';
import { needsStart } from './start-service.ts';
import type { UpContext } from './up-context.ts';

/**
 * Finds out which containers must give up a port of the host before a service can start, and plans
 * to stop those that would otherwise only stop later. Gives service → steps to wait for.
 */
export function planPortOrder(context: UpContext): ReadonlyMap<string, readonly number[]> {
  const leaving = leavingContainers(context);
  const waits = new Map<string, readonly number[]>();
  if (leaving.length === 0) return waits;
  const holders = new Map<string, Leaving[]>();
  const unknown: Leaving[] = [];
  for (const one of leaving) {
    const { hostPorts: ports } = one.container;
    if (ports === undefined) unknown.push(one);
    for (const port of ports ?? []) holders.set(port, [...(holders.get(port) ?? []), one]);
  }
  for (const [name, service] of Object.entries(context.services)) {
    const wanted = [...hostPorts(service)];
    // Replicas that are not planned yet are made late, and then started.
    const replicas = context.replicas.get(name);
    const starts = replicas?.some((replica) => needsStart(context, replica)) ?? true;
    if (wanted.length === 0 || !starts) continue;
    const rivals = new Set([...unknown, ...wanted.flatMap((port) => holders.get(port) ?? [])]);
    const steps = [...rivals].flatMap((rival) => {
      // Replicas of one service take turns by themselves.
      if (!rival.removed && rival.container.service === name) return [];
      return release(context, rival);
    });
    waits.set(name, steps);
  }
  return waits;
}

interface Leaving {
  readonly container: ObservedContainer;
  /** False: it is replaced, and would run until then. */
  readonly removed: boolean;
  readonly cause: string;
}

function leavingContainers({ observed, removals, decisions }: UpContext): readonly Leaving[] {
  const removed = observed.containers
    .filter(({ id }) => removals.has(id))
    .map((container) => ({ container, removed: true, cause: '' }));
  const replaced = [...decisions.values()].flatMap(({ replace }) =>
    replace.map(({ container, cause }) => ({ container, removed: false, cause })),
  );
  return [...removed, ...replaced];
}

/** The step after which a container holds no port any more. */
function release(context: UpContext, { container, removed, cause }: Leaving): readonly number[] {
  const successor = context.replicas
    .get(container.service)
    ?.find(({ replaces }) => replaces?.id === container.id);
  const step = removed
    ? context.stops.get(container.id)?.step
    : successor !== undefined && isReplacement(successor)
      ? planStopOld(context, successor, [])
      : planStop(context, container, { cause });
  return step === undefined ? [] : [step];
}
