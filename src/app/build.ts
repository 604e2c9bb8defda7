import { escapeJson } from '../compose/json-text.ts';
import type { Project } from '../compose/model.ts';
import { describeBuilds } from '../engine/build/build.ts';
import type { BuildPlanOptions } from '../engine/build/build-plan.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import {
  build as buildServices,
  buildDisplay,
  buildPlan,
  type BuildRequest,
} from './image-work.ts';
import { openProject } from './load-project.ts';
import { withOperation } from './operation.ts';
import type { Session } from './session.ts';

export interface BuildCommandRequest {
  readonly services: readonly string[];
  /** `NAME=VALUE`, or a name whose value the environment gives. */
  readonly args: readonly string[];
  readonly builder: string | undefined;
  /** Only check build definitions. */
  readonly check: boolean;
  /** As typed: `512m`. */
  readonly memory: number | undefined;
  readonly noCache: boolean;
  /** Print the bake file and build nothing. */
  readonly print: boolean;
  readonly progress: string | undefined;
  readonly provenance: string | undefined;
  readonly pull: boolean;
  readonly push: boolean;
  readonly quiet: boolean;
  readonly sbom: string | undefined;
  /** `default`, or `id=path` with commas. */
  readonly ssh: string | undefined;
  readonly withDependencies: boolean;
  readonly dryRun: boolean;
}

const NOTHING_TO_BUILD = 'No services to build';

/** `build`: builds images of services. */
export async function build(
  session: Session,
  global: GlobalOptions,
  request: BuildCommandRequest,
): Promise<number> {
  const settings = { ...global, progress: request.progress ?? global.progress };
  const { project } = await openProject(session, settings, {
    services: request.services,
    envFiles: 'none',
  });
  if (request.print || request.dryRun) {
    printBake(session, settings, { project, request });
    return Promise.resolve(0);
  }
  const { quiet } = request;
  return withOperation(session, settings, { title: 'build', quiet }, async (operation) => {
    const plan = planOptions(request);
    const run = {
      display: quiet ? 'none' : buildDisplay(operation),
      ...runOptions(request),
    } as const;
    const built = await buildServices(operation, project, { plan, run, signal: session.signal });
    if (built.size === 0) {
      operation.onEvent({ type: 'message', level: 'warning', text: NOTHING_TO_BUILD });
    }
    return 0;
  });
}

/**
 * Prints what would be built as a bake file; needs no engine. As in Compose, services that the
 * selected ones depend on are described too, but not part of the default group.
 */
function printBake(
  session: Session,
  global: GlobalOptions,
  { project, request }: { readonly project: Project; readonly request: BuildCommandRequest },
): void {
  const options = { project, ...planOptions(request), keepTwins: true };
  const { builds } = buildPlan(session, global, options);
  if (builds.length === 0) {
    session.stderr.write(`warning: ${NOTHING_TO_BUILD}\n`);
    return;
  }
  const { file } = describeBuilds(project, {
    ...runOptions(request),
    plan: buildPlan(session, global, { ...options, dependencies: true }),
    group: new Set(builds.map(({ service }) => service)),
  });
  session.stdout.write(`${escapeJson(JSON.stringify(file, undefined, 2))}\n`);
}

function planOptions(request: BuildCommandRequest): BuildRequest['plan'] {
  const args: Record<string, string | null> = {};
  for (const word of request.args) {
    const equals = word.indexOf('=');
    if (equals < 0) args[word] = null;
    else args[word.slice(0, equals)] = word.slice(equals + 1);
  }
  const options: Pick<BuildPlanOptions, 'services' | 'singlePlatform'> & Partial<BuildPlanOptions> =
    {
      services: request.services,
      dependencies: request.withDependencies,
      args,
      pull: request.pull,
      noCache: request.noCache,
      singlePlatform: false,
    };
  return options;
}

function runOptions(request: BuildCommandRequest): Omit<BuildRequest['run'], 'display'> {
  const { builder, sbom, provenance, memory } = request;
  return {
    push: request.push,
    check: request.check,
    ...(request.ssh === undefined ? {} : { ssh: sshKeys(request.ssh) }),
    ...(builder === undefined ? {} : { builder }),
    ...(sbom === undefined ? {} : { sbom }),
    ...(provenance === undefined ? {} : { provenance }),
    ...(memory === undefined ? {} : { memory }),
  };
}

/** `--ssh=` means the agent, as `--ssh default` does. */
function sshKeys(text: string): Readonly<Record<string, string>> {
  const entries = (text === '' ? 'default' : text).split(',').map((part): [string, string] => {
    const [id = '', path = ''] = part.split('=');
    if (path === '' && id !== 'default') {
      throw new CommandFailure(
        `invalid ssh key ${JSON.stringify(id)}`,
        'write default, or ID=PATH',
      );
    }
    return [id, path];
  });
  return Object.fromEntries(entries);
}
