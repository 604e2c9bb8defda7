import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Alias, Document, Node as YamlNode, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';

import type { Diagnostic } from './diagnostic.ts';
import type { MapEntry, MapNode, Node, NodePath, ScalarNode } from './node.ts';
import { formatPath, nullNode } from './node.ts';
import { lineColumn } from './source.ts';
import type { SourceFile, Span } from './source.ts';
import { scalarText } from './scalar-text.ts';
import { resolvePlain, resolveTagged } from './yaml-scalar.ts';
import type { ScalarValue } from './yaml-scalar.ts';

/** Nodes that one document may hold before aliases are expanded. */
const maxNodes = 100_000;

type Built = Node | undefined;

interface TreeFault {
  readonly code: string;
  readonly message: string;
  readonly span: Span;
  readonly path: NodePath;
  readonly hint?: string | undefined;
}

/**
 * Turns parsed documents of one file into trees. Anchors stay known from one document to the next,
 * as in the reference; the tree under an anchor is built once and shared by its aliases.
 */
export class TreeBuilder {
  readonly #file: SourceFile;
  readonly #report: (fault: Diagnostic) => void;
  readonly #anchors = new Map<string, YamlNode>();
  readonly #built = new Map<YamlNode, Built>();
  readonly #open = new Set<YamlNode>();
  #visits = 0;

  constructor(file: SourceFile, report: (fault: Diagnostic) => void) {
    this.#file = file;
    this.#report = report;
  }

