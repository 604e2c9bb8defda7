import { findContainers } from '../engine/find-containers.ts';
import { LABEL } from '../engine/labels.ts';
import { nearest } from '../foundation/nearest.ts';
import { formatList, type ListView } from '../output/formatted-list.ts';
import {
  containerHeadings,
  containerRow,
  type ContainerRow,
  type ListedContainer,
} from './container-row.ts';
import { clientConfig, withEngine } from './engine.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { localZone } from './local-zone.ts';
import { openProjectOrName, type ProjectOrName } from './load-project.ts';
import type { Session } from './session.ts';

export interface ListContainersRequest {
  readonly services: readonly string[];
  /** Stopped containers and one-offs too. */
  readonly all: boolean;
  /** `status=STATUS`, or empty. */
  readonly filter: string;
  readonly format: string;
  readonly truncate: boolean;
  /** Containers of services that the project no longer defines too. */
  readonly orphans: boolean;
  readonly quiet: boolean;
  /** Only names of services. */
  readonly namesOnly: boolean;
  readonly statuses: readonly string[];
}

const TABLE = String.raw`table {{.Name}}\t{{.Image}}\t{{.Command}}\t{{.Service}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}`;

const RAW = `container_id: {{.ID}}
image: {{.Image}}
command: {{.Command}}
created_at: {{.CreatedAt}}
state: {{- pad .State 1 0}}
status: {{- pad .Status 1 0}}
names: {{.Names}}
labels: {{- pad .Labels 1 0}}
ports: {{- pad .Ports 1 0}}
`;

/** `ps`: the containers of a project. */
export async function listContainers(
  session: Session,
  global: GlobalOptions,
  request: ListContainersRequest,
): Promise<number> {
  const statuses = [...request.statuses, ...filterStatus(request.filter)];
  const target = await openProjectOrName(session, global, request.services);
  const services = wantedServices(target, request);
  const all = request.all || statuses.length > 0;
  return withEngine(session, global.engine, async ({ client }) => {
    const query = { project: target.name, all, oneOffs: all };
    const found = await findContainers<ListedContainer>(client, query, session.signal);
    // Scripts hand ids on: alone, they are never shortened.
    const style = {
      truncate: request.truncate && !request.quiet,
      now: Date.now() / 1000,
      zone: localZone(session),
    };
    const rows = found
      .filter(({ Labels }) => services === undefined || services.has(Labels?.[LABEL.service] ?? ''))
      .filter(({ State }) => statuses.length === 0 || statuses.includes(State))
      .map((listed) => containerRow(listed, style))
      .toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
    session.stdout.write(formatRows(rows, request, clientConfig(session, global.engine).psFormat));
    return 0;
  });
}

function formatRows(
  rows: readonly ContainerRow[],
  request: ListContainersRequest,
  defaultFormat = '',
): string {
  if (request.quiet) return rows.map(({ ID }) => `${ID}\n`).join('');
  if (request.namesOnly) {
    return `${[...new Set(rows.map(({ Service }) => Service))].join('\n')}\n`;
  }
  return formatList(containerView(rows), request.format || defaultFormat);
}

/** How the rows are shown. */
export function containerView(rows: readonly ContainerRow[]): ListView<ContainerRow> {
  const table = rows.some(({ Engine }) => Engine !== '')
    ? String.raw`${TABLE}\t{{.Engine}}`
    : TABLE;
  return {
    rows,
    typeName: '*formatter.ContainerContext',
    headings: containerHeadings,
    named: { '': table, table, raw: RAW },
  };
}

function filterStatus(filter: string): readonly string[] {
  if (filter === '') return [];
  const [, key, value] = /^([^=]+)=(.*)$/.exec(filter) ?? [];
  if (key === undefined || value === undefined) {
    throw new CommandFailure('arguments to --filter should be in form KEY=VAL');
  }
  if (key !== 'status') throw new CommandFailure(`unknown filter ${key}`, 'use status=STATUS');
  return [value];
}

/** Names to keep; undefined keeps every service. */
function wantedServices(
  target: ProjectOrName,
  request: ListContainersRequest,
): ReadonlySet<string> | undefined {
  const known = target.kind === 'project' ? Object.keys(target.project.services) : undefined;
  for (const name of request.services) {
    if (known !== undefined && !known.includes(name)) {
      const near = nearest(name, known);
      throw new CommandFailure(
        `no such service: ${name}`,
        near === undefined ? undefined : `did you mean ${near}?`,
      );
    }
  }
  if (request.services.length > 0) return new Set(request.services);
  return known === undefined || request.orphans ? undefined : new Set(known);
}
