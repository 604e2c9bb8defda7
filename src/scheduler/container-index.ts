import { LABEL } from '../compose/labels.ts';
import type { Project } from '../compose/model.ts';
import type { Observed, ObservedContainer } from './observed.ts';

/** A project's containers, sorted by what they are to it. Every list is sorted by name. */
export interface ContainerIndex {
  /** Replicas by service: services of the project, those that profiles leave out included. */
  readonly replicas: ReadonlyMap<string, readonly ObservedContainer[]>;
  /** Replicas of services that the project does not know, and one-offs that have ended. */
  readonly orphans: readonly ObservedContainer[];
  /** Containers of `run` that have not ended. */
  readonly activeOneOffs: readonly ObservedContainer[];
  /** What an ended or failed pre_start hook left. */
  readonly hooks: readonly ObservedContainer[];
  readonly byName: ReadonlyMap<string, ObservedContainer>;
}

/** Sorts the containers of a snapshot by what they are to `project`. */
export function indexContainers(project: Project, observed: Observed): ContainerIndex {
  const replicas = new Map<string, ObservedContainer[]>();
  const orphans: ObservedContainer[] = [];
  const activeOneOffs: ObservedContainer[] = [];
  const hooks: ObservedContainer[] = [];
  for (const container of sortedSnapshot(observed).containers) {
    if (isHook(container)) hooks.push(container);
    else if (container.oneOff) (hasEnded(container) ? orphans : activeOneOffs).push(container);
    else if (!isKnown(project, container.service)) orphans.push(container);
    else {
      const known = replicas.get(container.service);
      if (known === undefined) replicas.set(container.service, [container]);
      else known.push(container);
    }
  }
  const byName = new Map(observed.containers.map((container) => [container.name, container]));
  return { replicas, orphans, activeOneOffs, hooks, byName };
}

/** The snapshot with its lists by name: engines list in an order of their own. */
export function sortedSnapshot(observed: Observed): Observed {
  const byName = (left: { readonly name: string }, right: { readonly name: string }): number =>
    compareText(left.name, right.name);
  return {
    ...observed,
    containers: [...observed.containers].sort(byName),
    networks: [...observed.networks].sort(byName),
    volumes: [...observed.volumes].sort(byName),
  };
}

/** Containers that no replica is made of: those of hooks carry no configuration hash. */
function isHook({ labels }: ObservedContainer): boolean {
  return labels[LABEL.hook] !== undefined || labels[LABEL.configHash] === undefined;
}

function hasEnded({ state }: ObservedContainer): boolean {
  return state === 'exited' || state === 'dead';
}

function isKnown(project: Project, service: string): boolean {
  return (
    Object.hasOwn(project.services, service) || Object.hasOwn(project.disabledServices, service)
  );
}

/** True while the container has a process: it can be stopped, and must be before its removal. */
export function isActive({ state }: ObservedContainer): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}

/** True for a container without a process that could be started. */
export function isIdle({ state }: ObservedContainer): boolean {
  return state === 'created' || state === 'exited';
}

/** Order of code points, the same on every machine. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : Number(left > right);
}
