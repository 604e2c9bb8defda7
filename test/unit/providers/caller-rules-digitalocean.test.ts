/** The rules of computers in firewalls of DigitalOcean, which follow them when their addresses change. */
import { describe, expect, it } from 'vitest';
import { digitalocean } from '../../../src/providers/digitalocean/digitalocean.ts';
import type {
  Account,
  ProviderContext,
  ProviderFlagValues,
  ProviderSettings,
} from '../../../src/providers/provider.ts';
import { creation, memoryCaller, settingsFrom, STORE_TAGS } from '../../support/provider-bench.ts';
import {
  type Answering,
  firewallWithRules,
  scriptedDigitalOcean,
} from '../../support/scripted-digitalocean.ts';

const CAFE = '192.0.2.1/32';
const HOME = '198.51.100.7/32';

const rule = (addresses: readonly string[], ports = '22', more: object = {}): object => ({
  protocol: 'tcp',
  ports,
  sources: { addresses, ...more },
});

const WIREGUARD = {
  protocol: 'udp',
  ports: '51820',
  sources: { addresses: ['0.0.0.0/0', '::/0'] },
};

type Caller = ReturnType<typeof memoryCaller>;

interface Bench {
  readonly account: Account;
  readonly rules: () => readonly object[];
  readonly caller: Caller;
  readonly calls: string[];
  readonly settings: ProviderSettings;
}

/** This computer at home, before a firewall with rules, of which it has added those that it remembers. */
async function atHome(
  first: readonly object[],
  known: readonly (readonly [string, number])[] = [],
  change: {
    readonly answers?: (
      usual: Record<string, Answering>,
      caller: Caller,
    ) => Record<string, Answering>;
    readonly flags?: ProviderFlagValues;
    readonly context?: Partial<ProviderContext>;
  } = {},
): Promise<Bench> {
  const { rules, answers } = firewallWithRules(first);
  const caller = memoryCaller();
  if (known.length > 0)
    caller.remembered.set(
      'f1',
      known.map(([range, port]) => ({ range, port })),
    );
  const { account, calls } = await scriptedDigitalOcean(
    { ...answers, ...change.answers?.(answers, caller) },
    change.flags,
    { caller, ...change.context },
  );
  const settings = settingsFrom(digitalocean, change.flags);
  return { account, rules, caller, calls, settings };
}

const admit = ({ account }: Bench) => {
  if (account.admit === undefined) throw new Error('no firewalls');
  return account.admit(STORE_TAGS);
};
const remembered = ({ caller }: Bench): readonly (readonly [string, number])[] =>
  (caller.remembered.get('f1') ?? []).map(({ range, port }) => [range, port]);

