import type { Project } from '../compose/model.ts';
import { describeBuilds } from '../engine/build/build.ts';
import type { BuildPlanOptions } from '../engine/build/build-plan.ts';
import { parseSize } from '../foundation/size.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import {
  build as buildServices,
  buildDisplay,
  buildPlan,
  type BuildRequest,
} from './image-work.ts';
import { openProject } from './load-project.ts';
import { withOperation, type Operation } from './operation.ts';
import type { Session } from './session.ts';

export interface BuildCommandRequest {
  readonly services: readonly string[];
  /** `NAME=VALUE`, or a name whose value the environment gives. */
  readonly args: readonly string[];
  readonly builder: string | undefined;
  /** Only check build definitions. */
  readonly check: boolean;
  /** As typed: `512m`. */
  readonly memory: string | undefined;
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

/** `build`: builds images of services. */
export function build(
  session: Session,
  global: GlobalOptions,
  request: BuildCommandRequest,
): Promise<number> {
  const settings = { ...global, progress: request.progress ?? global.progress };
  const { project } = openProject(session, settings, {
    services: request.services,
    envFiles: 'none',
  });
  const { quiet, dryRun } = request;
  return withOperation(session, settings, { title: 'build', quiet, dryRun }, (operation) =>
    buildOrPrint(operation, project, request),
  );
}

async function buildOrPrint(
  operation: Operation,
  project: Project,
  request: BuildCommandRequest,
): Promise<number> {
  const { session } = operation;
  const plan = planOptions(request);
  const run = runOptions(operation, request);
  if (request.print || request.dryRun) {
    const bake = describeBuilds(project, { plan: buildPlan(operation, project, plan), ...run });
    session.stdout.write(`${JSON.stringify(bake.file, undefined, 2)}\n`);
    return 0;
  }
  await buildServices(operation, project, { plan, run, signal: session.signal });
  return 0;
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

function runOptions(operation: Operation, request: BuildCommandRequest): BuildRequest['run'] {
  const { builder, sbom, provenance, memory } = request;
  return {
    display: request.quiet ? 'none' : buildDisplay(operation),
    push: request.push,
    check: request.check,
    ...(request.ssh === undefined ? {} : { ssh: sshKeys(request.ssh) }),
    ...(builder === undefined ? {} : { builder }),
    ...(sbom === undefined ? {} : { sbom }),
    ...(provenance === undefined ? {} : { provenance }),
    ...(memory === undefined ? {} : { memory: bytes(memory) }),
  };
}

function sshKeys(text: string): Readonly<Record<string, string>> {
  const entries = text.split(',').map((part): [string, string] => {
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

function bytes(text: string): number {
  const size = parseSize(text);
  if (size.ok) return size.bytes;
  throw new CommandFailure(
    `invalid size: '${text}'`,
    'write a number with b, k, m or g, as in 512m',
  );
}
