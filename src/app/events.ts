import { openContainerEvents } from '../engine/container-events.ts';
import { findContainers } from '../engine/find-containers.ts';
import { eventJson, eventText } from '../output/event-line.ts';
import { absentServices, reportAbsence } from './absent-services.ts';
import { withEngine } from './engine.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProjectName } from './load-project.ts';
import { localOffset } from './local-zone.ts';
import type { Session } from './session.ts';
import { timeOption } from './time-option.ts';

export interface EventsRequest {
  /** Empty: all. */
  readonly services: readonly string[];
  readonly json: boolean;
  /** As typed; empty: from now on. */
  readonly since: string;
  /** As typed; empty: for ever. */
  readonly until: string;
}

/** `events`: prints what happens to a project's containers until it is interrupted or `until` comes. */
export async function events(
  session: Session,
  global: GlobalOptions,
  request: EventsRequest,
): Promise<number> {
  const [since, until] = [timeOption(request.since), timeOption(request.until)];
  const project = await openProjectName(session, global);
  const { services } = request;
  return withEngine(session, global.engine, async (engine) => {
    if (services.length > 0) {
      const all = { project, all: true, oneOffs: false };
      const found = await findContainers(engine.client, all, session.signal);
      // There may be containers later on: said, but no failure.
      const absent = absentServices(services, found);
      await reportAbsence(engine, session, { project, services: absent });
    }
    const query = {
      project,
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    };
    const format = request.json ? eventJson : eventText;
    const happening = await openContainerEvents(engine.client, query, session.signal);
    for await (const event of happening) {
      if (services.length > 0 && !services.includes(event.service)) continue;
      session.stdout.write(format(event, localOffset));
    }
    return 0;
  });
}
