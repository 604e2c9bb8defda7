import { formatTable } from './table.ts';
import { characters } from './tabwriter.ts';

/** Processes of one container; titles differ between containers of different systems. */
export interface ContainerProcesses {
  readonly service: string;
  /** Number of the replica as its label says it; empty for none. */
  readonly replica: string;
  readonly titles: readonly string[];
  readonly processes: readonly (readonly string[])[];
}

/**
 * Processes of several containers as one table: columns in the order in which they come up, the command
 * last, `-` where a container does not have a column. Empty without processes.
 */
export function formatProcesses(containers: readonly ContainerProcesses[]): string {
  const busy = containers.filter(({ processes }) => processes.length > 0);
  if (busy.length === 0) return '';
  const all = new Set(['SERVICE', '#', ...busy.flatMap(({ titles }) => titles)]);
  const command = all.delete('CMD') ? ['CMD'] : [];
  const heading = [...all, ...command];
  const rows = busy.flatMap(({ service, replica, titles, processes }) =>
    processes.map((process) => {
      const cells = new Map([
        ['SERVICE', service],
        ['#', replica],
        ...titles.map((title, at) => [title, process[at] ?? ''] as const),
      ]);
      return heading.map((title) => cells.get(title) ?? '-');
    }),
  );
  return formatTable([heading, ...rows], { minWidth: 4, padding: 2, measure: characters });
}
