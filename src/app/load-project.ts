import type { Diagnostic } from '../compose/diagnostic.ts';
import type { FileAccess } from '../compose/files.ts';
import { loadProject, type LoadRequest } from '../compose/load.ts';
import { loadTree, type LoadedTree } from '../compose/load-tree.ts';
import type { Loaded } from '../compose/load-result.ts';
import type { Project, StringMap } from '../compose/model.ts';
import type { MapNode } from '../compose/node.ts';
import { allServices, enableServices } from '../compose/profiles.ts';
import {
  dotenvExports,
  resolveProjectOptions,
  type ProjectFlags,
  type ProjectOptions,
  type Surroundings,
} from '../compose/project-options.ts';
import { selectServices } from '../compose/selection.ts';
import { ok, type Result } from '../foundation/result.ts';
import { InvalidProject, printDiagnostics } from './failure.ts';
import { localFiles } from './file-access.ts';
import type { GlobalOptions } from './global-options.ts';
import { withRemoteFiles } from './remote-files.ts';
import { type Session, sessionWith } from './session.ts';

export interface OpenedProject extends Loaded {
  readonly options: ProjectOptions;
}

/**
 * Finds and loads the project that flags, environment and directory name. Warnings are printed.
 *
 * @throws InvalidProject with everything that is wrong
 */
export async function openProject(
  session: Session,
  global: GlobalOptions,
  request: LoadRequest = {},
): Promise<OpenedProject> {
  const opened = await withRemoteFiles(session, global, loading(session, global, request));
  const project = unwrap(opened);
  printWarnings(project.warnings, global, session);
  return project;
}

/**
 * As {@link openProject}, without a word and without asking anybody: Compose files that lie elsewhere
 * are faults.
 */
export function openLocalProject(
  session: Session,
  global: GlobalOptions,
  request: LoadRequest,
): OpenedProject {
  return unwrap(loading(session, global, request)(localFiles(session.env)));
}

function loading(
  session: Session,
  global: GlobalOptions,
  request: LoadRequest,
): (files: FileAccess) => Result<OpenedProject, readonly Diagnostic[]> {
  return (files) => {
    const options = resolveProjectOptions(projectFlags(global), surroundings(session, files));
    if (!options.ok) return options;
    const loaded = loadProject(options.value, withGlobal(request, global), files);
    return loaded.ok ? ok({ ...loaded.value, options: options.value }) : loaded;
  };
}

/** The project with the given services only, and what they depend on if asked for; for their images. */
export async function openSelected(
  session: Session,
  global: GlobalOptions,
  request: { readonly services: readonly string[]; readonly includeDependencies: boolean },
): Promise<Project> {
  const { services, includeDependencies } = request;
  const { project } = await openProject(session, global, { services, envFiles: 'none' });
  return includeDependencies ? project : unwrap(selectServices(project, services, 'alone'));
}

/** As {@link openProject}, but stops at the merged tree: nothing is decoded. */
export async function openTree(
  session: Session,
  global: GlobalOptions,
  request: LoadRequest,
): Promise<LoadedTree> {
  const opened = await withRemoteFiles(session, global, (files) => {
    const options = resolveProjectOptions(projectFlags(global), surroundings(session, files));
    return options.ok ? loadTree(options.value, withGlobal(request, global), files) : options;
  });
  const loaded = unwrap(opened);
  printWarnings(loaded.warnings, global, session);
  return loaded;
}

/** The project, or only its name where that is enough to find its resources by label. */
export type ProjectOrName =
  | {
      readonly kind: 'project';
      readonly name: string;
      readonly project: Project;
      /** Where everything is written. */
      readonly tree: MapNode;
    }
  | { readonly kind: 'name'; readonly name: string };

/**
 * What commands on running projects need: with `-p` and no `-f` no file is read; a project that cannot
 * be loaded counts as its name when COMPOSE_PROJECT_NAME gives one.
 */
