import type { ContainerRef } from '../scheduler/plan.ts';
import type { Convergence } from './converge.ts';
import type { Operation } from './operation.ts';

/** Tells which containers run as they should and are left alone (`Container p-web-1 Running`). */
export function announceKept(
  { onEvent }: Operation,
  { project, observed, plan }: Pick<Convergence, 'project' | 'observed' | 'plan'>,
): void {
  const touched = new Set(plan.steps.flatMap(({ action }) => idsOf(action)));
  for (const { id, name, service, oneOff, state } of observed.containers) {
    if (oneOff || state !== 'running' || touched.has(id)) continue;
    if (project.services[service] === undefined) continue;
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