describe('the rule of a computer', () => {
  it('follows it: the new one first, one call for each rule', async () => {
    const bench = await atHome([rule([CAFE])], [[CAFE, 22]]);
    expect(await admit(bench)).toEqual({
      ranges: [HOME],
      changed: true,
      removed: [CAFE],
      remarks: [],
    });
    expect(bench.rules()).toEqual([rule([HOME])]);
    expect(remembered(bench)).toEqual([[HOME, 22]]);
    expect(bench.calls.filter((call) => !call.startsWith('GET'))).toEqual([
      `POST /v2/firewalls/f1/rules ${JSON.stringify({ inbound_rules: [rule([HOME])] })}`,
      `DELETE /v2/firewalls/f1/rules ${JSON.stringify({ inbound_rules: [rule([CAFE])] })}`,
    ]);
    expect(await admit(bench)).toEqual({
      ranges: [HOME],
      changed: false,
      removed: [],
      remarks: [],
    });
  });

  it('follows it on every port', async () => {
    const known = [
      [CAFE, 22],
      [CAFE, 2222],
    ] as const;
    const bench = await atHome([rule([CAFE]), rule([CAFE], '2222')], known);
    await admit(bench);
    expect(bench.rules()).toEqual([rule([HOME]), rule([HOME], '2222')]);
    expect(remembered(bench)).toEqual([
      [HOME, 22],
      [HOME, 2222],
    ]);
  });

  it('is written down before it is added', async () => {
    const seen: unknown[] = [];
    const bench = await atHome([], [], {
      answers: ({ 'POST /v2/firewalls/f1/rules': usual }, caller) => ({
        'POST /v2/firewalls/f1/rules': (body) => {
          seen.push(caller.remembered.get('f1'));
          return usual?.(body) ?? {};
        },
      }),
    });
    await admit(bench);
    expect(seen).toEqual([[{ port: 22, range: HOME }]]);
  });

  it.each([
    ['before the new one was added', [rule([CAFE])]],
    ['before the old one was removed', [rule([CAFE]), rule([HOME])]],
    ['before that was written down', [rule([HOME])]],
  ])('follows it after an end %s', async (_when, rules) => {
    const bench = await atHome(rules, [
      [CAFE, 22],
      [HOME, 22],
    ]);
    await admit(bench);
    expect(bench.rules()).toEqual([rule([HOME])]);
    expect(remembered(bench)).toEqual([[HOME, 22]]);
  });

  it('is found however DigitalOcean writes it, and removed as it is written', async () => {
    const listed = rule(['192.0.2.1'], '22', { tags: [], droplet_ids: null });
    const bench = await atHome(
      [listed, rule(['198.51.100.7'])],
      [
        [CAFE, 22],
        [HOME, 22],
      ],
    );
    expect(await admit(bench)).toMatchObject({ removed: [CAFE] });
    expect(bench.rules()).toEqual([rule(['198.51.100.7'])]);
  });

  it('that cannot be removed is told of with the command that removes it, and is tried again', async () => {
    let status = 403;
    const bench = await atHome([rule([CAFE])], [[CAFE, 22]], {
      answers: ({ 'DELETE /v2/firewalls/f1/rules': usual }) => ({
        'DELETE /v2/firewalls/f1/rules': (body) =>
          status === 403 ? { status } : (usual?.(body) ?? {}),
      }),
    });
    const { remarks, removed } = await admit(bench);
    expect(removed).toEqual([]);
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toContain(
      `SSH is still let in from ${CAFE}, where this computer was before`,
    );
    expect(remarks[0]).toContain(
      `doctl compute firewall remove-rules f1 --inbound-rules protocol:tcp,ports:22,address:${CAFE}`,
    );
    status = 204;
    expect(await admit(bench)).toMatchObject({ removed: [CAFE], remarks: [] });
  });

  it('that another computer adds at the same moment is enough', async () => {
    const bench = await atHome([rule([CAFE])], [[CAFE, 22]], {
      answers: ({ 'POST /v2/firewalls/f1/rules': usual }) => ({
        'POST /v2/firewalls/f1/rules': (body) => {
          usual?.(body);
          return usual?.(body) ?? {};
        },
      }),
    });
    await admit(bench);
    expect(bench.rules()).toEqual([rule([HOME])]);
    expect(remembered(bench)).toEqual([]);
  });

  it('that was added although no answer came is this computer’s', async () => {
    let calls = 0;
    const bench = await atHome([], [], {
      answers: ({ 'POST /v2/firewalls/f1/rules': usual }) => ({
        'POST /v2/firewalls/f1/rules': (body) => {
          const answer = usual?.(body) ?? {};
          calls += 1;
          return calls === 1 ? { status: 502 } : answer;
        },
      }),
    });
    await admit(bench);
    expect(bench.rules()).toEqual([rule([HOME])]);
    expect(remembered(bench)).toEqual([[HOME, 22]]);
  });

  it('is let go of when its firewall is', async () => {
    const bench = await atHome([rule([HOME])], [[HOME, 22]], {
      answers: (usual) => ({
        'GET /v2/firewalls/f1': usual['GET /v2/firewalls/f1'] ?? (() => ({})),
        'GET /v2/droplets': () => ({ body: { droplets: [] } }),
        'DELETE /v2/firewalls/f1': () => ({ status: 204 }),
      }),
    });
    expect(await bench.account.remove({ kind: 'firewall', id: 'f1' })).toBe(true);
    expect(remembered(bench)).toEqual([]);
  });
});

