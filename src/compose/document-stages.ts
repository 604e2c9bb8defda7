import { canonicalize } from './canonical.ts';
import type { Diagnostic } from './diagnostic.ts';
import { interpolateTree } from './interpolate.ts';
import { chainNotes, hasErrors, readDocuments } from './load-session.ts';
import type { ModelContext } from './load-session.ts';
import { mergeTrees } from './merge.ts';
import { nodeAt } from './node.ts';
import type { MapEntry, MapNode, Node } from './node.ts';
import { enforceUnicity } from './unicity.ts';

/** One YAML document of a Compose file. */
export interface SourceDocument {
  /** Path of the file it stands in. */
  readonly file: string;
  readonly node: MapNode;
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

/** The documents of a file with their variables replaced; none after a reported fault. */
export function readInterpolated(path: string, context: ModelContext): SourceDocument[] {
  const { session, environment } = context;
  const parsed = readDocuments(session, path, context.chain);
  if (parsed === undefined) return [];
  if (session.skipInterpolation) return parsed.documents.map((node) => ({ file: path, node }));
  return parsed.documents.map((document) => {
    const { node, diagnostics } = interpolateTree(document, (name) => environment[name], {
      knownNames: Object.keys(environment),
    });
    report(diagnostics, context);
    return { file: path, node };
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
  const unique = enforceUnicity(omitEmptyDns(canonical.node));
  report(unique.diagnostics, context);
  return hasErrors(found, since) ? undefined : unique.node;
}

/** Empty DNS servers come from variables that are not set; they mean nothing. */
function omitEmptyDns(model: MapNode): MapNode {
  const services = model.entries.get('services');
  if (services?.value.kind !== 'map') return model;
  let changed: Map<string, MapEntry> | undefined;
  for (const [name, entry] of services.value.entries) {
    const dns = nodeAt(entry.value, ['dns']);
    if (entry.value.kind !== 'map' || dns?.kind !== 'seq' || !dns.items.some(isEmpty)) continue;
    const value: Node = { ...dns, items: dns.items.filter((item) => !isEmpty(item)) };
    changed ??= new Map(services.value.entries);
    changed.set(name, { ...entry, value: withEntry(entry.value, 'dns', value) });
  }
  if (changed === undefined) return model;
  return withEntry(model, 'services', { ...services.value, entries: changed });
}

function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && (node.type === 'null' || node.value === '');
}

function withEntry(map: MapNode, key: string, value: Node): MapNode {
  const entries = new Map(map.entries);
  entries.set(key, { keySpan: map.entries.get(key)?.keySpan ?? value.span, value });
  return { ...map, entries };
}
