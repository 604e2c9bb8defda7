import type { Project, Service } from './model.ts';

/**
 * Enables the services that have no profile or one of `profiles` (`*`: all), and sets the others
 * aside. Services that were set aside before are considered again.
 */
export function applyProfiles(project: Project, profiles: readonly string[]): Project {
  const services: Record<string, Service> = {};
  const disabledServices: Record<string, Service> = {};
  for (const [name, service] of Object.entries(allServices(project))) {
    (hasProfile(service, profiles) ? services : disabledServices)[name] = service;
  }
  return { ...project, services, disabledServices, profiles };
}

/** Whether a service is enabled when `profiles` are active. */
export function hasProfile(
  service: Pick<Service, 'profiles'>,
  profiles: readonly string[],
): boolean {
  const own = service.profiles ?? [];
  return own.length === 0 || profiles.includes('*') || own.some((one) => profiles.includes(one));
}

/**
 * Activates the profiles of services that are named and not enabled, as naming a service on the
 * command line does; other services of those profiles are enabled too.
 */
export function enableServices(project: Project, names: readonly string[]): Project {
  if (names.length === 0) return project;
  const named = names.flatMap((name) => {
    if (Object.hasOwn(project.services, name)) return [];
    const disabled = Object.hasOwn(project.disabledServices, name)
      ? project.disabledServices[name]
      : undefined;
    return disabled?.profiles ?? [];
  });
  return applyProfiles(project, [...project.profiles, ...named]);
}

/** Enabled and disabled services, sorted by name. */
export function allServices(project: Project): Readonly<Record<string, Service>> {
  const all = Object.entries({ ...project.disabledServices, ...project.services });
  return Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
