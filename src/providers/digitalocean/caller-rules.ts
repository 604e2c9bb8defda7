import { plainRange } from '../addresses.ts';
import type { CallerRule } from '../provider.ts';
import type { FirewallRule } from './model.ts';

/** What has to be done so that this computer is let in from where it is, and only from there. */
export interface CallerPlan {
  readonly add: readonly CallerRule[];
  /** Rules that this computer has added for addresses that it had, with how the firewall writes them. */
  readonly remove: readonly { readonly rule: CallerRule; readonly listed: FirewallRule }[];
  /** Rules that this computer has added, and that are not there any more as it did. */
  readonly forget: readonly CallerRule[];
}

/**
 * Rules of DigitalOcean cannot tell whose they are: those that are `known` are of this computer, and only while they
 * have its address alone.
 */
export function planCaller(
  rules: readonly FirewallRule[],
  known: readonly CallerRule[],
  { port, range }: CallerRule,
): CallerPlan {
  const remove: { rule: CallerRule; listed: FirewallRule }[] = [];
  const forget: CallerRule[] = [];
  for (const rule of known) {
    if (plainRange(rule.range) === plainRange(range)) continue;
    const listed = rules.find((each) => isExactly(each, rule));
    if (listed === undefined) forget.push(rule);
    else remove.push({ rule, listed });
  }
  const ports = new Set([port, ...remove.map(({ rule }) => rule.port)]);
  const add = [...ports]
    .map((each) => ({ port: each, range }))
    .filter((rule) => !rules.some((listed) => covers(listed, rule)));
  return { add, remove, forget };
}

/** True when a firewall's rule lets SSH in from a range, whatever else it does. */
export function covers({ protocol, ports, sources }: FirewallRule, rule: CallerRule): boolean {
  return (
    protocol === 'tcp' &&
    ports === String(rule.port) &&
    sources?.addresses?.some((address) => plainRange(address) === plainRange(rule.range)) === true
  );
}

/** True when it does nothing else. */
export function isExactly(listed: FirewallRule, rule: CallerRule): boolean {
  const { addresses = [], ...others } = listed.sources ?? {};
  const alone = Object.values(others).every((each) => !Array.isArray(each) || each.length === 0);
  return covers(listed, rule) && addresses?.length === 1 && alone;
}

/** The form in which DigitalOcean takes a rule. */
export function ruleOf({ port, range }: CallerRule): FirewallRule {
  return { protocol: 'tcp', ports: String(port), sources: { addresses: [range] } };
}

export function isSameRule(left: CallerRule, right: CallerRule): boolean {
  return left.port === right.port && plainRange(left.range) === plainRange(right.range);
}
