import type { Project, Service } from '../compose/model.ts';

type Services = Readonly<Record<string, Service>>;

/**
 * Names of the services, each after everything it depends on; otherwise by name. Dependencies that
 * are not among `services` do not count. Loading refuses cycles; those that labels of containers of
 * different ages remember are cut where they close.
 */
export function dependencyOrder(services: Services): readonly string[] {
  const order = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string): void => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const dependency of dependenciesOf(services, name)) visit(dependency);
    order.add(name);
  };
  for (const name of Object.keys(services).sort()) visit(name);
  return [...order];
}

/** Names of the services that `name` depends on, as far as they are among `services`; sorted. */
export function dependenciesOf(services: Services, name: string): readonly string[] {
  return Object.keys(services[name]?.depends_on ?? {})
    .filter((dependency) => Object.hasOwn(services, dependency))
    .sort();
}

/** Service → services that depend on it; `restart`: only those that restart with it. */
export function dependentsOf(
  services: Services,
  which: 'all' | 'restart',
): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>();
  for (const name of Object.keys(services).sort()) {
    for (const dependency of dependenciesOf(services, name)) {
      if (which === 'restart' && services[name]?.depends_on?.[dependency]?.restart !== true) {
        continue;
      }
      dependents.set(dependency, [...(dependents.get(dependency) ?? []), name]);
    }
  }
  return dependents;
}

/** Services that a run is about: without dependencies only those that were named, if any were. */
export function wantedServices(
  { services }: Pick<Project, 'services'>,
  wish: { readonly services: readonly string[]; readonly noDependencies: boolean },
): Services {
  if (!wish.noDependencies || wish.services.length === 0) return services;
  return Object.fromEntries(
    Object.entries(services).filter(([name]) => wish.services.includes(name)),
  );
}
