import type { EngineClient } from '../engine/client.ts';
import { findContainers } from '../engine/find-containers.ts';
import { LABEL } from '../engine/labels.ts';
import { toContainer, type ContainerSummary } from '../engine/observe.ts';
import { formatProcesses, type ContainerProcesses } from '../output/process-table.ts';
import { absentServices, reportAbsence } from './absent-services.ts';
import { withEngine } from './engine.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProjectName } from './load-project.ts';
import type { Session } from './session.ts';

/** `top`: the processes in what runs of the services (empty: all), containers of `run` too. */
export async function top(
  session: Session,
  global: GlobalOptions,
  services: readonly string[],
): Promise<number> {
  const project = await openProjectName(session, global);
  return withEngine(session, global.engine, async (engine) => {
    const query = { project, all: false, oneOffs: true, services };
    const containers = await findContainers(engine.client, query, session.signal);
    const sorted = containers.toSorted((a, b) =>
      toContainer(a).name < toContainer(b).name ? -1 : 1,
    );
    const processes = await Promise.all(
      sorted.map((container) => processesOf(engine.client, container, session.signal)),
    );
    session.stdout.write(formatProcesses(processes));
    const absent = absentServices(services, containers);
    await reportAbsence(engine, session, { project, services: absent });
    return 0;
  });
}

async function processesOf(
  client: EngineClient,
  row: ContainerSummary,
  signal: AbortSignal,
): Promise<ContainerProcesses> {
  const { name, labels } = toContainer(row);
  const answer = await client.send<{
    readonly Titles: readonly string[] | null;
    readonly Processes: readonly (readonly string[])[] | null;
  }>({ method: 'GET', path: `/containers/${row.Id}/top`, resource: `container ${name}` }, signal);
  return {
    service: labels[LABEL.service] ?? name,
    replica: labels[LABEL.number] ?? '',
    titles: answer.Titles ?? [],
    processes: answer.Processes ?? [],
  };
}
