import type { Diagnostic } from './diagnostic.ts';
import { mergeIpamConfig } from './merge-ipam.ts';
import { mapToSequence } from './key-value.ts';
import { boolNode, formatPath, mapNode, nullNode, stringNode } from './node.ts';
import type { MapEntry, MapNode, Node, NodePath, SequenceNode } from './node.ts';
import { overriding } from './overriding.ts';
import { pathRules } from './path-rules.ts';
import type { PathRules } from './path-rules.ts';

/** What a rule may use of the merge that called it. */
export interface Merging {
  report(this: void, diagnostic: Diagnostic): void;
  /** Merges two mappings key by key; the rules below the place apply. */
  mappings(this: void, base: MapNode, override: MapNode, place: MergePlace): MapNode;
}

export interface MergePlace {
  readonly path: NodePath;
  readonly rules: PathRules<MergeRule> | undefined;
  readonly merging: Merging;
}

/** How the values of one key are merged when both sides have it; null sides included. */
export type MergeRule = (base: Node, override: Node, place: MergePlace) => Node;

const replace: MergeRule = (base, override) => overriding(override, base);

/** `[a=1, b=2]`, `{a: 1, b: 2}` and a single `a` are the same list. */
const appendAsSequence: MergeRule = (base, override) => {
  const items = [...sequenceOf(base), ...sequenceOf(override)];
  return { kind: 'seq', items, span: placeOf(base, override) };
};

const appendNewHosts: MergeRule = (base, override) => {
  const hosts = sequenceOf(base);
  const known = new Set(hosts.map(identity));
  const added = sequenceOf(override).filter((item) => !known.has(identity(item)));
  return { kind: 'seq', items: [...hosts, ...added], span: placeOf(base, override) };
};

const build: MergeRule = (base, override, place) =>
  mergeForms(base, override, place, (node) =>
    node.kind === 'scalar' && node.type === 'str'
      ? mapNode([['context', node]], node.span)
      : undefined,
  );

/** Options of a log driver only make sense together with it. */
const logging: MergeRule = (base, override, place) => {
  const merged = mergeForms(base, override, place, () => undefined);
  if (base.kind !== 'map' || override.kind !== 'map') return merged;
  const before = base.entries.get('driver')?.value;
  const after = override.entries.get('driver')?.value;
  if (before === undefined || after === undefined) return merged;
  return identity(before) === identity(after) ? merged : overriding(override, base);
};

const dependencies: MergeRule = (base, override, place) =>
  mergeForms(base, override, place, (node) =>
    namesToMap(node, ({ span }) =>
      mapNode(
        [
          ['condition', stringNode('service_started', span)],
          ['required', boolNode(true, span)],
        ],
        span,
      ),
    ),
  );

const references: MergeRule = (base, override, place) =>
  mergeForms(base, override, place, (node) => namesToMap(node, ({ span }) => nullNode(span)));

const ipamConfig: MergeRule = (base, override, place) => {
  const { path, merging } = place;
  if (base.kind === 'seq' && override.kind === 'seq') {
    return mergeIpamConfig(base, override, (a, b) => merging.mappings(a, b, place));
  }
  const wrong = [base, override].find((node) => node.kind !== 'seq');
  merging.report({
    severity: 'error',
    code: 'merge/type-clash',
    message: `${formatPath(path)}: unexpected type, want a list`,
    span: (wrong ?? override).span,
    path: formatPath(path),
  });
  return base;
};

/** The special rules of the specification; everything else merges by the kind of its nodes. */
export const mergeRules = pathRules<MergeRule>({
  'networks.*.ipam.config': ipamConfig,
  'networks.*.labels': appendAsSequence,
  'volumes.*.labels': appendAsSequence,
  'services.*.annotations': appendAsSequence,
  'services.*.build': build,
  'services.*.build.args': appendAsSequence,
  'services.*.build.additional_contexts': appendAsSequence,
  'services.*.build.extra_hosts': appendNewHosts,
  'services.*.build.labels': appendAsSequence,
  'services.*.command': replace,
  'services.*.depends_on': dependencies,
  'services.*.deploy.labels': appendAsSequence,
  'services.*.dns': appendAsSequence,
  'services.*.dns_opt': appendAsSequence,
  'services.*.dns_search': appendAsSequence,
  'services.*.entrypoint': replace,
  'services.*.env_file': appendAsSequence,
  'services.*.label_file': appendAsSequence,
  'services.*.environment': appendAsSequence,
  'services.*.extra_hosts': appendNewHosts,
  'services.*.healthcheck.test': replace,
  'services.*.labels': appendAsSequence,
  'services.*.logging': logging,
  'services.*.models': references,
  'services.*.networks': references,
  'services.*.sysctls': appendAsSequence,
  'services.*.tmpfs': appendAsSequence,
  'services.*.ulimits.*': replace,
});

/** Merges two mappings after `long` has turned their short forms into mappings. */
function mergeForms(
  base: Node,
  override: Node,
  place: MergePlace,
  long: (node: Node) => MapNode | undefined,
): Node {
  const [before, after] = [base, override].map((node) => (node.kind === 'map' ? node : long(node)));
  if (after === undefined) {
    if (!isNull(override)) return overriding(override, base);
    return before ?? base;
  }
  if (before === undefined) return overriding(after, base);
  return place.merging.mappings(before, after, place);
}

function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

function namesToMap(node: Node, value: (name: Node) => Node): MapNode | undefined {
  if (node.kind !== 'seq') return undefined;
  const entries = new Map<string, MapEntry>();
  for (const item of node.items) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') return undefined;
    entries.set(item.value, { keySpan: item.span, value: value(item) });
  }
  return { kind: 'map', entries, span: node.span };
}

function sequenceOf(node: Node): SequenceNode['items'] {
  if (node.kind === 'map') return mapToSequence(node).items;
  if (node.kind === 'seq') return node.items;
  return node.type === 'str' ? [node] : [];
}

function placeOf(base: Node, override: Node): Node['span'] {
  return isNull(base) ? override.span : base.span;
}

function identity(node: Node): string {
  return node.kind === 'scalar' ? `${node.type}:${String(node.value)}` : node.kind;
}
