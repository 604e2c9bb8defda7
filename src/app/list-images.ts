import { describeContainerImage, type ContainerImage } from '../engine/container-image.ts';
import { findContainers } from '../engine/find-containers.ts';
import { toContainer } from '../engine/observe.ts';
import { mapLimited } from '../foundation/pool.ts';
import { humanDuration, humanSize } from '../output/human.ts';
import { absentServices, reportAbsence } from './absent-services.ts';
import { withEngine } from './engine.ts';
import type { GlobalOptions } from './global-options.ts';
import { formatPlain } from './list-format.ts';
import { openProjectName } from './load-project.ts';
import type { Session } from './session.ts';

export interface ListImagesRequest {
  /** Empty: all. */
  readonly services: readonly string[];
  /** `table` or `json`. */
  readonly format: string;
  /** Only ids, each once. */
  readonly quiet: boolean;
}

/** A container and its image. */
export interface ImageRow extends ContainerImage {
  readonly container: string;
}

const HEADING = ['CONTAINER', 'REPOSITORY', 'TAG', 'PLATFORM', 'IMAGE ID', 'SIZE', 'CREATED'];

/** Questions at a time. */
const PARALLEL = 16;

/** `images`: the images that containers of the project, in every state, were made from. */
export async function listImages(
  session: Session,
  global: GlobalOptions,
  request: ListImagesRequest,
): Promise<number> {
  const { services } = request;
  const project = await openProjectName(session, global);
  // A wrong format is no reason to ask the engine.
  formatImages([], request, 0);
  return withEngine(session, global.engine, async (engine) => {
    const query = { project, services, all: true, oneOffs: true, unmanaged: true };
    const { client } = engine;
    const containers = await findContainers(client, query, session.signal);
    const rows = await mapLimited(containers, PARALLEL, async (row) => ({
      container: toContainer(row).name,
      ...(await describeContainerImage(client, row, session.signal)),
    }));
    const sorted = rows.toSorted((a, b) => (a.container < b.container ? -1 : 1));
    session.stdout.write(formatImages(sorted, request, Date.now() / 1000));
    const absent = absentServices(services, containers);
    await reportAbsence(engine, session, { project, services: absent });
    return 0;
  });
}

/**
 * The rows as flags want them.
 *
 * @param now seconds since the epoch
 */
export function formatImages(
  rows: readonly ImageRow[],
  { quiet, format }: Pick<ListImagesRequest, 'quiet' | 'format'>,
  now: number,
): string {
  if (quiet) return [...new Set(rows.map(({ id }) => `${bare(id)}\n`))].join('');
  const cells = rows.map((row) => tableCells(row, now));
  const text = formatPlain({ heading: HEADING, cells, objects: rows.map(jsonObject) }, format);
  if (format !== 'json') return text;
  // Compose prints null for no rows, and an empty line behind the array.
  return rows.length === 0 ? 'null\n\n' : `${text}\n`;
}

function tableCells(row: ImageRow, now: number): readonly string[] {
  const { container, repository, tag, platform, id, size, created } = row;
  return [
    container,
    repository || '<none>',
    tag || '<none>',
    platform,
    bare(id).slice(0, 12),
    humanSize(size, 3),
    created === undefined ? 'N/A' : `${humanDuration(now - Date.parse(created) / 1000)} ago`,
  ];
}

function jsonObject(row: ImageRow): object {
  const { created, lastTagged } = row;
  return {
    ID: row.id,
    ContainerName: row.container,
    Repository: row.repository,
    Tag: row.tag,
    Platform: row.platform,
    Size: row.size,
    ...(created === undefined ? {} : { Created: created }),
    ...(lastTagged === undefined ? {} : { LastTagTime: lastTagged }),
  };
}

/** An id without its algorithm. */
function bare(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}
