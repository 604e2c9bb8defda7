import type { Diagnostic } from './diagnostic.ts';
import { formatPath } from './node.ts';
import type { MapEntry, Node, ScalarNode } from './node.ts';
import { scalarText } from './scalar-text.ts';
import { lineColumn } from './source.ts';
import type { SourceFile, Span } from './source.ts';
import type {
  SyntaxAlias,
  SyntaxMapping,
  SyntaxNode,
  SyntaxScalar,
  SyntaxSequence,
} from './yaml-parser.ts';
import { resolvePlain, resolveTagged } from './yaml-scalar.ts';
import type { ScalarValue } from './yaml-scalar.ts';

/** Nodes that one document may hold before aliases are expanded. */
const maxNodes = 100_000;
/** Nodes and keys that aliases may expand a document to. */
const maxExpanded = 1_000_000;

type Built = Node | undefined;

/** What an anchor stands for; `size` counts nodes and keys with aliases expanded. */
interface Anchor {
  readonly node: Built;
  readonly size: number;
  readonly isOpen: boolean;
}

/**
 * Turns the documents of one file into trees. Anchors stay known from one document to the next, as
 * in the reference; the tree under an anchor is built once and shared by its aliases.
 */
export class TreeBuilder {
  readonly #file: SourceFile;
  readonly #report: (fault: Diagnostic) => void;
  readonly #anchors = new Map<string, Anchor>();
  readonly #path: (string | number)[] = [];
  #visits = 0;
  #expanded = 0;
  #isBomb = false;

  constructor(file: SourceFile, report: (fault: Diagnostic) => void) {
    this.#file = file;
    this.#report = report;
  }

  /** The tree of one document; undefined where its top is no mapping. */
  build(document: SyntaxNode): Node | undefined {
    this.#visits = 0;
    this.#expanded = 0;
    this.#isBomb = false;
    const root = this.#node(document);
    if (root === undefined || root.kind === 'map') return root;
    const hint =
      root.kind === 'seq' ? 'a Compose file starts with keys such as services:' : undefined;
    this.#fault('yaml/not-a-mapping', 'top-level object must be a mapping', root.span, hint);
    return undefined;
  }

  #span({ start, end }: { readonly start: number; readonly end: number }): Span {
    return { file: this.#file, start, end };
  }

