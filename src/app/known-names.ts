import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '../compose/model.ts';
import { clientConfigDir } from '../engine/client-config.ts';
import { endpointSources } from './engine.ts';
import type { GlobalOptions } from './global-options.ts';
import { existingProjects } from './list-projects.ts';
import { openLocalProject } from './load-project.ts';
import type { Session } from './session.ts';

/** Services of the project, those of profiles that are not active too. */
export function serviceNames(session: Session, global: GlobalOptions): readonly string[] {
  return Object.keys(services(session, global)).toSorted();
}

/** Profiles that services of the project belong to. */
export function profileNames(session: Session, global: GlobalOptions): readonly string[] {
  const named = Object.values(services(session, global)).flatMap(({ profiles = [] }) => profiles);
  return [...new Set(named)].toSorted();
}

/** Projects that have containers. */
export async function projectNames(
  session: Session,
  global: GlobalOptions,
): Promise<readonly string[]> {
  const projects = await existingProjects(session, global, { all: true });
  return projects.map(({ Name }) => Name);
}

/** Docker contexts of this user. */
export function contextNames(session: Session, { engine }: GlobalOptions): readonly string[] {
  const store = join(clientConfigDir(endpointSources(session, engine)), 'contexts', 'meta');
  if (!existsSync(store)) return ['default'];
  const named = readdirSync(store).map((id) => {
    const meta = JSON.parse(readFileSync(join(store, id, 'meta.json'), 'utf8')) as {
      readonly Name?: string;
    };
    return meta.Name ?? '';
  });
  return ['default', ...named.filter((name) => name !== '')].toSorted();
}

function services(session: Session, global: GlobalOptions): Readonly<Record<string, Service>> {
  // Reading it would wait for somebody who is still typing.
  if (global.files.includes('-')) return {};
  const { project } = openLocalProject(session, global, {
    envFiles: 'none',
    skipConsistency: true,
  });
  return { ...project.services, ...project.disabledServices };
}
