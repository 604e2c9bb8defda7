import { boolNode, formatPath } from './node.ts';
import type { Node } from './node.ts';
import type { ShortFormContext } from './short-form.ts';
import { withEntry } from './tree-edit.ts';

/** Reports what still works but should be written differently. */
export interface ExternalContext extends ShortFormContext {
  warning(this: void, code: string, message: string, node: Node): void;
}

/**
 * Networks, volumes, secrets and configs: the deprecated `external: {name: x}` becomes
 * `external: true` and `name: x`.
 */
export function expandExternal(node: Node, context: ExternalContext): Node {
  if (node.kind !== 'map') return node;
  const external = node.entries.get('external')?.value;
  if (external?.kind !== 'map') return node;
  const resource = withEntry(node, 'external', boolNode(true, external.span));
  const externalName = external.entries.get('name')?.value;
  if (externalName === undefined) return resource;
  const where = formatPath(context.path);
  context.warning(
    'resource/external-name',
    `${where}: external.name is deprecated. Please set name and external: true`,
    externalName,
  );
  const name = node.entries.get('name')?.value;
  if (name === undefined) return withEntry(resource, 'name', externalName);
  if (valueOf(name) !== valueOf(externalName)) {
    const message = `${where}: name and external.name conflict; only use name`;
    context.fault('resource/external-name-conflict', message, externalName);
  }
  return resource;
}

function valueOf(node: Node): unknown {
  return node.kind === 'scalar' ? node.value : undefined;
}
