import type { MapNode } from '../../../src/compose/node.ts';
import { toPlain } from '../../../src/compose/node.ts';
import { lineColumn } from '../../../src/compose/source.ts';
import type { Span } from '../../../src/compose/source.ts';
import { parseYaml } from '../../../src/compose/yaml.ts';

/** The tree of one document; the test fails where the text has faults. */
export function tree(text: string, path = '/p/compose.yaml'): MapNode {
  const { documents, diagnostics } = parseYaml({ path, text });
  const [document] = documents;
  if (diagnostics.length > 0) throw new Error(diagnostics.map((fault) => fault.message).join('\n'));
  if (document?.kind !== 'map') throw new Error(`no document in ${JSON.stringify(text)}`);
  return document;
}

/** Plain values with ordinary prototypes, for comparing. */
export function plain(node: MapNode): unknown {
  return JSON.parse(JSON.stringify(toPlain(node)));
}

/** `FILE:LINE:COLUMN` of the start of a span. */
export function place(span: Span | undefined): string {
  if (span === undefined) return 'nowhere';
  const { line, column } = lineColumn(span.file, span.start);
  return `${span.file.path}:${line}:${column}`;
}

/** Line and text of a span: `3: "80:80"`. */
export function placed(span: Span | undefined): string {
  if (span === undefined) return 'nowhere';
  return `${lineColumn(span.file, span.start).line}: ${span.file.text.slice(span.start, span.end)}`;
}