describe('ranges that flags ask for', () => {
  const create = async (bench: Bench): Promise<void> => {
    const { account, settings } = bench;
    await expect(account.create(creation('web', settings))).rejects.toThrow('enough');
  };
  const answers = (usual: Record<string, Answering>): Record<string, Answering> => ({
    ...usual,
    'POST /v2/tags': () => ({ status: 201 }),
    'GET /v2/account/keys': () => ({ body: { ssh_keys: [] } }),
    'POST /v2/account/keys': () => ({ body: { ssh_key: { id: 1, name: 'k', fingerprint: 'f' } } }),
    'GET /v2/droplets': () => ({ body: { droplets: [] } }),
    'GET /v2/images': () => ({ status: 422, body: { id: 'x', message: 'enough' } }),
  });
  const flags = { 'digitalocean-ssh-cidr': [CAFE], 'digitalocean-image': 'x' };

  it('stay when this computer had them, wherever it goes', async () => {
    const bench = await atHome([WIREGUARD, rule([CAFE])], [[CAFE, 22]], { answers, flags });
    await create(bench);
    expect(remembered(bench)).toEqual([]);
    await admit(bench);
    expect(bench.rules()).toEqual([WIREGUARD, rule([CAFE]), rule([HOME])]);
  });

  it('are added when another process of this computer takes them back at that moment', async () => {
    const bench = await atHome([WIREGUARD, rule([CAFE])], [[CAFE, 22]], {
      answers: (usual) => ({
        ...answers(usual),
        'GET /v2/firewalls/f1': (body) => {
          usual['DELETE /v2/firewalls/f1/rules']?.({ inbound_rules: [rule([CAFE])] });
          return usual['GET /v2/firewalls/f1']?.(body) ?? {};
        },
      }),
      flags,
    });
    await create(bench);
    expect(bench.rules()).toEqual([WIREGUARD, rule([CAFE])]);
  });
});

describe('rules of others', () => {
  it.each([
    ['that this computer has not added', rule([CAFE]), []],
    ['to which somebody has added an address', rule([CAFE, '203.0.113.4']), [[CAFE, 22]]],
    ['to which somebody has added a tag', rule([CAFE], '22', { tags: ['office'] }), [[CAFE, 22]]],
    ['of which somebody has changed the port', rule([CAFE], '22-23'), [[CAFE, 22]]],
  ] as const)('%s stay', async (_whose, other, known) => {
    const bench = await atHome([other], known);
    expect(await admit(bench)).toMatchObject({ changed: true, removed: [] });
    expect(bench.rules()).toEqual([other, rule([HOME])]);
    expect(remembered(bench)).toEqual([[HOME, 22]]);
  });

  it('that let this computer in are enough, and stay when it goes', async () => {
    const bench = await atHome([rule([HOME])]);
    expect(await admit(bench)).toMatchObject({ changed: false });
    expect(remembered(bench)).toEqual([]);
  });

  it('are told of with the command that removes them, but for those that flags ask for', async () => {
    const rules = [
      rule([CAFE]),
      rule(['203.0.113.4/32']),
      rule(['203.0.113.0/24']),
      rule(['203.0.113.5'], '443'),
      rule([HOME]),
    ];
    const flags = { 'digitalocean-ssh-cidr': ['203.0.113.4'] };
    const { remarks } = await admit(await atHome(rules, [[HOME, 22]], { flags }));
    expect(remarks).toHaveLength(1);
    expect(remarks[0]).toMatch(
      /^SSH is let in from 192\.0\.2\.1\/32 as well.*address:192\.0\.2\.1\/32$/,
    );
  });
});
