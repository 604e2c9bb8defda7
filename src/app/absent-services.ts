import type { Engine } from '../engine/engine.ts';
import { findContainers } from '../engine/find-containers.ts';
import { LABEL } from '../engine/labels.ts';
import { toContainer, type ContainerSummary } from '../engine/observe.ts';
import { nearest } from '../foundation/nearest.ts';
import type { Session } from './session.ts';

/** Services of `asked` that none of the containers belongs to. */
export function absentServices(
  asked: readonly string[],
  found: readonly ContainerSummary[],
): readonly string[] {
  const present = new Set(found.map(({ Labels }) => Labels?.[LABEL.service] ?? ''));
  return asked.filter((service) => !present.has(service));
}

/**
 * What would help someone who asked for containers that there are none of: looks at all that the
 * engine has of the project.
 */
export async function explainAbsence(
  { client }: Engine,
  { project, services }: { readonly project: string; readonly services: readonly string[] },
  signal: AbortSignal,
): Promise<string> {
  const all = await findContainers(client, { project, all: true, oneOffs: true }, signal);
  return absenceHint({ project, services }, all);
}

/** As {@link explainAbsence}, from the containers of the project in every state. */
export function absenceHint(
  { project, services }: { readonly project: string; readonly services: readonly string[] },
  all: readonly ContainerSummary[],
): string {
  if (all.length === 0) return `project ${project} has no containers; "ls -a" lists those that do`;
  const known = [...new Set(all.map((row) => toContainer(row).service))].toSorted();
  const unknown = services.find((service) => !known.includes(service));
  if (unknown === undefined) {
    const names = services.length === 0 ? '' : ` ${services.join(' ')}`;
    return `nothing of it runs; "ps -a${names}" tells why`;
  }
  const near = nearest(unknown, known);
  if (near !== undefined) return `did you mean ${near}?`;
  return `services with containers: ${known.join(', ')}`;
}

/** Says on standard error that services were asked for that have no container, and what would help. */
export async function reportAbsence(
  engine: Engine,
  session: Session,
  absent: { readonly project: string; readonly services: readonly string[] },
): Promise<void> {
  if (absent.services.length === 0) return;
  const hint = await explainAbsence(engine, absent, session.signal);
  const text = `no container of ${absent.services.join(', ')} in project ${absent.project}`;
  session.stderr.write(`warning: ${text}\n  help: ${hint}\n`);
}
