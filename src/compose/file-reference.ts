import { mapNode } from './node.ts';
import type { Expand } from './short-form.ts';
import { isString } from './tree-edit.ts';

/** `services.*.secrets.*`, `.configs.*` and `.build.secrets.*`: a name is the source. */
export const expandFileReference: Expand = (node) =>
  isString(node) ? mapNode([['source', node]], node.span) : node;
