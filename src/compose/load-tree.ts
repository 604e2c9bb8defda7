import { fail, ok } from '../foundation/result.ts';
import type { Result } from '../foundation/result.ts';
import { nameProject } from './declared-name.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { FileAccess } from './files.ts';
import { loadModel } from './load-model.ts';
import { hasErrors, readDocuments } from './load-session.ts';
import type { LoadSession } from './load-session.ts';
import type { StringMap } from './model-basics.ts';
import { stringNode } from './node.ts';
import type { MapNode } from './node.ts';
import { normalizeTree } from './normalize.ts';
import type { ProjectOptions } from './project-options.ts';
import { settleContent } from './resolve-environment.ts';
import type { Span } from './source.ts';
import { withEntry } from './tree-edit.ts';

/** Which steps of loading a tree are left out. */
export interface TreeRequest {
  readonly skipInterpolation?: boolean;
  readonly skipNormalization?: boolean;
  readonly skipPathResolution?: boolean;
}

/** The files of a project as one tree, before it becomes a model of services. */
export interface LoadedTree {
  readonly name: string;
  readonly tree: MapNode;
  /** What interpolation used, with COMPOSE_PROJECT_NAME. */
  readonly environment: StringMap;
  readonly warnings: readonly Diagnostic[];
}

/**
 * Reads, merges, checks and normalises the files of a project; stops before services are decoded.
 * For what works on the files as they are written: `config --no-interpolate`, lists of variables.
 */
export function loadTree(
  options: ProjectOptions,
  request: TreeRequest,
  access: FileAccess,
): Result<LoadedTree, readonly Diagnostic[]> {
  const session: LoadSession = {
    access,
    skipInterpolation: request.skipInterpolation === true,
    keepRelativePaths: request.skipPathResolution === true,
    found: [...options.warnings],
    parsed: new Map(),
  };
  const read = readTree(options, request, session);
  const found = distinct(session.found);
  if (read === undefined || hasErrors(found)) return fail(found);
  return ok({ ...read, warnings: found });
}

function readTree(
  options: ProjectOptions,
  request: TreeRequest,
  session: LoadSession,
): Omit<LoadedTree, 'warnings'> | undefined {
  const { composeFiles, workingDir } = options;
  const parsed = composeFiles.map((path) => readDocuments(session, path));
  if (hasErrors(session.found)) return undefined;
  const { name, diagnostics } = nameProject({
    given: options.projectName,
    files: parsed.map((file) => file?.documents ?? []),
    environment: options.environment,
    skipInterpolation: session.skipInterpolation,
    workingDir: options.nameDirectory ?? workingDir,
    access: session.access,
  });
  session.found.push(...diagnostics);
  if (hasErrors(session.found)) return undefined;
  const environment = { ...options.environment, COMPOSE_PROJECT_NAME: name };
  const loaded = loadModel(composeFiles, {
    session,
    workingDir,
    pathBase: session.keepRelativePaths ? undefined : workingDir,
    environment,
    chain: [],
  });
  if (loaded === undefined) return undefined;
  const model = settleContent(loaded);
  const fault = emptiness(model, name);
  if (fault !== undefined) {
    session.found.push(fault);
    return undefined;
  }
  if (request.skipNormalization === true) return { name, tree: model, environment };
  const tree = normalizeTree(model, { projectName: name, environment });
  return { name, tree: withEntry(tree, 'name', stringNode(name, spanOfName(tree))), environment };
}

/** Where the name is declared; the files as a whole where it is not. */
function spanOfName(tree: MapNode): Span {
  return tree.entries.get('name')?.value.span ?? tree.span;
}

function emptiness(model: MapNode, name: string): Diagnostic | undefined {
  const fault = (code: string, message: string, hint: string): Diagnostic => ({
    severity: 'error',
    code,
    message,
    span: model.span,
    hint,
  });
  if (model.entries.size === 0) {
    return fault('load/empty-file', 'empty compose file', 'a project has at least `services:`');
  }
  if (name !== '') return undefined;
  const hint = 'give one with --project-name, COMPOSE_PROJECT_NAME or `name:`';
  return fault('project/no-name', 'project name must not be empty', hint);
}

/** Every message once; further places become notes. */
export function distinct(found: readonly Diagnostic[]): Diagnostic[] {
  const byMessage = new Map<string, Diagnostic>();
  for (const diagnostic of found) {
    // Faults of syntax name their line, but the same mistake on many lines is told once.
    const words = diagnostic.message.replace(/^yaml: line \d+: /, '');
    const key = `${diagnostic.severity}:${words}`;
    const first = byMessage.get(key);
    if (first === undefined) byMessage.set(key, diagnostic);
    else if (diagnostic.span !== undefined && !isSamePlace(first, diagnostic)) {
      const note = { message: 'also here', span: diagnostic.span };
      byMessage.set(key, { ...first, notes: [...(first.notes ?? []), note] });
    }
  }
  return [...byMessage.values()];
}

function isSamePlace(one: Diagnostic, other: Diagnostic): boolean {
  const places = [one.span, ...(one.notes ?? []).map(({ span }) => span)];
  return places.some(
    (span) => span?.start === other.span?.start && span?.file.path === other.span?.file.path,
  );
}
