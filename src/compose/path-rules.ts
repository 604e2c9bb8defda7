/**
 * Rules that hold at certain places of the tree, found while walking it. A place is written as keys
 * joined with dots; `*` stands for any key of a mapping.
 */
export interface PathRules<Rule> {
  readonly rule?: Rule;
  readonly byKey: ReadonlyMap<string, PathRules<Rule>>;
  readonly anyKey?: PathRules<Rule>;
}

interface Growing<Rule> {
  rule?: Rule;
  byKey: Map<string, Growing<Rule>>;
  anyKey?: Growing<Rule>;
}

/** Compiles `{'services.*.ports': rule}` so that a walk finds its rules without comparing paths. */
export function pathRules<Rule>(table: Readonly<Record<string, Rule>>): PathRules<Rule> {
  const root: Growing<Rule> = { byKey: new Map() };
  for (const [pattern, rule] of Object.entries(table)) {
    let place = root;
    for (const key of pattern.split('.')) place = grow(place, key);
    place.rule = rule;
  }
  return root;
}

function grow<Rule>(place: Growing<Rule>, key: string): Growing<Rule> {
  if (key === '*') return (place.anyKey ??= { byKey: new Map() });
  let next = place.byKey.get(key);
  if (next === undefined) {
    next = { byKey: new Map() };
    place.byKey.set(key, next);
  }
  return next;
}

/** What holds below `key`, or undefined where no rule can match any more. */
export function rulesBelow<Rule>(
  rules: PathRules<Rule> | undefined,
  key: string,
): PathRules<Rule> | undefined {
  return rules?.byKey.get(key) ?? rules?.anyKey;
}
