import type { ContainerRef } from '../scheduler/plan.ts';
import type { Convergence } from './converge.ts';
import type { Operation } from './operation.ts';
import type { CreateRequest } from './up-request.ts';

/**
 * Tells which containers run as they should and are left alone (`Container p-web-1 Running`), among those
 * that a command is about.
 */
export function announceKept(
  { onEvent }: Operation,
  { project, observed, plan }: Pick<Convergence, 'project' | 'observed' | 'plan'>,
  { services, noDependencies }: Pick<CreateRequest, 'services' | 'noDependencies'>,
): void {
  const concerns = (service: string): boolean =>
    noDependencies && services.length > 0
      ? services.includes(service)
      : project.services[service] !== undefined;
  const touched = new Set(plan.steps.flatMap(({ action }) => idsOf(action)));
  for (const { id, name, service, oneOff, state } of observed.containers) {
    if (oneOff || state !== 'running' || touched.has(id)) continue;
    if (!concerns(service)) continue;
    const progress = { id: `Container ${name}`, status: 'done', text: 'Running' } as const;
    onEvent({ type: 'progress', progress });
  }
}

function idsOf(action: Convergence['plan']['steps'][number]['action']): readonly string[] {
  // A wait looks at a container and leaves it as it is; its own line says more than "Running".
  const references: readonly ContainerRef[] =
    'containers' in action ? action.containers : 'container' in action ? [action.container] : [];
  const replaced = 'replaces' in action && action.replaces !== undefined ? [action.replaces] : [];
  return [...references, ...replaced].flatMap((reference) =>
    'id' in reference ? [reference.id] : [],
  );
}
