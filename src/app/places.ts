import type { Diagnostic } from '../compose/diagnostic.ts';
import type { MapNode } from '../compose/node.ts';
import { findNode, parsePath } from '../compose/parse-path.ts';
import { isEngineError } from '../engine/errors.ts';
import { InvalidProject } from './failure.ts';

/**
 * Does work on a project, and says of what fails where in the files it comes from: faults that are
 * found after loading know their path only.
 *
 * @param tree of the project; undefined when it was not loaded from files
 */
export async function withPlaces<T>(tree: MapNode | undefined, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw tree === undefined ? error : placed(error, tree);
  }
}

function placed(error: unknown, tree: MapNode): unknown {
  if (error instanceof InvalidProject) {
    return new InvalidProject(error.diagnostics.map((diagnostic) => locate(diagnostic, tree)));
  }
  if (!isEngineError(error) || error.path === undefined) return error;
  const { kind, message, path, hint } = error;
  const diagnostic: Diagnostic = {
    severity: 'error',
    code: `engine/${kind}`,
    message,
    path,
    ...(hint === undefined ? {} : { hint }),
  };
  return new InvalidProject([locate(diagnostic, tree)]);
}

function locate(diagnostic: Diagnostic, tree: MapNode): Diagnostic {
  const { span, path } = diagnostic;
  if (span !== undefined || path === undefined) return diagnostic;
  const found = findNode(tree, parsePath(path));
  if (!('node' in found)) return diagnostic;
  return { ...diagnostic, span: found.key?.span ?? found.node.span };
}