  /** The tree of one document; undefined where its top is no mapping. */
  build(document: Document): Node | undefined {
    this.#visits = 0;
    const root = document.contents === null ? undefined : this.#node(document.contents, []);
    if (root?.kind === 'map') return root;
    if (document.errors.length === 0) {
      const span = root?.span ?? this.#span(document.range ?? [0, 0]);
      this.#fault({
        code: 'yaml/not-a-mapping',
        message: 'top-level object must be a mapping',
        span,
        path: [],
      });
    }
    return undefined;
  }

  #span(range: readonly number[] | null | undefined): Span {
    const start = range?.[0] ?? 0;
    return { file: this.#file, start, end: Math.max(start, range?.[1] ?? start) };
  }

  #fault({ code, message, span, path, hint }: TreeFault): void {
    this.#report({
      severity: 'error',
      code,
      message,
      span,
      ...(path.length > 0 && { path: formatPath(path) }),
      ...(hint !== undefined && { hint }),
    });
  }

  #node(node: YamlNode, path: NodePath): Built {
    this.#visits += 1;
    if (this.#visits > maxNodes) {
      if (this.#visits === maxNodes + 1) {
        const message = `compose file exceeds maximum node visit limit (${maxNodes})`;
        this.#fault({
          code: 'yaml/too-large',
          message: `failed to parse: ${message}`,
          span: this.#span(node.range),
          path,
        });
      }
      return undefined;
    }
    if (isAlias(node)) return this.#alias(node, path);
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    this.#open.add(node);
    const built = this.#content(node, path);
    this.#open.delete(node);
    const withTag = built === undefined ? undefined : withDirective(built, node.tag);
    if (node.anchor !== undefined) this.#built.set(node, withTag);
    return withTag;
  }

  #content(node: YamlNode, path: NodePath): Built {
    if (isMap(node)) return this.#map(node, path);
    if (isSeq(node)) return this.#seq(node, path);
    return isScalar(node) ? this.#scalar(node, path) : undefined;
  }

  #alias(alias: Alias, path: NodePath): Built {
    const target = this.#anchors.get(alias.source);
    const span = this.#span(alias.range);
    if (target === undefined) {
      const message = `yaml: unknown anchor '${alias.source}' referenced`;
      const hint = 'an anchor must be defined (&name) earlier in the file';
      this.#fault({ code: 'yaml/unknown-anchor', message, span, path, hint });
      return undefined;
    }
    if (this.#open.has(target)) {
      const message = `yaml: anchor '${alias.source}' value contains itself`;
      this.#fault({ code: 'yaml/anchor-cycle', message, span, path });
      return undefined;
    }
    return this.#built.get(target);
  }

  #scalar(node: Scalar, path: NodePath): ScalarNode {
    const span = this.#span(node.range);
    const text = typeof node.value === 'string' ? node.value : '';
    return { kind: 'scalar', span, ...this.#scalarValue(node, text, span, path) };
  }

  #scalarValue(node: Scalar, text: string, span: Span, path: NodePath): ScalarValue {
    const { tag } = node;
    const isPlain = node.type === undefined || node.type === 'PLAIN';
    if (tag === undefined || directiveOf(tag) !== undefined) {
      const value = isPlain ? resolvePlain(text) : undefined;
      if (value === undefined || (tag !== undefined && value.type !== 'null')) {
        return { type: 'str', value: text };
      }
      return value;
    }
    const resolved = resolveTagged(text, tag);
    if (resolved.ok) return resolved.value;
    const wanted = tag.replace('tag:yaml.org,2002:', '!!');
    const message = `yaml: unmarshal errors: cannot construct !!${resolved.is} \`${text}\` as a ${wanted}`;
    this.#fault({ code: 'yaml/tag-mismatch', message, span, path });
    return { type: 'str', value: text };
  }

  #seq(node: YAMLSeq, path: NodePath): Node {
    const items: Node[] = [];
    let index = 0;
    for (const item of node.items) {
      const built = this.#node(item as YamlNode, [...path, index]);
      if (built !== undefined) items.push(built);
      index += 1;
    }
    return { kind: 'seq', span: this.#span(node.range), items };
  }

  #map(node: YAMLMap, path: NodePath): Node {
    const entries = new Map<string, MapEntry>();
    const merges: YamlNode[] = [];
    for (const pair of node.items as Pair<YamlNode, YamlNode | null>[]) {
      const key = pair.key;
      if (isScalar(key) && key.value === '<<' && key.tag === undefined && key.type === 'PLAIN') {
        if (merges.length > 0) this.#duplicate('<<', key, merges[0] as YamlNode, path);
        else if (pair.value !== null) merges.push(pair.value);
        continue;
      }
      const name = this.#key(key, path);
      if (name === undefined) continue;
      const keySpan = this.#span(key.range);
      const value =
        pair.value === null ? nullNode(keySpan) : this.#node(pair.value, [...path, name]);
      const earlier = entries.get(name);
      if (earlier !== undefined) this.#duplicateKey(name, keySpan, earlier.keySpan, path);
      else if (value !== undefined) entries.set(name, { keySpan, value });
    }
    const map: MapNode = { kind: 'map', span: this.#span(node.range), entries };
    for (const merge of merges) this.#merge(entries, merge, path);
    return map;
  }

  #duplicate(name: string, key: YamlNode, first: YamlNode, path: NodePath): void {
    this.#duplicateKey(name, this.#span(key.range), this.#span(first.range), path);
  }

  #duplicateKey(name: string, span: Span, first: Span, path: NodePath): void {
    const line = lineColumn(this.#file, first.start).line;
    this.#report({
      severity: 'error',
      code: 'yaml/duplicate-key',
      message: `mapping key ${JSON.stringify(name)} already defined at line ${line}`,
      span,
      path: formatPath([...path, name]),
      notes: [{ message: 'first defined here', span: first }],
    });
  }

  #key(key: YamlNode, path: NodePath): string | undefined {
    const built = this.#node(key, path);
    if (built === undefined) return undefined;
    if (built.kind === 'scalar' && built.type === 'str') return String(built.value);
    const where = path.length === 0 ? 'at top level' : `in ${formatPath(path)}`;
    const shown = built.kind === 'scalar' ? scalarText(built) : 'a collection';
    const message = `non-string key ${where}: ${shown}`;
    const hint = built.kind === 'scalar' ? `quote it: "${shown}"` : undefined;
    this.#fault({ code: 'yaml/non-string-key', message, span: built.span, path, hint });
    return undefined;
  }

  #merge(entries: Map<string, MapEntry>, source: YamlNode, path: NodePath): void {
    const built = this.#node(source, path);
    if (built === undefined) return;
    const maps = built.kind === 'seq' ? built.items : [built];
    for (const map of maps) {
      if (map.kind !== 'map') {
        const message = 'yaml: map merge requires map or sequence of maps as the value';
        this.#fault({ code: 'yaml/merge-value', message, span: this.#span(source.range), path });
        return;
      }
      for (const [key, entry] of map.entries) {
        if (!entries.has(key)) entries.set(key, entry);
      }
    }
  }
}

function directiveOf(tag: string | undefined): 'reset' | 'override' | undefined {
  if (tag === '!reset') return 'reset';
  return tag === '!override' ? 'override' : undefined;
}

function withDirective(node: Node, tag: string | undefined): Node {
  const directive = directiveOf(tag);
  return directive === undefined ? node : { ...node, directive };
}
