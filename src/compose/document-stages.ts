import { canonicalize } from './canonical.ts';
import { omitEmpty } from './defaults.ts';
import type { Diagnostic } from './diagnostic.ts';
import { interpolateTree } from './interpolate.ts';
import { chainNotes, hasErrors, readDocuments } from './load-session.ts';
import type { ModelContext } from './load-session.ts';
import { mergeTrees } from './merge.ts';
import type { MapNode } from './node.ts';
import { takeResets } from './reset.ts';
import type { Resets } from './reset.ts';
import { enforceUnicity } from './unicity.ts';

/** One YAML document of a Compose file, without its `!reset` and `!override`. */
export interface SourceDocument {
  /** Path of the file it stands in. */
  readonly file: string;
  readonly node: MapNode;
  /** What it clears in the documents before it. */
  readonly resets: Resets;
}

/** Adds faults to those of the load, with the includes that led to the file. */
export function report(diagnostics: readonly Diagnostic[], context: ModelContext): void {
  if (diagnostics.length === 0) return;
  const notes = chainNotes(context.chain);
  for (const diagnostic of diagnostics) {
    context.session.found.push(
      notes.length === 0
        ? diagnostic
        : { ...diagnostic, notes: [...(diagnostic.notes ?? []), ...notes] },
    );
  }
}

/**
 * The documents of a file with their variables replaced; none after a reported fault. What a
 * document resets is not interpolated.
 */
export function readInterpolated(path: string, context: ModelContext): SourceDocument[] {
  const { session, environment } = context;
  const parsed = readDocuments(session, path, context.chain);
  if (parsed === undefined) return [];
  const knownNames = Object.keys(environment);
  const lookup = (name: string): string | undefined =>
    Object.hasOwn(environment, name) ? environment[name] : undefined;
  return parsed.documents.map((document) => {
    const { node, resets } = takeResets(document);
    if (session.skipInterpolation) return { file: path, node, resets };
    const interpolated = interpolateTree(node, lookup, { knownNames });
    report(interpolated.diagnostics, context);
    return { file: path, node: interpolated.node, resets };
  });
}

/** Merges a document over the model so far and drops entries that it redefines. */
export function mergeOver(
  model: MapNode | undefined,
  document: MapNode,
  context: ModelContext,
): MapNode | undefined {
  const since = context.session.found.length;
  const merged =
    model === undefined ? { node: document, diagnostics: [] } : mergeTrees(model, document);
  report(merged.diagnostics, context);
  const unique = enforceUnicity(merged.node);
  report(unique.diagnostics, context);
  return hasErrors(context.session.found, since) ? undefined : unique.node;
}

/** Long forms only; they may show that two entries of a list are the same. */
export function toCanonical(model: MapNode, context: ModelContext): MapNode | undefined {
  const { found, skipInterpolation } = context.session;
  const since = found.length;
  const canonical = canonicalize(model, { ignoreParseErrors: skipInterpolation });
  report(canonical.diagnostics, context);
  if (hasErrors(found, since)) return undefined;
  const unique = enforceUnicity(omitEmpty(canonical.node));
  report(unique.diagnostics, context);
  return hasErrors(found, since) ? undefined : unique.node;
}