  #fault(code: string, message: string, span: Span, hint?: string): void {
    this.#report({
      severity: 'error',
      code,
      message,
      span,
      ...(this.#path.length > 0 && { path: formatPath(this.#path) }),
      ...(hint !== undefined && { hint }),
    });
  }

  #node(node: SyntaxNode): Built {
    this.#visits += 1;
    this.#expanded += 1;
    if (this.#visits > maxNodes) {
      if (this.#visits > maxNodes + 1) return undefined;
      const message = `yaml: exceeded: compose file exceeds maximum node visit limit (${maxNodes})`;
      this.#fault('yaml/too-large', message, this.#span(node));
      return undefined;
    }
    if (node.kind === 'alias') return this.#alias(node);
    const before = this.#expanded - 1;
    const { anchor } = node;
    if (anchor !== undefined) this.#anchors.set(anchor, { node: undefined, size: 0, isOpen: true });
    const content = this.#content(node);
    const directive = directiveOf(node.tag);
    const built = directive === undefined ? content : { ...content, directive };
    if (anchor !== undefined) {
      const size = this.#expanded - before;
      this.#anchors.set(anchor, { node: built, size, isOpen: false });
    }
    return built;
  }

  #content(node: Exclude<SyntaxNode, SyntaxAlias>): Node {
    switch (node.kind) {
      case 'map':
        return this.#map(node);
      case 'seq':
        return this.#seq(node);
      case 'scalar':
        return this.#scalar(node);
    }
  }

  #alias(alias: SyntaxAlias): Built {
    const anchor = this.#anchors.get(alias.name);
    if (anchor === undefined) {
      const message = `yaml: unknown anchor '${alias.name}' referenced`;
      const hint = `define it with &${alias.name} earlier in the file, or quote the text`;
      this.#fault('yaml/unknown-anchor', message, this.#span(alias), hint);
      return undefined;
    }
    if (anchor.isOpen) {
      const message = `yaml: anchor '${alias.name}' value contains itself`;
      this.#fault('yaml/anchor-cycle', message, this.#span(alias));
      return undefined;
    }
    this.#expanded += anchor.size;
    if (!this.#isBomb && this.#expanded > maxExpanded) {
      this.#isBomb = true;
      const message = 'yaml: document contains excessive aliasing';
      this.#fault('yaml/excessive-aliasing', message, this.#span(alias));
    }
    return this.#isBomb ? undefined : anchor.node;
  }

  #scalar(node: SyntaxScalar): ScalarNode {
    return { kind: 'scalar', span: this.#span(node), ...this.#scalarValue(node) };
  }

  #scalarValue(node: SyntaxScalar): ScalarValue {
    const { tag, text } = node;
    if (tag === undefined) return node.isPlain ? resolvePlain(text) : { type: 'str', value: text };
    if (directiveOf(tag) !== undefined && node.isPlain) {
      // A tag that YAML does not know makes a string of anything but nothing.
      const value = resolvePlain(text);
      return value.type === 'null' ? value : { type: 'str', value: text };
    }
    const resolved = resolveTagged(text, tag);
    if (resolved.ok) return resolved.value;
    const wanted = tag.replace('tag:yaml.org,2002:', '!!');
    const message = `yaml: unmarshal errors: cannot construct !!${resolved.is} \`${text}\` as a ${wanted}`;
    this.#fault('yaml/tag-mismatch', message, this.#span(node));
    return { type: 'str', value: text };
  }

  #seq(node: SyntaxSequence): Node {
    const items: Node[] = [];
    let index = 0;
    for (const item of node.items) {
      this.#path.push(index);
      const built = this.#node(item);
      this.#path.pop();
      // An item that resets itself is no item: the reference cannot remove single items elsewhere.
      if (built !== undefined && built.directive !== 'reset') items.push(built);
      index += 1;
    }
    return { kind: 'seq', span: this.#span(node), items };
  }

  #map(node: SyntaxMapping): Node {
    const entries = new Map<string, MapEntry>();
    let merge: SyntaxNode | undefined;
    let mergeKey: Span | undefined;
    for (const [key, value] of node.pairs) {
      this.#expanded += 1;
      if (isMergeKey(key)) {
        if (mergeKey === undefined) mergeKey = this.#span(key);
        else this.#duplicateKey('<<', this.#span(key), mergeKey);
        merge ??= value;
        continue;
      }
      const name = this.#key(key);
      if (name === undefined) continue;
      this.#path.push(name);
      const built = this.#node(value);
      const keySpan = this.#span(key);
      const earlier = entries.get(name);
      if (earlier !== undefined) this.#duplicateKey(name, keySpan, earlier.keySpan);
      this.#path.pop();
      if (earlier === undefined && built !== undefined)
        entries.set(name, { keySpan, value: built });
    }
    if (merge !== undefined) this.#merge(entries, merge);
    return { kind: 'map', span: this.#span(node), entries };
  }

  #duplicateKey(name: string, span: Span, first: Span): void {
    const { line } = lineColumn(this.#file, first.start);
    this.#report({
      severity: 'error',
      code: 'yaml/duplicate-key',
      message: `mapping key ${JSON.stringify(name)} already defined at line ${line}`,
      span,
      path: formatPath(this.#path),
      notes: [{ message: 'first defined here', span: first }],
    });
  }

  #key(key: SyntaxNode): string | undefined {
    if (key.kind === 'scalar' && key.anchor === undefined) {
      if (key.tag === undefined && !key.isPlain) return key.text;
      if (directiveOf(key.tag) !== undefined) return key.text;
    }
    const built = this.#node(key);
    this.#visits -= 1;
    if (built === undefined) return undefined;
    if (built.kind === 'scalar' && built.type === 'str') return String(built.value);
    const where = this.#path.length === 0 ? 'at top level' : `in ${formatPath(this.#path)}`;
    const shown = built.kind === 'scalar' ? scalarText(built) : 'a collection';
    const hint = built.kind === 'scalar' ? `quote it: "${shown}"` : undefined;
    const message = `non-string key ${where}: ${shown}`;
    this.#fault('yaml/non-string-key', message, this.#span(key), hint);
    return undefined;
  }

  /** Adds what `entries` lack; of several mappings the first wins. */
  #merge(entries: Map<string, MapEntry>, source: SyntaxNode): void {
    const built = this.#node(source);
    if (built === undefined) return;
    for (const map of built.kind === 'seq' ? built.items : [built]) {
      if (map.kind !== 'map') {
        const message = 'yaml: map merge requires map or sequence of maps as the value';
        this.#fault('yaml/merge-value', message, this.#span(source));
        return;
      }
      for (const [key, entry] of map.entries) {
        const own = entries.get(key);
        if (own === undefined) entries.set(key, entry);
        else if (own.value.directive === 'reset' && own.value !== entry.value) {
          entries.set(key, { ...entry, value: { ...entry.value, directive: 'override' } });
        }
      }
    }
  }
}

function isMergeKey(key: SyntaxNode): boolean {
  return key.kind === 'scalar' && key.isPlain && key.text === '<<' && key.tag === undefined;
}

function directiveOf(tag: string | undefined): 'reset' | 'override' | undefined {
  if (tag === '!reset') return 'reset';
  return tag === '!override' ? 'override' : undefined;
}
