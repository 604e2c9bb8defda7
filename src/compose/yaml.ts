import { parseAllDocuments } from 'yaml';

import type { Diagnostic } from './diagnostic.ts';
import type { Node } from './node.ts';
import type { SourceFile } from './source.ts';
import { findForbiddenCharacter, syntaxDiagnostic } from './yaml-faults.ts';
import { TreeBuilder } from './yaml-tree.ts';

/** What a file holds: one tree for each YAML document, and every fault found on the way. */
export interface ParsedYaml {
  readonly documents: readonly Node[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads a Compose file with the dialect of the reference (go-yaml v4): anchors expanded, merge keys
 * applied, `!reset` and `!override` kept as directives. Never throws for any text; a document with
 * faults gives the tree of what could be read. The top of each document is a mapping, otherwise it
 * is a fault and the document is left out. A file without content has no documents.
 */
export function parseYaml(file: SourceFile): ParsedYaml {
  const diagnostics: Diagnostic[] = [];
  const forbidden = findForbiddenCharacter(file);
  if (forbidden !== undefined) return { documents: [], diagnostics: [forbidden] };
  const parsed = parseAllDocuments(file.text, {
    schema: 'failsafe',
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents: Node[] = [];
  const builder = new TreeBuilder(file, (fault) => diagnostics.push(fault));
  for (const document of Array.isArray(parsed) ? parsed : []) {
    for (const error of document.errors) diagnostics.push(syntaxDiagnostic(file, error));
    const root = builder.build(document);
    if (root !== undefined) documents.push(root);
  }
  return { documents, diagnostics };
}
