import { fail, ok } from '../foundation/result.ts';
import type { Result } from '../foundation/result.ts';
import { boolNode, mapNode, stringNode } from './node.ts';
import type { MapNode, Node } from './node.ts';
import type { Expand } from './short-form.ts';
import { cleanPath, isFilePath } from './path-forms.ts';
import type { Span } from './source.ts';
import { isString } from './tree-edit.ts';

/** What `[source:]target[:options]` says. */
export interface VolumeMount {
  readonly type: 'bind' | 'volume';
  readonly source?: string;
  readonly target: string;
  readonly readOnly?: boolean;
  readonly nocopy?: boolean;
  readonly propagation?: string;
  readonly selinux?: string;
  /** A target of one or two characters is taken as it is; the reference adds no options to it. */
  readonly bare?: boolean;
}

const PROPAGATIONS = new Set(['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave']);

/**
 * Reads `[source:]target[:options]`. A single letter before a colon is a Windows drive; colons in
 * `${…}` do not separate. Unknown options are ignored, as the reference does.
 */
export function parseVolume(spec: string): Result<VolumeMount, string> {
  if (spec === '') return fail('invalid empty volume spec');
  if (spec.length <= 2) return ok({ type: 'volume', target: spec, bare: true });
  const sections = splitSections(spec);
  const [first = '', second, options, ...rest] = sections;
  if (sections.includes('')) return fail(`invalid spec: ${spec}: empty section between colons`);
  if (rest.length > 0) return fail(`invalid spec: ${spec}: too many colons`);
  if (second === undefined) return ok({ type: 'volume', target: first });
  const type = isFilePath(first) ? 'bind' : 'volume';
  const mount: VolumeMount = { type, source: first, target: second };
  return ok(options === undefined ? mount : { ...mount, ...readOptions(options) });
}

function splitSections(spec: string): string[] {
  const sections: string[] = [];
  let section = '';
  let substitutions = 0;
  for (let index = 0; index < spec.length; index += 1) {
    const character = spec.charAt(index);
    if (spec.startsWith('${', index)) substitutions += 1;
    else if (character === '}' && substitutions > 0) substitutions -= 1;
    const isDrive = /^\p{L}$/u.test(section);
    if (character === ':' && !isDrive && substitutions === 0) {
      sections.push(section);
      section = '';
    } else section += character;
  }
  return [...sections, section];
}

type MountOptions = Pick<VolumeMount, 'readOnly' | 'nocopy' | 'propagation' | 'selinux'>;

function readOptions(text: string): MountOptions {
  let options: MountOptions = {};
  for (const option of text.split(',')) {
    if (option === 'ro' || option === 'rw') options = { ...options, readOnly: option === 'ro' };
    else if (option === 'nocopy') options = { ...options, nocopy: true };
    else if (option === 'z' || option === 'Z') options = { ...options, selinux: option };
    else if (PROPAGATIONS.has(option)) options = { ...options, propagation: option };
  }
  return options;
}

/** `services.*.volumes.*`: the long form; a short bind mount creates a missing host path. */
export const expandVolume: Expand = (node, { fault }) => {
  if (!isString(node)) return node;
  const parsed = parseVolume(node.value);
  if (parsed.ok) return mountNode(parsed.value, node.span);
  fault('volume/invalid', parsed.error, node);
  return node;
};

function mountNode(mount: VolumeMount, span: Span): MapNode {
  const entries: (readonly [string, Node])[] = [['type', stringNode(mount.type, span)]];
  if (mount.source !== undefined) entries.push(['source', stringNode(mount.source, span)]);
  entries.push(['target', stringNode(cleanPath(mount.target), span)]);
  if (mount.readOnly === true) entries.push(['read_only', boolNode(true, span)]);
  const bind = bindNode(mount, span);
  if (bind !== undefined) entries.push(['bind', bind]);
  if (mount.nocopy === true) {
    entries.push(['volume', mapNode([['nocopy', boolNode(true, span)]], span)]);
  } else if (mount.type === 'volume' && mount.bare !== true) {
    entries.push(['volume', mapNode([], span)]);
  }
  return mapNode(entries, span);
}

function bindNode(mount: VolumeMount, span: Span): MapNode | undefined {
  const entries: (readonly [string, Node])[] = [];
  if (mount.selinux !== undefined) entries.push(['selinux', stringNode(mount.selinux, span)]);
  if (mount.propagation !== undefined) {
    entries.push(['propagation', stringNode(mount.propagation, span)]);
  }
  if (mount.type === 'bind') entries.push(['create_host_path', boolNode(true, span)]);
  return entries.length === 0 ? undefined : mapNode(entries, span);
}
