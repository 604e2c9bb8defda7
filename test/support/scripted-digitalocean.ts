/** DigitalOcean whose answers tests say, for what its description does not tell. */
import { digitalocean } from '../../src/providers/digitalocean/digitalocean.ts';
import type { Account, ProviderContext, ProviderFlagValues } from '../../src/providers/provider.ts';
import { patientClock, providerContext, settingsFrom } from './provider-bench.ts';

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: object | string;
}

/** Says what is answered to a call with that body. */
export type Answering = (body: unknown) => ScriptedAnswer;

type Answers = ScriptedAnswer | readonly ScriptedAnswer[] | Answering;

export interface ScriptedDigitalOcean {
  readonly account: Account;
  readonly clock: ReturnType<typeof patientClock>;
  /** `GET /v2/droplets`, with the body behind it where there is one. */
  readonly calls: string[];
}

/** Answers about the firewall of a store that remembers rules as DigitalOcean does: none twice, removed as they are. */
export function firewallWithRules(first: readonly object[]): {
  readonly rules: () => readonly object[];
  readonly answers: Record<string, Answering>;
} {
  let rules = [...first];
  const firewall = () => ({
    id: 'f1',
    name: 'tcompose-s7',
    tags: ['tcompose-store:s7'],
    droplet_ids: [],
    inbound_rules: rules,
  });
  const given = (body: unknown): readonly object[] =>
    (body as { inbound_rules: readonly object[] }).inbound_rules;
  const has = (all: readonly object[], rule: object): boolean =>
    all.some((each) => JSON.stringify(each) === JSON.stringify(rule));
  return {
    rules: () => rules,
    answers: {
      'GET /v2/firewalls': () => ({ body: { firewalls: [firewall()] } }),
      'GET /v2/firewalls/f1': () => ({ body: { firewall: firewall() } }),
      'POST /v2/firewalls/f1/rules': (body) => {
        if (given(body).some((rule) => has(rules, rule))) {
          return { status: 422, body: { id: 'unprocessable_entity', message: 'duplicate rule' } };
        }
        rules.push(...given(body));
        return { status: 204 };
      },
      'DELETE /v2/firewalls/f1/rules': (body) => {
        rules = rules.filter((rule) => !has(given(body), rule));
        return { status: 204 };
      },
    },
  };
}

/** An account with an answer to each `METHOD /path`; several are given in turn, the last one from then on. */
export async function scriptedDigitalOcean(
  answers: Readonly<Record<string, Answers>>,
  given: ProviderFlagValues = {},
  changes: Partial<ProviderContext> = {},
): Promise<ScriptedDigitalOcean> {
  const calls: string[] = [];
  const counts = new Map<string, number>();
  const clock = patientClock();
  const fetch = (input: URL, init: { readonly method: string; readonly body?: string }) => {
    const call = `${init.method} ${input.pathname}`;
    calls.push(init.body === undefined ? call : `${call} ${init.body}`);
    const known = answers[call];
    const one =
      typeof known === 'function' ? known(init.body && (JSON.parse(init.body) as unknown)) : known;
    const all = one === undefined ? [] : Array.isArray(one) ? one : [one];
    const nth = counts.get(call) ?? 0;
    counts.set(call, nth + 1);
    const answer = (all as readonly ScriptedAnswer[])[Math.min(nth, all.length - 1)];
    const {
      status = 200,
      headers = {},
      body = {},
    } = answer ?? {
      status: 404,
      body: { id: 'not_found', message: `nothing is said of ${call}` },
    };
    const text = status === 204 ? null : typeof body === 'string' ? body : JSON.stringify(body);
    return Promise.resolve(new Response(text, { status, headers }));
  };
  const context = providerContext(
    { DIGITALOCEAN_ACCESS_TOKEN: 'secret-token' },
    { clock, fetch: fetch as unknown as typeof globalThis.fetch, ...changes },
  );
  const account = await digitalocean.connect(settingsFrom(digitalocean, given), context);
  return { account, clock, calls };
}
