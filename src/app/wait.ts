import type { EngineClient } from '../engine/client.ts';
import { findContainers } from '../engine/find-containers.ts';
import { absentServices, explainAbsence, reportAbsence } from './absent-services.ts';
import { down } from './down.ts';
import { withEngine } from './engine.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProjectOrName } from './load-project.ts';
import type { Session } from './session.ts';

export interface WaitRequest {
  readonly services: readonly string[];
  /** Then remove the project's containers and networks, orphans included. */
  readonly downProject: boolean;
  readonly dryRun: boolean;
}

/** `wait`: waits until running containers end; the exit code is that of the last one. */
export async function waitForEnd(
  session: Session,
  global: GlobalOptions,
  { services, downProject, dryRun }: WaitRequest,
): Promise<number> {
  const { name: project } = await openProjectOrName(session, global, []);
  const code = await withEngine(session, global.engine, async (engine) => {
    const query = { project, all: false, oneOffs: true, services };
    const containers = await findContainers(engine.client, query, session.signal);
    if (containers.length === 0) {
      throw new CommandFailure(
        `no containers for project ${JSON.stringify(project)}`,
        await explainAbsence(engine, query, session.signal),
      );
    }
    const absent = absentServices(services, containers);
    await reportAbsence(engine, session, { project, services: absent });
    return lastExitCode(
      engine.client,
      containers.map(({ Id }) => Id),
      session,
    );
  });
  if (downProject) {
    await down(
      session,
      { ...global, projectName: project, files: [] },
      {
        services: [],
        removeOrphans: true,
        images: 'none',
        timeout: undefined,
        volumes: false,
        copies: false,
        dryRun,
      },
    );
  }
  return code;
}

/** Waits for all of them; a failure ends the others' waits. */
async function lastExitCode(
  client: EngineClient,
  ids: readonly string[],
  session: Session,
): Promise<number> {
  const failed = new AbortController();
  const signal = AbortSignal.any([session.signal, failed.signal]);
  let last = 0;
  const waitForOne = async (id: string): Promise<void> => {
    const { StatusCode } = await client.send<{ readonly StatusCode: number }>(
      { method: 'POST', path: `/containers/${id}/wait`, resource: `container ${id}` },
      signal,
    );
    session.stdout.write(`container "${id}" exited with status code ${StatusCode}\n`);
    last = StatusCode;
  };
  try {
    await Promise.all(ids.map(waitForOne));
  } finally {
    failed.abort();
  }
  return last;
}
