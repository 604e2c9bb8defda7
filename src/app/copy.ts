import { PassThrough, type Readable } from 'node:stream';
import {
  copyFromContainer,
  copyToContainer,
  readFromContainer,
  type CopyTask,
} from '../engine/copy/copy.ts';
import { parseCopyPlace, resolveTyped, type CopyPlace } from '../engine/copy/paths.ts';
import { findContainers } from '../engine/find-containers.ts';
import { toContainer, type ContainerSummary } from '../engine/observe.ts';
import { mapLimited } from '../foundation/pool.ts';
import { explainAbsence } from './absent-services.ts';
import { writeAll } from './binary-output.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProjectName } from './load-project.ts';
import { withOperation, type Operation } from './operation.ts';
import { chooseReplica, requireReplica } from './service-replica.ts';
import type { Session } from './session.ts';

export interface CopyRequest {
  /** `SERVICE:PATH`, a path, or `-` for an archive. */
  readonly source: string;
  readonly destination: string;
  /** Number of the replica; 0: the first, or all when copying to a service. */
  readonly index: number;
  /** Containers of `run` too. */
  readonly oneOffs: boolean;
  readonly followLink: boolean;
  /** Give what is copied to the user and group of the container. */
  readonly archive: boolean;
  readonly dryRun: boolean;
}

/** How many containers are copied to at a time. */
const PARALLEL = 8;

/** `cp`: copies files between a service's containers and this machine. */
export async function copy(
  session: Session,
  global: GlobalOptions,
  request: CopyRequest,
): Promise<number> {
  const { service, upload, remote, local } = directionOf(request);
  const project = await openProjectName(session, global);
  const options = { title: 'copy', dryRun: request.dryRun };
  return withOperation(session, global, options, async (operation) => {
    const containers = await targets(operation, { project, service, upload, request });
    const source = local === '-' && upload ? split(session.stdin, containers.length) : undefined;
    await mapLimited(containers, source === undefined ? PARALLEL : Infinity, (row, at) => {
      const copying = { row, remote, local, request };
      return upload
        ? copyTo(operation, copying, source?.[at] ?? resolveTyped(session.cwd, local))
        : copyFrom(operation, copying);
    });
    return 0;
  });
}

interface Direction {
  readonly service: string;
  readonly upload: boolean;
  readonly remote: string;
  readonly local: string;
}

function directionOf(request: CopyRequest): Direction {
  if (request.source === '') throw new CommandFailure('source can not be empty');
  if (request.destination === '') throw new CommandFailure('destination can not be empty');
  const [from, to] = [parseCopyPlace(request.source), parseCopyPlace(request.destination)];
  if (from.service !== undefined && to.service !== undefined) {
    throw new CommandFailure(
      'copying between services is not supported',
      'copy to this machine first; a local path with a colon begins with "./" or "/"',
    );
  }
  const found = direction(from, to) ?? direction(to, from);
  if (found === undefined) {
    throw new CommandFailure(
      'unknown copy direction',
      'one of the two is SERVICE:PATH, the other a path of this machine',
    );
  }
  return { ...found, upload: to.service !== undefined };
}

function direction(
  { service, path: remote }: CopyPlace,
  { path: local }: CopyPlace,
): Omit<Direction, 'upload'> | undefined {
  return service === undefined ? undefined : { service, remote, local };
}

async function targets(
  { engine, session }: Operation,
  asked: Pick<Direction, 'service' | 'upload'> & {
    readonly project: string;
    readonly request: CopyRequest;
  },
): Promise<readonly ContainerSummary[]> {
  const { project, service, upload, request } = asked;
  if (request.index > 0) {
    const query = { project, service, index: request.index, stopped: true, oneOffs: false };
    return [await requireReplica(engine, query, session.signal)];
  }
  const query = { project, all: true, oneOffs: request.oneOffs, services: [service] };
  const found = await findContainers(engine.client, query, session.signal);
  const first = chooseReplica(found, 0);
  if (first === undefined) {
    throw new CommandFailure(
      `no container found for service ${JSON.stringify(service)}`,
      await explainAbsence(engine, query, session.signal),
    );
  }
  return upload ? found : [first];
}

interface Copying {
  readonly row: ContainerSummary;
  readonly remote: string;
  readonly local: string;
  readonly request: CopyRequest;
}

function copyTo(
  operation: Operation,
  { row, remote, local, request }: Copying,
  source: string | Readable,
): Promise<void> {
  const { name } = toContainer(row);
  return telling(operation, { name, details: `${local} to ${name}:${remote}` }, () =>
    copyToContainer({
      ...taskOf(operation, { row, remote, request }),
      source,
      ownedByUser: request.archive,
      dryRun: request.dryRun,
    }),
  );
}

function copyFrom(operation: Operation, { row, remote, local, request }: Copying): Promise<void> {
  const { session } = operation;
  const { name } = toContainer(row);
  const task = taskOf(operation, { row, remote, request });
  return telling(operation, { name, details: `${name}:${remote} to ${local}` }, async () => {
    if (local === '-') await writeAll(await readFromContainer(task), session.stdout);
    else {
      const destination = resolveTyped(session.cwd, local);
      await copyFromContainer({ ...task, destination, dryRun: request.dryRun });
    }
  });
}

function taskOf(
  { engine, session }: Operation,
  { row, remote, request }: Omit<Copying, 'local'>,
): CopyTask {
  return {
    client: engine.client,
    container: toContainer(row),
    remote,
    followLink: request.followLink,
    signal: session.signal,
  };
}

async function telling(
  { onEvent }: Operation,
  { name: id, details }: { readonly name: string; readonly details: string },
  work: () => Promise<void>,
): Promise<void> {
  onEvent({ type: 'progress', progress: { id, status: 'working', text: 'Copying', details } });
  await work();
  onEvent({ type: 'progress', progress: { id, status: 'done', text: 'Copied', details } });
}

/** The same bytes as several streams, which are read as fast as the slowest reader goes. */
function split(source: Readable, count: number): readonly Readable[] {
  if (count === 1) return [source];
  const copies = Array.from({ length: count }, () => new PassThrough());
  for (const each of copies) source.pipe(each);
  source.on('error', (error) => {
    for (const each of copies) each.destroy(error);
  });
  return copies;
}
