import { fail, ok } from '../foundation/result.ts';
import type { Result } from '../foundation/result.ts';
import { checkConsistency } from './consistency.ts';
import { checkContainerNames } from './container-names.ts';
import { decodeProject } from './decode.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { FileAccess } from './files.ts';
import type { Loaded } from './load-result.ts';
import { hasErrors } from './load-session.ts';
import { distinct, loadTree } from './load-tree.ts';
import type { LoadedTree, TreeRequest } from './load-tree.ts';
import type { Project } from './model.ts';
import { nodeAt } from './node.ts';
import type { MapNode, NodePath } from './node.ts';
import { applyProfiles } from './profiles.ts';
import type { ProjectOptions } from './project-options.ts';
import { withReplicasFromScale } from './replicas.ts';
import { selectServices } from './selection.ts';
import type { SelectionReach } from './selection.ts';
import type { SpanOf } from './service-fault.ts';
import { resolveServiceEnvironment, resolveServiceLabels } from './service-environment.ts';
import type { Span } from './source.ts';
import { withoutUnnecessaryResources } from './unused-resources.ts';

/** What a command wants of a project. */
export interface LoadRequest extends TreeRequest {
  readonly skipConsistency?: boolean;
  /**
   * Whose `env_file` is read: that of the services that were asked for and what they depend on
   * (`selected`, the default), of every active service (`all`), or of none.
   */
  readonly envFiles?: 'selected' | 'all' | 'none';
  /**
   * Forget which files labels came from. `config` does; otherwise a service keeps them, because they
   * count in its hash.
   */
  readonly discardLabelFiles?: boolean;
  /** For what creates containers: no two services may ask for the same name. */
  readonly uniqueContainerNames?: boolean;
  /** Services that were asked for; none means all. They are enabled whatever their profiles. */
  readonly services?: readonly string[];
  /** What comes along with them; their dependencies unless said otherwise. */
  readonly reach?: SelectionReach;
  /** Keep networks, volumes, secrets, configs and models that no service uses. */
  readonly allResources?: boolean;
}

/**
 * Loads a project: files to tree (see `loadTree`), tree to model, profiles, consistency, label
 * files, the services that were asked for, their env files. The faults of a stage are collected over
 * all files and services; later stages run only without errors. Mistakes in services that are active
 * but were not asked for count, as in the reference.
 */
export function loadProject(
  options: ProjectOptions,
  request: LoadRequest,
  access: FileAccess,
): Result<Loaded, readonly Diagnostic[]> {
  const loaded = loadTree(options, request, access);
  if (!loaded.ok) return loaded;
  const { tree } = loaded.value;
  const found: Diagnostic[] = [...loaded.value.warnings];
  const project = toProject(options, loaded.value, { request, access, found });
  if (project === undefined || hasErrors(found)) return fail(distinct(found));
  return ok({ project, tree, warnings: distinct(found) });
}

interface Finishing {
  readonly request: LoadRequest;
  readonly access: FileAccess;
  readonly found: Diagnostic[];
}

function toProject(
  options: ProjectOptions,
  { name, tree, environment }: LoadedTree,
  { request, access, found }: Finishing,
): Project | undefined {
  const { workingDir, composeFiles, envFiles, profiles } = options;
  const meta = { name, workingDir, composeFiles, envFiles, environment, profiles };
  const decoded = decodeProject(tree, meta);
  found.push(...decoded.diagnostics);
  if (hasErrors(found)) return undefined;
  const spanOf: SpanOf = (path) => spanAt(tree, path);
  let project = applyProfiles(decoded.project, profiles);
  if (request.skipConsistency !== true) {
    found.push(...checkConsistency(project, spanOf));
    if (hasErrors(found)) return undefined;
    project = withReplicasFromScale(project);
  }
  const resolve = (resolveFiles: typeof resolveServiceEnvironment, keepFiles = false): void => {
    const resolved = resolveFiles(project, access, { spanOf, keepFiles });
    found.push(...resolved.diagnostics);
    project = resolved.project;
  };
  if (request.envFiles === 'all') resolve(resolveServiceEnvironment);
  resolve(resolveServiceLabels, request.discardLabelFiles !== true);
  const selected = selectServices(project, request.services ?? [], request.reach);
  if (!selected.ok) {
    found.push(...selected.error);
    return undefined;
  }
  project = selected.value;
  if (request.uniqueContainerNames === true) found.push(...checkContainerNames(project, spanOf));
  if (request.envFiles !== 'none') resolve(resolveServiceEnvironment);
  return request.allResources === true ? project : withoutUnnecessaryResources(project);
}

/** Where a part of the model was written: its key for parts of mappings. */
function spanAt(tree: MapNode, path: NodePath): Span | undefined {
  const key = path.at(-1);
  const parent = nodeAt(tree, path.slice(0, -1));
  if (parent?.kind === 'map' && typeof key === 'string') return parent.entries.get(key)?.keySpan;
  return nodeAt(tree, path)?.span;
}
