import type { Engine } from '../engine/engine.ts';
import { findContainers } from '../engine/find-containers.ts';
import { LABEL } from '../engine/labels.ts';
import { formatList, type ListView } from '../output/formatted-list.ts';
import { withEngine } from './engine.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProjectOrName } from './load-project.ts';
import { noSuchService } from './scale.ts';
import type { Session } from './session.ts';
import { volumeHeadings, volumeRow, type ListedVolume, type VolumeRow } from './volume-row.ts';

export interface ListVolumesRequest {
  /** Only volumes that running containers of these services use; empty: all. */
  readonly services: readonly string[];
  readonly format: string;
  readonly quiet: boolean;
}

/** `volumes`: the volumes that were made for the project. */
export async function listVolumes(
  session: Session,
  global: GlobalOptions,
  request: ListVolumesRequest,
): Promise<number> {
  const target = await openProjectOrName(session, global, request.services);
  if (target.kind === 'project') {
    const { project } = target;
    for (const service of request.services) {
      if (!Object.hasOwn(project.services, service)) throw noSuchService(service, project);
    }
  }
  return withEngine(session, global.engine, async (engine) => {
    const filters = { label: [`${LABEL.project}=${target.name}`] };
    const { Volumes } = await engine.client.send<{ Volumes: readonly ListedVolume[] | null }>(
      { method: 'GET', path: '/volumes', query: { filters } },
      session.signal,
    );
    const used = await usedBy(engine, target.name, { services: request.services, session });
    const rows = (Volumes ?? [])
      .filter(({ Name }) => used === undefined || used.has(Name))
      .toSorted((a, b) => (a.Name < b.Name ? -1 : 1))
      .map(volumeRow);
    session.stdout.write(
      request.quiet
        ? rows.map(({ Name }) => `${Name}\n`).join('')
        : formatList(volumeView(rows), request.format),
    );
    return 0;
  });
}

/** Names of volumes that running containers of the services use; undefined without services. */
async function usedBy(
  { client }: Engine,
  project: string,
  { services, session }: { readonly services: readonly string[]; readonly session: Session },
): Promise<ReadonlySet<string> | undefined> {
  if (services.length === 0) return undefined;
  const query = { project, services, all: false, oneOffs: true, unmanaged: true };
  const containers = await findContainers(client, query, session.signal);
  return new Set(containers.flatMap(({ Mounts = [] }) => Mounts.map(({ Name }) => Name ?? '')));
}

/** How the rows are shown. */
export function volumeView(rows: readonly VolumeRow[]): ListView<VolumeRow> {
  return {
    rows,
    typeName: '*formatter.volumeContext',
    headings: volumeHeadings,
    named: {
      table: String.raw`table {{.Driver}}\t{{.Name}}`,
      raw: String.raw`name: {{.Name}}\ndriver: {{.Driver}}\n`,
    },
  };
}
