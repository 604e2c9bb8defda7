import { nearest } from '../foundation/nearest.ts';
import { castRoot, castStep, castText } from './cast.ts';
import type { CastName, CastStep } from './cast.ts';
import type { Diagnostic } from './diagnostic.ts';
import { formatPath } from './node.ts';
import type { MapEntry, MapNode, Node, ScalarNode, SequenceNode } from './node.ts';
import type { Span } from './source.ts';
import { substitute } from './substitute.ts';
import type { Lookup, SubstitutionFault } from './substitute.ts';

export interface Interpolated {
  readonly node: MapNode;
  readonly diagnostics: readonly Diagnostic[];
}

/** What interpolation may know besides the values. */
export interface InterpolationOptions {
  /** Names that are set; used to suggest one where a name looks misspelt. */
  readonly knownNames?: Iterable<string>;
}

/**
 * Replaces variables in every string value of a document (never in keys), then turns the strings
 * that stand where the model wants numbers and booleans into those. Warns once for each variable
 * that is not set. Nodes that nothing changed are shared with `root`.
 */
export function interpolateTree(
  root: MapNode,
  lookup: Lookup,
  options: InterpolationOptions = {},
): Interpolated {
  const walk = new Walk(lookup, options);
  return { node: walk.map(root, castRoot), diagnostics: walk.diagnostics };
}

class Walk {
  readonly diagnostics: Diagnostic[] = [];
  readonly #lookup: Lookup;
  readonly #options: InterpolationOptions;
  readonly #warned = new Set<string>();
  readonly #path: (string | number)[] = [];

  constructor(lookup: Lookup, options: InterpolationOptions) {
    this.#lookup = lookup;
    this.#options = options;
  }

  map(node: MapNode, step: CastStep | undefined): MapNode {
    let changed: Map<string, MapEntry> | undefined;
    for (const [key, entry] of node.entries) {
      this.#path.push(key);
      const value = this.#node(entry.value, castStep(step, key));
      this.#path.pop();
      if (value === entry.value) continue;
      changed ??= new Map(node.entries);
      changed.set(key, { ...entry, value });
    }
    return changed === undefined ? node : { ...node, entries: changed };
  }

  #node(node: Node, step: CastStep | undefined): Node {
    if (node.kind === 'map') return this.map(node, step);
    if (node.kind === 'seq') return this.#sequence(node, step);
    return node.type === 'str' ? this.#string(node, String(node.value), step?.cast) : node;
  }

  #sequence(node: SequenceNode, step: CastStep | undefined): SequenceNode {
    const below = castStep(step, '[]');
    let changed = false;
    const items = node.items.map((item, index) => {
      this.#path.push(index);
      const made = this.#node(item, below);
      this.#path.pop();
      changed ||= made !== item;
      return made;
    });
    return changed ? { ...node, items } : node;
  }

  #string(node: ScalarNode, template: string, cast: CastName | undefined): ScalarNode {
    const { text, faults, unset } = substitute(template, this.#lookup);
    for (const fault of faults) this.#fault(node, template, fault);
    for (const variable of unset) {
      if (this.#warned.has(variable.name)) continue;
      this.#warned.add(variable.name);
      const message = `The ${JSON.stringify(variable.name)} variable is not set. Defaulting to a blank string.`;
      const span = locate(node.span, template, variable.start, variable.end);
      this.#add(
        { severity: 'warning', code: 'interpolation/unset', message, span },
        this.#suggestion(variable.name),
      );
    }
    if (cast !== undefined && faults.length === 0) return this.#cast(node, text, cast);
    return text === template ? node : { ...node, value: text };
  }

  #cast(node: ScalarNode, text: string, cast: CastName): ScalarNode {
    const result = castText(text, cast);
    if (result.ok) {
      if (result.warning !== undefined) {
        this.#add({
          severity: 'warning',
          code: 'interpolation/yaml-1.1-boolean',
          message: result.warning,
          span: node.span,
        });
      }
      return { ...node, ...result.value };
    }
    const message = `error while interpolating ${this.#goPath()}: failed to cast to expected type: ${result.error}`;
    this.#add({ severity: 'error', code: 'interpolation/cast', message, span: node.span });
    return { ...node, value: text };
  }

  #fault(node: ScalarNode, template: string, fault: SubstitutionFault): void {
    const span = locate(node.span, template, fault.start, fault.end);
    if (fault.kind === 'invalid') {
      const message = `invalid interpolation format for ${this.#goPath()}.\nYou may need to escape any $ with another $.\n${fault.subject}`;
      this.#add(
        { severity: 'error', code: 'interpolation/invalid', message, span },
        'write $$ for a literal dollar',
      );
      return;
    }
    const reason = fault.reason === '' ? '' : `: ${fault.reason}`;
    const message = `error while interpolating ${this.#goPath()}: required variable ${fault.subject} is missing a value${reason}`;
    this.#add(
      { severity: 'error', code: 'interpolation/required', message, span },
      this.#suggestion(fault.subject),
    );
  }

  /** The path as the reference prints it: items are `[]`. */
  #goPath(): string {
    return this.#path.map((part) => (typeof part === 'number' ? '[]' : part)).join('.');
  }

  #add(diagnostic: Omit<Diagnostic, 'path' | 'hint'>, hint?: string): void {
    const path = formatPath(this.#path);
    this.diagnostics.push({ ...diagnostic, path, ...(hint !== undefined && { hint }) });
  }

  #suggestion(name: string): string | undefined {
    const near = nearest(name, this.#options.knownNames ?? []);
    return near === undefined ? undefined : `did you mean ${near}?`;
  }
}

/**
 * Where a part of a scalar's value stands in the file: found by its text, so quotes, folding and
 * escapes elsewhere in the scalar do no harm; the whole scalar where that fails.
 */
function locate(span: Span, value: string, start: number, end: number): Span {
  const snippet = value.slice(start, end);
  const source = span.file.text.slice(span.start, span.end);
  let at = -1;
  for (let seen = value.indexOf(snippet); seen >= 0; seen = value.indexOf(snippet, seen + 1)) {
    at = source.indexOf(snippet, at + 1);
    if (at < 0) return span;
    if (seen === start) {
      return { file: span.file, start: span.start + at, end: span.start + at + snippet.length };
    }
  }
  return span;
}
