import type { Diagnostic } from './diagnostic.ts';
import type { Node } from './node.ts';
import type { SourceFile } from './source.ts';
import { findForbiddenCharacter, syntaxDiagnostic, withoutFaultyBlock } from './yaml-faults.ts';
import { parseSyntax } from './yaml-parser.ts';
import type { SyntaxNode } from './yaml-parser.ts';
import { TreeBuilder } from './yaml-tree.ts';

/** What a file holds: one tree for each YAML document, and every fault found on the way. */
export interface ParsedYaml {
  readonly documents: readonly Node[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Syntax faults after which a file is not searched for more. */
const maxSyntaxFaults = 20;

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
  const builder = new TreeBuilder(file, (fault) => diagnostics.push(fault));
  const documents: Node[] = [];
  for (const document of readSyntax(file, diagnostics)) {
    const root = builder.build(document);
    if (root !== undefined) documents.push(root);
  }
  return { documents, diagnostics };
}

/** Reads again without the faulty block after each syntax fault, as long as that leads further. */
function readSyntax(file: SourceFile, diagnostics: Diagnostic[]): readonly SyntaxNode[] {
  let { text } = file;
  let reached = -1;
  for (let count = 0; ; count += 1) {
    const { documents, fault } = parseSyntax(text);
    if (fault === undefined) return documents;
    if (fault.at <= reached || count >= maxSyntaxFaults) return documents;
    reached = fault.at;
    diagnostics.push(syntaxDiagnostic(file, fault));
    text = withoutFaultyBlock(text, fault);
  }
}
