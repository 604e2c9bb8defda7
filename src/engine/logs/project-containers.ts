import type { EngineClient } from '../client.ts';
import { LABEL } from '../labels.ts';
import type { LogSource } from './log-event.ts';

export interface ProjectSelection {
  readonly project: string;
  /** Empty: all services. */
  readonly services: readonly string[];
}

interface Summary {
  readonly Id: string;
  readonly Names?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>> | null;
}

/** Containers of a project's services in every state, one-offs left out, sorted by name. */
export async function listSources(
  client: EngineClient,
  selection: ProjectSelection,
  signal: AbortSignal,
): Promise<LogSource[]> {
  const found = await client.send<readonly Summary[]>(
    {
      method: 'GET',
      path: '/containers/json',
      query: {
        all: true,
        filters: { label: [...projectFilter(selection.project), LABEL.configHash] },
      },
    },
    signal,
  );
  return found
    .map(({ Id, Names, Labels }) => sourceOf(Id, canonicalName(Names ?? []), Labels ?? {}))
    .filter(({ service }) => isSelected(selection, service))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names with a second slash are those that other containers link to it by. */
function canonicalName(names: readonly string[]): string {
  return (names.find((name) => name.lastIndexOf('/') === 0) ?? names[0] ?? '').replace(/^\//, '');
}

/** Label filters that select what belongs to services of a project. */
export function projectFilter(project: string): string[] {
  return [`${LABEL.project}=${project}`, `${LABEL.oneOff}=False`];
}

export function isSelected({ services }: ProjectSelection, service: string): boolean {
  return services.length === 0 || services.includes(service);
}

/** A container of a service as a source of output, before the engine has told its labels. */
export function namedSource(
  project: string,
  service: string,
  { id, name }: { readonly id: string; readonly name: string },
): LogSource {
  const number = /[-_](\d+)$/.exec(name)?.[1] ?? '1';
  const labels = { [LABEL.project]: project, [LABEL.service]: service, [LABEL.number]: number };
  return sourceOf(id, name, labels);
}

/** A container as a source of output; a default name is shown without the project's part. */
export function sourceOf(
  id: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): LogSource {
  const [project = '', service = '', number = ''] = [
    labels[LABEL.project],
    labels[LABEL.service],
    labels[LABEL.number],
  ];
  // A replacement has a temporary name until the container it replaces is gone.
  const settled = name.replace(/^[0-9a-f]{12}_/, '');
  const isDefault = ['-', '_'].some((dash) => settled === [project, service, number].join(dash));
  return {
    id,
    name: isDefault ? settled.slice(project.length + 1) : name,
    service,
    number: Number(number),
  };
}
