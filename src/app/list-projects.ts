import type { ContainerSummary } from '../engine/observe.ts';
import { LABEL } from '../engine/labels.ts';
import { CommandFailure } from './failure.ts';
import { withEngine } from './engine.ts';
import { formatPlain } from './list-format.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Session } from './session.ts';
import { grouped } from '../foundation/grouped.ts';

export interface ListProjectsRequest {
  /** Also projects whose containers are all stopped. */
  readonly all: boolean;
  /** `name=REGEXP`; one match is enough. */
  readonly filters: readonly string[];
  readonly format: string;
  readonly quiet: boolean;
}

interface ProjectRow {
  readonly Name: string;
  readonly Status: string;
  readonly ConfigFiles: string;
}

/** `ls`: projects that have containers, from their labels; no file is read. */
export async function listProjects(
  session: Session,
  global: GlobalOptions,
  request: ListProjectsRequest,
): Promise<number> {
  const patterns = request.filters.map(namePattern);
  const projects = await existingProjects(session, global, request);
  const rows = projects.filter(
    ({ Name }) => patterns.length === 0 || patterns.some((pattern) => pattern.test(Name)),
  );
  session.stdout.write(formatProjects(rows, request));
  return 0;
}

/** Projects that have containers, by name; with `all` also those that are stopped. */
export function existingProjects(
  session: Session,
  global: GlobalOptions,
  { all }: Pick<ListProjectsRequest, 'all'>,
): Promise<readonly ProjectRow[]> {
  return withEngine(session, global.engine, async ({ client }) => {
    const containers = await client.send<ContainerSummary[]>(
      {
        method: 'GET',
        path: '/containers/json',
        query: { all, filters: { label: [LABEL.project, LABEL.configHash] } },
      },
      session.signal,
    );
    return projectRows(containers);
  });
}

function namePattern(filter: string): RegExp {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(filter) ?? [];
  if (key === undefined || value === undefined)
    throw new CommandFailure(`invalid filter '${filter}'`);
  if (key !== 'name') throw new CommandFailure(`invalid filter '${key}'`);
  try {
    return new RegExp(value);
  } catch {
    return new RegExp(value.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`));
  }
}

function projectRows(containers: readonly ContainerSummary[]): ProjectRow[] {
  const projects = grouped(containers, ({ Labels }) => Labels?.[LABEL.project] ?? '');
  return [...projects.keys()].toSorted().map((name) => {
    const own = projects.get(name) ?? [];
    return { Name: name, Status: statuses(own), ConfigFiles: configFiles(own) };
  });
}

/** `exited(1), running(2)` */
function statuses(containers: readonly ContainerSummary[]): string {
  const byState = grouped(containers, ({ State }) => State);
  return [...byState.keys()]
    .toSorted()
    .map((state) => `${state}(${byState.get(state)?.length ?? 0})`)
    .join(', ');
}

function configFiles(containers: readonly ContainerSummary[]): string {
  const files = new Set<string>();
  for (const { Labels } of containers) {
    const label = Labels?.[LABEL.configFiles];
    if (label === undefined) return 'N/A';
    for (const file of label.split(',')) files.add(file);
  }
  return [...files].join(',');
}

function formatProjects(rows: readonly ProjectRow[], request: ListProjectsRequest): string {
  if (request.quiet) return rows.map(({ Name }) => `${Name}\n`).join('');
  const heading = ['NAME', 'STATUS', 'CONFIG FILES'];
  const cells = rows.map(({ Name, Status, ConfigFiles }) => [Name, Status, ConfigFiles]);
  return formatPlain({ heading, cells, objects: rows }, request.format);
}
