import { isOneAddress } from '../addresses.ts';
import type { Admission, CallerRule, CallerRules } from '../provider.ts';
import { isProviderError } from '../provider-error.ts';
import {
  type CallerPlan,
  covers,
  isExactly,
  isSameRule,
  planCaller,
  ruleOf,
} from './caller-rules.ts';
import type { DigitalOceanClient } from './client.ts';
import { mayHaveBeenAccepted } from './failure.ts';
import type { Firewall, FirewallRule } from './model.ts';
import type { Place } from './place.ts';

/** How often a rule is added that may be there already, and the milliseconds in between. */
const TRIES = 4;
const INTERVAL = 1000;

/**
 * Lets this computer in through a firewall from a range, and no longer from where it was before: first the new rule,
 * then the old one goes. What may be there is written down before, so that after whatever interrupts this the next
 * call goes on.
 */
export async function followCaller(
  place: Place,
  firewall: Firewall,
  range: string,
): Promise<Admission> {
  const { client, settings, context } = place;
  const caller = { port: settings.sshPort, range };
  return await context.caller.withRules(firewall.id, context.signal, async (own) => {
    const planned = planCaller(firewall.inbound_rules ?? [], own.rules, caller);
    if (isNothing(planned)) return { ranges: [range], changed: false, removed: [], remarks: [] };
    // Others may have changed it since it was looked at.
    const rules = await rulesOf(client, firewall.id);
    const plan = planCaller(rules, own.rules, caller);
    const known = await letIn(place, firewall.id, { own, plan });
    const { removed, remarks } = await retire(place, firewall.id, plan);
    const settled = [...removed, ...plan.forget];
    await own.remember(known.filter((rule) => !settled.some((each) => isSameRule(each, rule))));
    return {
      ranges: [range],
      changed: plan.add.length + removed.length > 0,
      removed: [...new Set(removed.map((rule) => rule.range))],
      remarks,
    };
  });
}

/** Rules for ranges that somebody asks for stay, also when this computer has added them for itself before. */
export async function keepRanges(
  { client, settings, context }: Place,
  firewall: Firewall,
  ranges: readonly string[],
): Promise<void> {
  await context.caller.withRules(firewall.id, context.signal, async ({ rules, remember }) => {
    const asked = ranges.map((range) => ({ port: settings.sshPort, range }));
    const others = rules.filter((rule) => !asked.some((each) => isSameRule(each, rule)));
    if (others.length === rules.length) return;
    await remember(others);
    // Another process may have taken one back a moment ago.
    const there = await rulesOf(client, firewall.id);
    const missing = asked.filter((rule) => !there.some((listed) => covers(listed, rule)));
    if (missing.length > 0) await addRules(client, firewall.id, missing.map(ruleOf));
  });
}

/** What else lets SSH in through a firewall, and may be too much. */
export async function remarksOn(
  { settings, context }: Place,
  firewall: Firewall,
  range: string,
): Promise<readonly string[]> {
  const { sshPort: port, sshCidr = [] } = settings;
  return await context.caller.withRules(firewall.id, context.signal, ({ rules }) => {
    const fine = [range, ...sshCidr, ...rules.map((rule) => rule.range)];
    const addresses = (firewall.inbound_rules ?? []).flatMap(({ sources }) => {
      return (sources?.addresses ?? []).filter((address) => isOneAddress(address));
    });
    const strays = [...new Set(addresses)]
      .map((address) => ({ port, range: address }))
      .filter((rule) => firewall.inbound_rules?.some((listed) => isExactly(listed, rule)) === true)
      .filter((rule) => !fine.some((each) => isSameRule(rule, { port, range: each })));
    return Promise.resolve(
      strays.map(
        (rule) =>
          `SSH is let in from ${rule.range} as well, which this computer has not added: for another computer, because ` +
          `it was asked for, or by an earlier version; if nobody needs it: ${removal(rule, firewall.id)}`,
      ),
    );
  });
}

/** Adds rules that nobody takes back. */
export async function addRules(
  client: DigitalOceanClient,
  firewall: string,
  rules: readonly FirewallRule[],
): Promise<void> {
  const path = `/v2/firewalls/${firewall}/rules`;
  await client.call({ method: 'POST', path, body: { inbound_rules: rules }, repeatable: true });
}

function isNothing({ add, remove, forget }: CallerPlan): boolean {
  return add.length + remove.length + forget.length === 0;
}

async function rulesOf(client: DigitalOceanClient, id: string): Promise<readonly FirewallRule[]> {
  const { firewall } = await client.get<{ firewall: Firewall }>(`/v2/firewalls/${id}`);
  return firewall.inbound_rules ?? [];
}

/** Adds what is missing; resolves with all that this computer has, or may have. */
async function letIn(
  place: Place,
  id: string,
  { own, plan }: { readonly own: CallerRules; readonly plan: CallerPlan },
): Promise<readonly CallerRule[]> {
  let known = own.rules;
  for (const rule of plan.add) {
    const before = known.filter((each) => !isSameRule(each, rule));
    await own.remember([...before, rule]);
    // Somebody else's rule is not ours to remove.
    known = (await addOwn(place, id, rule)) ? [...before, rule] : before;
  }
  return known;
}

/** Adds a rule; false: somebody else was faster. */
async function addOwn(place: Place, id: string, rule: CallerRule): Promise<boolean> {
  const { client, context } = place;
  const path = `/v2/firewalls/${id}/rules`;
  const call = { method: 'POST', path, body: { inbound_rules: [ruleOf(rule)] } } as const;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await client.call(call);
      return true;
    } catch (error) {
      if (isProviderError(error, 'already-exists')) {
        const there = (await rulesOf(client, id)).some((listed) => covers(listed, rule));
        // An earlier try may have been carried out although no answer came.
        if (there) return attempt > 1;
      }
      if (!mayHaveBeenAccepted(error) || attempt === TRIES) throw error;
      await context.clock.sleep(INTERVAL * attempt, context.signal);
    }
  }
}

/** Takes back what let this computer in before. What cannot be taken back is tried again the next time. */
async function retire(
  { client, context }: Place,
  id: string,
  { remove }: CallerPlan,
): Promise<{ readonly removed: readonly CallerRule[]; readonly remarks: readonly string[] }> {
  const removed: CallerRule[] = [];
  const remarks: string[] = [];
  for (const { rule, listed } of remove) {
    try {
      const path = `/v2/firewalls/${id}/rules`;
      await client.call({ method: 'DELETE', path, body: { inbound_rules: [listed] } });
      removed.push(rule);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!isProviderError(error)) throw error;
      remarks.push(
        `SSH is still let in from ${rule.range}, where this computer was before (${error.message}): ${removal(rule, id)}`,
      );
    }
  }
  return { removed, remarks };
}

/** The command that removes a rule. */
function removal({ port, range }: CallerRule, firewall: string): string {
  return `doctl compute firewall remove-rules ${firewall} --inbound-rules protocol:tcp,ports:${port},address:${range}`;
}
