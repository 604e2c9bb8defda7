import type { Project, Service } from '../compose/model.ts';
import { nearest } from '../foundation/nearest.ts';
import { CommandFailure } from './failure.ts';

/**
 * The project with other numbers of replicas.
 *
 * @throws CommandFailure for services that do not exist
 */
export function withScale(project: Project, scale: ReadonlyMap<string, number>): Project {
  if (scale.size === 0) return project;
  const services: Record<string, Service> = { ...project.services };
  for (const [name, replicas] of scale) {
    const service = services[name];
    if (service === undefined) throw noSuchMember(name, project);
    services[name] = {
      ...service,
      scale: replicas,
      ...(service.deploy === undefined ? {} : { deploy: { ...service.deploy, replicas } }),
    };
  }
  return { ...project, services };
}

/** The failure for a service that a project does not have. */
export function noSuchService(name: string, project: Project): CommandFailure {
  const near = nearest(name, Object.keys(project.services));
  return new CommandFailure(
    `no such service: ${name}`,
    near === undefined ? undefined : `did you mean ${near}?`,
  );
}

/** The same for a service that is looked up in what was selected; Compose tells then why it is not there. */
export function noSuchMember(name: string, project: Project): CommandFailure {
  const failure = noSuchService(name, project);
  const why = Object.hasOwn(project.disabledServices, name) ? 'disabled' : 'not found';
  return new CommandFailure(`${failure.message}: ${why}`, failure.hint);
}
