import { resolve } from 'node:path';
import { stat } from 'node:fs/promises';
import { checkOutputPath } from '../engine/copy/local-paths.ts';
import { atLocalPath } from '../engine/copy/local-failure.ts';
import { fromTransport, messageOf } from '../engine/errors.ts';
import { toContainer, type ContainerSummary } from '../engine/observe.ts';
import { writeAtomically } from './atomic-file.ts';
import { writeAll } from './binary-output.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProjectName } from './load-project.ts';
import { withOperation, type Operation } from './operation.ts';
import { requireReplica } from './service-replica.ts';
import type { Session } from './session.ts';

export interface ExportRequest {
  readonly service: string;
  /** Number of the replica; 0: the first. */
  readonly index: number;
  /** File to write; empty: standard output. */
  readonly output: string;
  readonly dryRun: boolean;
}

/** `export`: writes the file system of a running container as a tar archive. */
export async function exportContainer(
  session: Session,
  global: GlobalOptions,
  request: ExportRequest,
): Promise<number> {
  const project = await openProjectName(session, global);
  const options = { title: 'export', dryRun: request.dryRun };
  return withOperation(session, global, options, async (operation) => {
    const query = { project, service: request.service, index: request.index };
    const row = await requireReplica(operation.engine, query, session.signal);
    await checkOutput(session, request.output);
    const { name: id } = toContainer(row);
    const { onEvent } = operation;
    onEvent({ type: 'progress', progress: { id, status: 'working', text: 'Exporting' } });
    if (!request.dryRun) await write(operation, row, request.output);
    onEvent({ type: 'progress', progress: { id, status: 'done', text: 'Exported' } });
    return 0;
  });
}

async function checkOutput({ stdout, cwd }: Session, output: string): Promise<void> {
  if (output === '') {
    if (stdout.isTTY !== true) return;
    throw new CommandFailure(
      'output option is required when exporting to terminal',
      'name a file with -o, or send the archive through a pipe',
    );
  }
  const path = resolve(cwd, output);
  try {
    await checkOutputPath(path);
  } catch (error) {
    throw new CommandFailure(`failed to export container: ${messageOf(error)}`);
  }
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory() === true) {
    throw new CommandFailure(
      `failed to export container: ${path} is a directory`,
      'name a file in it',
    );
  }
}

async function write(
  { engine: { client }, session }: Operation,
  row: ContainerSummary,
  output: string,
): Promise<void> {
  const resource = `container ${toContainer(row).name}`;
  const call = { method: 'GET', path: `/containers/${row.Id}/export`, resource } as const;
  const archive = await client.open(call, session.signal);
  const lost: { error?: unknown } = {};
  archive.on('error', (error) => {
    lost.error = error;
  });
  try {
    if (output === '') await writeAll(archive, session.stdout);
    else {
      const path = resolve(session.cwd, output);
      await atLocalPath('write', path, () => writeAtomically(path, archive, session.signal));
    }
  } catch (error) {
    session.signal.throwIfAborted();
    throw lost.error === undefined ? error : fromTransport(lost.error, client.address);
  }
}
