import { relative, resolve } from 'node:path';
import { renderJson, renderYaml } from '../compose/render.ts';
import { lookForContainers } from '../engine/found-containers.ts';
import {
  projectFromContainers,
  type FoundContainer,
} from '../scheduler/project-from-containers.ts';
import { withEngine } from './engine.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Session } from './session.ts';

export interface GenerateRequest {
  /** Names or ids, or parts of them. */
  readonly containers: readonly string[];
  /** Name of the project; empty: the file has none. */
  readonly name: string;
  /** Directory that the file is meant for; what is mounted from it is written relative to it. */
  readonly directory: string;
  /** `yaml` or `json`. */
  readonly format: string;
}

/** `alpha generate`: prints a Compose file for containers that there are. */
export async function generate(
  session: Session,
  global: GlobalOptions,
  request: GenerateRequest,
): Promise<number> {
  session.stderr.write('generate command is EXPERIMENTAL\n');
  const { containers: words, name, format } = request;
  if (words.length === 0) {
    throw new CommandFailure(
      'at least one container must be specified',
      'name containers as "docker ps -a" shows them',
    );
  }
  const render = { yaml: renderYaml, json: renderJson }[format];
  if (render === undefined) {
    throw new CommandFailure(`unsupported format ${JSON.stringify(format)}`, 'use yaml or json');
  }
  const found = await withEngine(session, global.engine, (engine) =>
    lookForContainers(engine.client, words, session.signal),
  );
  if (found.length === 0) {
    throw new CommandFailure(
      `no container(s) found with the following name(s): ${words.join(',')}`,
      'see "docker ps -a" for those that there are',
    );
  }
  const home = request.directory === '' ? undefined : resolve(session.cwd, request.directory);
  const placed = home === undefined ? found : found.map((each) => relativeTo(each, home));
  const project = { name, configs: {}, models: {}, ...projectFromContainers(placed) };
  session.stdout.write(`${render(project)}\n`);
  return 0;
}

function relativeTo(container: FoundContainer, home: string): FoundContainer {
  return {
    ...container,
    mounts: container.mounts.map((mount) => {
      const path = relative(home, mount.source);
      const inside = mount.type === 'bind' && !path.startsWith('..');
      return inside ? { ...mount, source: path === '' ? '.' : `./${path}` } : mount;
    }),
  };
}
