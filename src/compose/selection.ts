import { nearest } from '../foundation/nearest.ts';
import { fail, ok } from '../foundation/result.ts';
import type { Result } from '../foundation/result.ts';
import { dependencyGraph } from './dependency-graph.ts';
import type { DependencyGraph } from './dependency-graph.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Project, Service } from './model.ts';
import { matchesName } from './name-pattern.ts';
import { allServices, enableServices } from './profiles.ts';

/** Which services come along with those that were named. */
export type SelectionReach = 'with-dependencies' | 'with-dependents' | 'alone';

/**
 * Restricts a project to the services that a command names (patterns as `web*` allowed) and those
 * that come along; naming a service activates its profiles. Without names the project is unchanged.
 * The others are set aside, and dependencies on them are dropped.
 */
export function selectServices(
  project: Project,
  names: readonly string[],
  reach: SelectionReach = 'with-dependencies',
): Result<Project, readonly Diagnostic[]> {
  if (names.length === 0) return ok(project);
  return restrictServices(enableServices(project, names), names, reach);
}

/** As `selectServices`, among the services that are enabled already. */
export function restrictServices(
  project: Project,
  names: readonly string[],
  reach: SelectionReach = 'with-dependencies',
): Result<Project, readonly Diagnostic[]> {
  if (names.length === 0) return ok(project);
  const faults: Diagnostic[] = [];
  const selected = new Set<string>();
  for (const name of names) {
    const matching = Object.keys(project.services).filter((one) => matchesName(name, one));
    if (matching.length === 0) faults.push(noSuchService(project, name));
    for (const one of matching) selected.add(one);
  }
  reachOut(selected, { project, reach, graph: dependencyGraph(project.services), faults });
  if (faults.length > 0) return fail(faults);
  return ok(keepServices(project, selected));
}

interface Reaching {
  readonly project: Project;
  readonly reach: SelectionReach;
  readonly graph: DependencyGraph;
  readonly faults: Diagnostic[];
}

/** Adds what comes along; a set is walked in insertion order, those added on the way included. */
function reachOut(selected: Set<string>, { project, reach, graph, faults }: Reaching): void {
  if (reach === 'alone') return;
  for (const name of selected) {
    if (reach === 'with-dependents') {
      for (const dependent of graph.dependentsOf(name)) selected.add(dependent);
      continue;
    }
    for (const [dependency, { required }] of Object.entries(
      project.services[name]?.depends_on ?? {},
    )) {
      if (Object.hasOwn(project.services, dependency)) selected.add(dependency);
      else if (required) faults.push(noSuchService(project, dependency));
    }
  }
}

function keepServices(project: Project, selected: ReadonlySet<string>): Project {
  const services: Record<string, Service> = {};
  const aside: Record<string, Service> = {};
  for (const [name, service] of Object.entries(allServices(project))) {
    if (selected.has(name)) services[name] = keepDependencies(service, selected);
    else aside[name] = service;
  }
  return { ...project, services, disabledServices: aside };
}

function keepDependencies(service: Service, selected: ReadonlySet<string>): Service {
  if (service.depends_on === undefined) return service;
  const kept = Object.entries(service.depends_on).filter(([name]) => selected.has(name));
  const { depends_on: dropped, ...rest } = service;
  if (kept.length === Object.keys(dropped).length) return service;
  return kept.length === 0 ? rest : { ...rest, depends_on: Object.fromEntries(kept) };
}

/** The fault of naming a service that does not exist or is not enabled. */
export function noSuchService(project: Project, name: string): Diagnostic {
  const hint = missingServiceHint(project, name);
  return {
    severity: 'error',
    code: 'selection/no-such-service',
    message: `no such service: ${name}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** What would help where the service `name` is missing. */
export function missingServiceHint(project: Project, name: string): string | undefined {
  const disabled = Object.hasOwn(project.disabledServices, name)
    ? project.disabledServices[name]
    : undefined;
  const [profile] = disabled?.profiles ?? [];
  if (profile !== undefined) {
    return `${JSON.stringify(name)} is not active: its profile can be enabled with --profile ${profile}`;
  }
  const meant = nearest(name, Object.keys(allServices(project)));
  return meant === undefined ? undefined : `did you mean '${meant}'?`;
}
