import type { Diagnostic } from './diagnostic.ts';
import type { FileAccess } from './files.ts';
import { interpolateTree } from './interpolate.ts';
import type { StringMap } from './model-basics.ts';
import { mapNode, nodeAt, stringNode } from './node.ts';
import type { MapNode, ScalarNode } from './node.ts';
import { checkProjectName, defaultProjectName, normalizeProjectName } from './project-name.ts';

export interface NameSources {
  /** From the command line or the environment; beats what the files say. */
  readonly given?: string | undefined;
  /** The documents of each of the project's own files, in order, before interpolation. */
  readonly files: readonly (readonly MapNode[])[];
  readonly environment: StringMap;
  readonly skipInterpolation: boolean;
  readonly workingDir: string;
  readonly access: FileAccess;
}

/**
 * The name of a project: the given one, which must be normal; else the last `name` in the files,
 * interpolated and normalised; else that of the directory. Empty where nothing is left of it.
 */
export function nameProject(sources: NameSources): {
  readonly name: string;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { given, files, workingDir, access } = sources;
  if (given !== undefined && given !== '') {
    const fault = checkProjectName(given);
    return { name: given, diagnostics: fault === undefined ? [] : [fault] };
  }
  const declared = files.flat().map(nameIn).findLast(isFilled);
  if (declared === undefined) {
    const { name, warnings } = defaultProjectName(workingDir, access);
    return { name, diagnostics: warnings };
  }
  const { text, diagnostics } = interpolated(declared, sources);
  const name = normalizeProjectName(text);
  const isDeclaredFirst = files.some(([first]) => first !== undefined && isFilled(nameIn(first)));
  if (name !== '' || isDeclaredFirst) return { name, diagnostics };
  return { name: defaultProjectName(workingDir, access).name, diagnostics };
}

function interpolated(
  name: ScalarNode,
  { environment, skipInterpolation }: NameSources,
): { text: string; diagnostics: readonly Diagnostic[] } {
  const text = String(name.value);
  if (skipInterpolation) return { text, diagnostics: [] };
  const document = mapNode([['name', stringNode(text, name.span)]], name.span);
  const { node, diagnostics } = interpolateTree(document, (key) => environment[key]);
  const value = nodeAt(node, ['name']);
  return { text: value?.kind === 'scalar' ? String(value.value) : '', diagnostics };
}

function nameIn(document: MapNode): ScalarNode | undefined {
  const name = nodeAt(document, ['name']);
  return name?.kind === 'scalar' && name.type !== 'null' ? name : undefined;
}

function isFilled(name: ScalarNode | undefined): name is ScalarNode {
  return name !== undefined && String(name.value) !== '';
}
