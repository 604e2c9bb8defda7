import type { Project } from '../compose/model.ts';
import type { ImageQuery, ObserveQuery } from '../engine/observe.ts';
import { imageName, pinnedPlatform, resourceName, type Separator } from '../scheduler/names.ts';
import type { Observed } from '../scheduler/observed.ts';
import type { Operation } from './operation.ts';
import { isTrue } from './true-words.ts';

/** What stands between the parts of names that the engine sees. */
export function separatorOf({ global, session }: Pick<Operation, 'global' | 'session'>): Separator {
  const asked = global.compatibility || isTrue(session.env['COMPOSE_COMPATIBILITY']);
  return asked ? '_' : '-';
}

/** What costs another request and few commands want to know. */
type MoreToObserve = Pick<ObserveQuery, 'anonymousVolumes'>;

/** Takes a snapshot of everything that planning a project looks at, images included. */
export function observeProject(
  operation: Operation,
  project: Project,
  more: MoreToObserve = {},
): Promise<Observed> {
  const { engine, session } = operation;
  return engine.observe(
    {
      project: project.name,
      networks: Object.entries(project.networks).map(([key, network]) =>
        resourceName(project, key, network),
      ),
      volumes: Object.entries(project.volumes).map(([key, volume]) =>
        resourceName(project, key, volume),
      ),
      images: imageQueries(operation, project),
      ...more,
    },
    session.signal,
  );
}

/** Takes a snapshot of what carries a project's labels. */
export function observeByName(
  { engine, session }: Operation,
  project: string,
  more: MoreToObserve = {},
): Promise<Observed> {
  return engine.observe({ project, ...more }, session.signal);
}

function imageQueries(operation: Operation, project: Project): readonly ImageQuery[] {
  const separator = separatorOf(operation);
  const queries = new Map<string, ImageQuery>();
  const ask = (reference: string, platform?: string): void => {
    const query = platform === undefined ? { reference } : { reference, platform };
    queries.set(`${reference}@${platform ?? ''}`, query);
  };
  for (const service of Object.values(project.services)) {
    if (service.provider !== undefined) continue;
    ask(imageName(project, service, separator), pinnedPlatform(project, service));
    for (const hook of service.pre_start ?? []) if (hook.image !== undefined) ask(hook.image);
    for (const { type, source } of service.volumes ?? []) {
      if (type === 'image' && source !== undefined) ask(source);
    }
  }
  return [...queries.values()];
}
