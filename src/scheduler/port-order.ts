import { serviceOf } from './container-steps.ts';
import { heldPorts, hostPorts } from './host-ports.ts';
import type { ObservedContainer } from './observed.ts';
import { isReplacement, planStopOld, type Replacement } from './replacement.ts';
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
    const ports = heldPorts(one.container, serviceOf(context, one.container));
    if (ports === undefined) unknown.push(one);
    for (const port of ports ?? []) holders.set(port, [...(holders.get(port) ?? []), one]);
  }
  for (const [name, replicas] of context.replicas) {
    const service = context.services[name];
    const wanted = service === undefined ? [] : [...hostPorts(service)];
    if (wanted.length === 0 || replicas.every(({ created }) => created === undefined)) continue;
    const rivals = new Set([...unknown, ...wanted.flatMap((port) => holders.get(port) ?? [])]);
    const steps = [...rivals].flatMap((rival) => {
      // Replicas of one service take turns by themselves.
      if (rival.successor !== undefined && rival.container.service === name) return [];
      return release(context, rival);
    });
    waits.set(name, steps);
  }
  return waits;
}

interface Leaving {
  readonly container: ObservedContainer;
  readonly successor: Replacement | undefined;
}

function leavingContainers({ observed, removals, replicas }: UpContext): readonly Leaving[] {
  const removed = observed.containers
    .filter(({ id }) => removals.has(id))
    .map((container) => ({ container, successor: undefined }));
  const replaced = [...replicas.values()]
    .flat()
    .filter(isReplacement)
    .map((successor) => ({ container: successor.replaces, successor }));
  return [...removed, ...replaced];
}

/** The step after which a container holds no port any more. */
function release(context: UpContext, { container, successor }: Leaving): readonly number[] {
  const step =
    successor === undefined
      ? context.stops.get(container.id)?.step
      : planStopOld(context, successor, []);
  return step === undefined ? [] : [step];
}