export async function openProjectOrName(
  session: Session,
  global: GlobalOptions,
  services: readonly string[],
): Promise<ProjectOrName> {
  const fromFlag = global.files.length === 0 ? global.projectName : undefined;
  if (fromFlag !== undefined) return { kind: 'name', name: fromFlag.toLowerCase() };
  try {
    const { project, tree } = await openProject(session, global, { services, envFiles: 'none' });
    return { kind: 'project', name: project.name, project, tree };
  } catch (error) {
    const name = session.env['COMPOSE_PROJECT_NAME'];
    if (!(error instanceof InvalidProject) || name === undefined || name === '') throw error;
    return { kind: 'name', name: name.toLowerCase() };
  }
}

/**
 * As {@link openProjectOrName} for commands that act on the services they are given: naming a service
 * activates its profiles. A project without one of them is known by COMPOSE_PROJECT_NAME only, if that
 * is set, as in Compose; otherwise it is returned as it is.
 */
export async function openForServices(
  session: Session,
  global: GlobalOptions,
  services: readonly string[],
): Promise<ProjectOrName> {
  const target = await openProjectOrName(session, global, []);
  if (target.kind === 'name') return target;
  const project = enableServices(target.project, services);
  const isKnown = (name: string): boolean => Object.hasOwn(allServices(project), name);
  const exported = session.env['COMPOSE_PROJECT_NAME'] ?? '';
  if (exported === '' || services.every(isKnown)) return { ...target, project };
  return { kind: 'name', name: exported.toLowerCase() };
}

/**
 * The name alone, for commands that need nothing else of the project: from the flag, the environment,
 * or the files where those say nothing.
 */
export async function openProjectName(session: Session, global: GlobalOptions): Promise<string> {
  const given = global.projectName ?? session.env['COMPOSE_PROJECT_NAME'] ?? '';
  if (given !== '') return given.toLowerCase();
  const { project } = await openProject(session, global, { envFiles: 'none' });
  return project.name;
}

/**
 * The session as if the `COMPOSE_*` variables of the project's env file had been exported: they act on
 * the command itself (COMPOSE_PROGRESS, COMPOSE_REMOVE_ORPHANS …). What is wrong with the file is
 * reported when the project is loaded.
 */
export function withEnvFileVariables(session: Session, global: GlobalOptions): Session {
  const files = localFiles(session.env);
  const exports = dotenvExports(projectFlags(global), surroundings(session, files));
  if (!exports.ok) return session;
  return sessionWith(session, { env: { ...session.env, ...exports.value } });
}

/** Variables of the process and of the project's env files; no Compose file is needed. */
export async function openProjectEnvironment(
  session: Session,
  global: GlobalOptions,
): Promise<StringMap> {
  const flags = { ...projectFlags(global), filesOptional: true };
  const resolved = await withRemoteFiles(session, global, (files) =>
    resolveProjectOptions(flags, surroundings(session, files)),
  );
  return unwrap(resolved).environment;
}

function projectFlags(global: GlobalOptions): ProjectFlags {
  const { files, envFiles, profiles, projectDirectory, projectName } = global;
  return {
    files,
    envFiles,
    profiles,
    ...(projectDirectory === undefined ? {} : { projectDirectory }),
    ...(projectName === undefined ? {} : { projectName }),
  };
}

function surroundings({ env, cwd }: Session, files: FileAccess): Surroundings {
  return { environment: definedOnly(env), cwd, files };
}

function withGlobal(request: LoadRequest, global: GlobalOptions): LoadRequest {
  return { allResources: global.allResources, ...request };
}

function unwrap<T>(result: Result<T, readonly Diagnostic[]>): T {
  if (result.ok) return result.value;
  throw new InvalidProject(result.error);
}

function printWarnings(
  warnings: readonly Diagnostic[],
  { progress, ansi }: GlobalOptions,
  session: Session,
): void {
  printDiagnostics(warnings, { json: progress === 'json', ansi }, session);
}

/** An environment without variables that are only declared. */
export function definedOnly(env: Session['env']): Readonly<Record<string, string>> {
  const defined: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value !== undefined) defined[name] = value;
  return defined;
}
