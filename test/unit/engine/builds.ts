import type { Build, Project, Service } from '../../../src/compose/model.ts';
import {
  planBuilds,
  type BuildPlan,
  type BuildPlanOptions,
  type ImageBuild,
} from '../../../src/engine/build/build-plan.ts';

/** A project of services with only what a test gives them. */
export function buildProject(
  services: Readonly<Record<string, Omit<Service, 'name'>>>,
  parts: Partial<Project> = {},
): Project {
  return {
    name: 'p',
    environment: {},
    secrets: {},
    disabledServices: {},
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [name, { name, ...service }]),
    ),
    ...parts,
  } as unknown as Project;
}

/** Plans builds; a plan that fails throws its reason. */
export function plan(project: Project, options: Partial<BuildPlanOptions> = {}): BuildPlan {
  const planned = planBuilds(project, {
    services: [],
    singlePlatform: false,
    separator: '-',
    version: '5.0.0',
    ...options,
  });
  if (!planned.ok) throw new Error(planned.error);
  return planned.value;
}

/** The build of a project's only service. */
export function onlyBuild(build: Build, options: Partial<BuildPlanOptions> = {}): ImageBuild {
  const [first] = plan(buildProject({ web: { build } }), options).builds;
  if (first === undefined) throw new Error('nothing is built');
  return first;
}
