import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { LoadRequest } from '../compose/load.ts';
import type { Project } from '../compose/model.ts';
import { renderTreeJson, renderTreeYaml } from '../compose/render-tree.ts';
import { renderJson, renderYaml } from '../compose/render.ts';
import { explain } from './config-explain.ts';
import { configList, type ConfigList } from './config-lists.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProject, openTree } from './load-project.ts';
import type { Session } from './session.ts';

export interface ConfigRequest {
  readonly services: readonly string[];
  /** What to print instead of the project. */
  readonly list: ConfigList | undefined;
  /** Path or variable to explain instead. */
  readonly explain: string | undefined;
  /** `yaml`, `json` or empty. */
  readonly format: string;
  /** File to write to; undefined: standard output. */
  readonly output: string | undefined;
  readonly quiet: boolean;
  readonly interpolate: boolean;
  readonly normalize: boolean;
  readonly resolvePaths: boolean;
  readonly resolveEnvFiles: boolean;
  readonly checkConsistency: boolean;
  readonly resolveDigests: boolean;
  /** Print only images with digests, as an override file. */
  readonly lockDigests: boolean;
}

/** `config`: checks the files and prints what they amount to. */
export async function config(
  session: Session,
  global: GlobalOptions,
  request: ConfigRequest,
): Promise<number> {
  const text = await configText(session, global, request);
  if (request.quiet) return 0;
  if (request.output === undefined) session.stdout.write(text);
  else if (text !== '') writeFileSync(resolve(session.cwd, request.output), text);
  return 0;
}

async function configText(
  session: Session,
  global: GlobalOptions,
  request: ConfigRequest,
): Promise<string> {
  const load = loadRequest(global, request);
  if (request.explain !== undefined) return explain(session, global, request.explain);
  if (request.list !== undefined) {
    return configList(session, global, { ...request, list: request.list, load });
  }
  if (!['', 'yaml', 'json'].includes(request.format)) {
    throw new CommandFailure(
      `unsupported format ${JSON.stringify(request.format)}`,
      'use yaml or json',
    );
  }
  if (!request.interpolate) return rawText(session, global, { ...request, load });
  const { project } = await openProject(session, global, load);
  const printed = withoutEnvFiles(
    request.resolveDigests ? await pinned(session, global, { project, request }) : project,
    request,
  );
  return request.format === 'json' ? renderJson(printed) : renderYaml(printed);
}

function loadRequest(global: GlobalOptions, request: ConfigRequest): LoadRequest {
  return {
    services: request.services,
    envFiles: request.resolveEnvFiles ? 'all' : 'none',
    skipInterpolation: !request.interpolate,
    skipNormalization: !request.normalize || global.compatibility,
    skipPathResolution: !request.resolvePaths,
    skipConsistency: !request.checkConsistency,
    discardLabelFiles: request.list?.kind !== 'hash',
    uniqueContainerNames: request.checkConsistency && request.list === undefined,
  };
}

async function rawText(
  session: Session,
  global: GlobalOptions,
  request: ConfigRequest & { readonly load: LoadRequest },
): Promise<string> {
  if (request.services.length > 0) {
    session.stderr.write(
      'warning: service filtering is not applied when --no-interpolate is set, the full model will be rendered\n',
    );
  }
  const { tree } = await openTree(session, global, request.load);
  return request.format === 'json' ? renderTreeJson(tree) : renderTreeYaml(tree);
}

/** Digests come from an engine, which nothing else here needs: it is loaded only for them. */
async function pinned(
  session: Session,
  global: GlobalOptions,
  { project, request }: { readonly project: Project; readonly request: ConfigRequest },
): Promise<Project> {
  const { imagesOnly, withDigests } = await import('./image-digests.ts');
  const resolved = await withDigests(session, global, project);
  return request.lockDigests ? imagesOnly(resolved) : resolved;
}

/** Variables of env files stand under `environment` then, so naming the files would say it twice. */
function withoutEnvFiles(project: Project, request: ConfigRequest): Project {
  if (!request.resolveEnvFiles) return project;
  const services = Object.fromEntries(
    Object.entries(project.services).map(([name, service]) => {
      const { env_file: _files, ...rest } = service;
      return [name, rest];
    }),
  );
  return { ...project, services };
}
