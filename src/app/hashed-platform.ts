import type { Project, Service } from '../compose/model.ts';

/** Compose folds DOCKER_DEFAULT_PLATFORM into services that it builds. */
export function hashedPlatform(project: Project, service: Service): { readonly platform?: string } {
  const platform = project.environment['DOCKER_DEFAULT_PLATFORM'];
  const folds = service.build !== undefined && service.platform === undefined;
  return folds && platform !== undefined && platform !== '' ? { platform } : {};
}
