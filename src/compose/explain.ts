import { nearest } from '../foundation/nearest.ts';
import { fail, ok } from '../foundation/result.ts';
import type { Result } from '../foundation/result.ts';
import type { StringMap } from './model-basics.ts';
import { formatPath, nodeAt, toPlain } from './node.ts';
import type { MapNode, Node } from './node.ts';
import { findNode, parsePath } from './parse-path.ts';
import type { FoundNode } from './parse-path.ts';
import { lineColumn } from './source.ts';
import type { Span } from './source.ts';
import { expressionsOf, splitExpression } from './substitute.ts';

/** Where a value of the final model comes from. */
export interface Explanation {
  readonly path: string;
  /** The value as plain data. */
  readonly value: unknown;
  /** The writing that decided first, then what it overrode, newest first. */
  readonly origins: readonly Origin[];
}

export interface Origin {
  /**
   * `written`: the value stands there. `derived`: it follows from what stands there (a short form, a
   * default, a normalisation). `overridden`: it stood there and lost.
   */
  readonly role: 'written' | 'derived' | 'overridden';
  readonly span: Span;
  /** What stands there, one line. */
  readonly text: string;
  readonly variables: readonly UsedVariable[];
}

export interface UsedVariable {
  readonly name: string;
  /** Undefined: not set; the default of the expression counted, or nothing. */
  readonly value: string | undefined;
}

/** Why a path could not be explained. */
export interface UnknownPath {
  readonly message: string;
  readonly hint?: string;
}

/**
 * Tells where the value at `path` (`services.web.ports[0]`, `services.web.environment.NAME`) was
 * written, which variables it used, and which writings it overrode. `tree` is the final tree of a
 * load, `environment` what interpolation used.
 */
export function explainPath(
  tree: MapNode,
  path: string,
  environment: StringMap,
): Result<Explanation, UnknownPath> {
  const parts = parsePath(path);
  const found = findNode(tree, parts);
  if (!('node' in found)) {
    const wanted = parts[found.path.length] ?? path;
    const near = nearest(wanted, found.choices);
    const where = found.path.length === 0 ? 'the project' : formatPath(found.path);
    return fail({
      message: `no ${JSON.stringify(wanted)} in ${where}`,
      ...(near !== undefined && { hint: `did you mean ${near}?` }),
      ...(near === undefined &&
        found.choices.length > 0 && { hint: `there is: ${found.choices.join(', ')}` }),
    });
  }
  return ok({
    path: formatPath(found.path),
    value: toPlain(found.node),
    origins: originsOf(tree, found, environment),
  });
}

function originsOf(tree: MapNode, found: FoundNode, environment: StringMap): Origin[] {
  const { node } = found;
  const role = isWritten(found) ? 'written' : 'derived';
  return [
    origin(role, node.span, environment),
    ...overriddenAbove(tree, found).map((one) => origin('overridden', one.span, environment)),
  ];
}

/** What the node replaced, and what stood at its place in containers that were replaced whole. */
function overriddenAbove(tree: MapNode, { path, node }: FoundNode): Node[] {
  const overridden = [...(node.replaced ?? [])];
  for (let depth = path.length - 1; depth > 0; depth -= 1) {
    for (const container of nodeAt(tree, path.slice(0, depth))?.replaced ?? []) {
      const before = nodeAt(container, path.slice(depth));
      if (before !== undefined) overridden.push(before);
    }
  }
  return overridden;
}

/** A value that the loader made sits at the key or the short form that it follows from. */
function isWritten({ path, node, key }: FoundNode): boolean {
  const text = sourceText(node.span);
  if (text === '') return false;
  const name = path.at(-1);
  if (key === undefined || typeof name !== 'string') return true;
  return sourceText(key.span).replaceAll(/^["']|["']$/g, '') === name && key.span !== node.span;
}

function origin(role: Origin['role'], span: Span, environment: StringMap): Origin {
  const written = sourceText(span);
  const names = new Set(expressionsOf(written).map((inside) => splitExpression(inside).name));
  const variables = [...names].map((name) => ({
    name,
    value: Object.hasOwn(environment, name) ? environment[name] : undefined,
  }));
  return { role, span, text: oneLine(written), variables };
}

function sourceText({ file, start, end }: Span): string {
  return file.text.slice(start, end);
}

function oneLine(text: string): string {
  const [first = '', ...more] = text.trim().split('\n');
  return more.length === 0 ? first : `${first.trimEnd()} …`;
}

/** The explanation as lines for a person. */
export function formatExplanation({ path, value, origins }: Explanation): string[] {
  const lines = [`${path} = ${JSON.stringify(value)}`];
  const words = { written: 'written in', derived: 'follows from', overridden: 'overrides' };
  for (const { role, span, text, variables } of origins) {
    const { line, column } = lineColumn(span.file, span.start);
    lines.push(`  ${words[role]} ${span.file.path}:${line}:${column}: ${text}`);
    if (span.file.origin !== undefined) lines.push(`    from ${span.file.origin}`);
    for (const variable of variables) {
      const state = variable.value === undefined ? 'not set' : JSON.stringify(variable.value);
      lines.push(`    with ${variable.name} = ${state}`);
    }
  }
  return lines;
}
