import type { Diagnostic } from './diagnostic.ts';
import { formatPath } from './node.ts';
import type { Node, NodePath } from './node.ts';

/** What a short form needs to become a long one. */
export interface ShortFormContext {
  /** Where the node stands. */
  readonly path: NodePath;
  /** Reports a value that cannot be read, here or at `key` below; it is then left as it is. */
  fault(this: void, code: string, message: string, culprit: Node, key?: number): void;
}

/** Turns a node into its long form; a node of any other shape is left to the schema check. */
export type Expand = (node: Node, context: ShortFormContext) => Node;

/** A fault of the tree, placed at `node`. */
export function treeFault(
  path: NodePath,
  node: Node,
  { code, message, hint }: { code: string; message: string; hint?: string },
): Diagnostic {
  return {
    severity: 'error',
    code,
    message,
    span: node.span,
    path: formatPath(path),
    ...(hint === undefined ? {} : { hint }),
  };
}
