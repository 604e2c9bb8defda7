import type { Service } from './model.ts';

/** Which services wait for which; services that are left out of the project have no part in it. */
export interface DependencyGraph {
  /** Every service once, after all its dependencies; otherwise by name. */
  readonly order: readonly string[];
  /** Services that may start together: those of a level depend only on the levels before. */
  readonly levels: readonly (readonly string[])[];
  /** Paths that end where they begin (`['a', 'b', 'a']`), each found once. Empty in a sound project. */
  readonly cycles: readonly (readonly string[])[];
  /** What a service waits for directly, by name. */
  dependenciesOf(this: void, name: string): readonly string[];
  /** Who waits for a service directly, by name. */
  dependentsOf(this: void, name: string): readonly string[];
}

type Edges = ReadonlyMap<string, readonly string[]>;

/** The graph of `depends_on` among `services`. */
export function dependencyGraph(
  services: Readonly<Record<string, Pick<Service, 'depends_on'>>>,
): DependencyGraph {
  const names = Object.keys(services).toSorted(byName);
  const dependencies = new Map<string, readonly string[]>();
  const dependents = new Map<string, string[]>(names.map((name) => [name, []]));
  for (const name of names) {
    const targets = Object.keys(services[name]?.depends_on ?? {}).filter((dependency) =>
      Object.hasOwn(services, dependency),
    );
    dependencies.set(name, targets.toSorted(byName));
    for (const target of targets) dependents.get(target)?.push(name);
  }
  const { order, cycles } = walk(names, dependencies);
  return {
    order,
    levels: levelsOf(order, dependencies),
    cycles,
    dependenciesOf: (name) => dependencies.get(name) ?? [],
    dependentsOf: (name) => dependents.get(name) ?? [],
  };
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Visit {
  readonly name: string;
  next: number;
}

/** Depth first without recursion: a long chain must not exhaust the stack. */
function walk(names: readonly string[], edges: Edges): { order: string[]; cycles: string[][] } {
  const order: string[] = [];
  const cycles: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const start of names) {
    if (state.has(start)) continue;
    const trail: Visit[] = [{ name: start, next: 0 }];
    state.set(start, 'open');
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const target = edges.get(top.name)?.[top.next];
      top.next += 1;
      if (target === undefined) {
        state.set(top.name, 'done');
        order.push(top.name);
        trail.pop();
      } else if (state.get(target) === 'open') {
        const path = trail.map(({ name }) => name);
        cycles.push([...path.slice(path.indexOf(target)), target]);
      } else if (!state.has(target)) {
        state.set(target, 'open');
        trail.push({ name: target, next: 0 });
      }
    }
  }
  return { order, cycles };
}

function levelsOf(order: readonly string[], edges: Edges): string[][] {
  const levelOf = new Map<string, number>();
  const levels: string[][] = [];
  for (const name of order) {
    const below = (edges.get(name) ?? []).map((dependency) => levelOf.get(dependency) ?? -1);
    const level = below.reduce((highest, one) => Math.max(highest, one), -1) + 1;
    levelOf.set(name, level);
    (levels[level] ??= []).push(name);
  }
  return levels.map((level) => level.toSorted(byName));
}
