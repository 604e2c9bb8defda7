/** The rules of computers in groups of EC2, which follow them when their addresses change. */
import { describe, expect, it } from 'vitest';
import type { Ec2 } from '../../../src/providers/amazonec2/client.ts';
import { admit, ensureGroups } from '../../../src/providers/amazonec2/security-group.ts';
import type { ProviderFlagValues } from '../../../src/providers/provider.ts';
import { creation, memoryCaller, STORE_TAGS } from '../../support/provider-bench.ts';
import {
  type Answer,
  groupWithRules,
  refuses,
  type RememberedRule,
  scriptedEc2,
} from '../../support/scripted-ec2.ts';

const OURS = 'aaaaaaaaaaaa';
const THEIRS = 'bbbbbbbbbbbb';
const CAFE = '192.0.2.1/32';
const HOME = '198.51.100.7/32';

const rule = (range: string, description: string, port = 22): RememberedRule => ({
  port,
  range,
  description,
});
const of = (...computers: string[]): string =>
  `tcompose: SSH from computer${computers.length > 1 ? 's' : ''} ${computers.join(', ')}`;

interface Bench {
  readonly rules: () => readonly RememberedRule[];
  readonly ec2: Ec2;
  readonly calls: string[];
}

/** This computer at home, before a group with rules; `others` are answers in place of the usual ones. */
function atHome(
  first: readonly RememberedRule[],
  others: (
    usual: Record<string, Answer>,
  ) => Readonly<Record<string, Answer | readonly Answer[]>> = () => ({}),
  given: ProviderFlagValues = {},
): Bench {
  const { rules, answers } = groupWithRules('sg-1', first);
  const changes = { caller: memoryCaller(OURS) };
  const { ec2, calls } = scriptedEc2({ ...answers, ...others(answers) }, given, changes);
  return { rules, ec2, calls };
}

const create = async ({ ec2 }: Bench): Promise<string[]> => {
  const told: string[] = [];
  await ensureGroups(ec2, 'vpc-1', creation('web', {}, { progress: (text) => told.push(text) }));
  return told;
};

describe('the rule of a computer', () => {
  it.each(['create', 'authorize --address'])('follows it: %s', async (by) => {
    const bench = atHome([rule(CAFE, of(OURS))]);
    if (by === 'create') {
      expect(await create(bench)).toContain(`no longer letting SSH in from ${CAFE}`);
    } else {
      expect(await admit(bench.ec2, STORE_TAGS)).toEqual({
        ranges: [HOME],
        changed: true,
        removed: [CAFE],
        remarks: [],
      });
    }
    expect(bench.rules()).toEqual([rule(HOME, of(OURS))]);
    const changing = bench.calls.filter((call) => call.endsWith('Ingress'));
    expect(changing.at(-1)).toBe('RevokeSecurityGroupIngress');
    expect(await admit(bench.ec2, STORE_TAGS)).toMatchObject({ changed: false, removed: [] });
  });

  it('follows it on every port and from addresses of either version', async () => {
    const bench = atHome([rule('2001:db8::7/128', of(OURS), 2222), rule(CAFE, of(OURS))]);
    expect(await admit(bench.ec2, STORE_TAGS)).toMatchObject({
      removed: ['2001:db8::7/128', CAFE],
    });
    expect(bench.rules()).toEqual([rule(HOME, of(OURS)), rule(HOME, of(OURS), 2222)]);
  });

  it('is the same rule when EC2 writes its address in another way', async () => {
    const { rules, answers } = groupWithRules('sg-1', [rule('2001:DB8::7/128', of(OURS))]);
    const ownAddress = () => Promise.resolve('2001:DB8:0:0::7');
    const { ec2 } = scriptedEc2(answers, {}, { ownAddress, caller: memoryCaller(OURS) });
    expect(await admit(ec2, STORE_TAGS)).toMatchObject({ changed: false });
    expect(rules()).toEqual([rule('2001:DB8::7/128', of(OURS))]);
  });

  it('is there twice after an end in between, and the next call cleans up', async () => {
    const end = new Error('the process ends here');
    const ends: Answer = () => {
      throw end;
    };
    const { rules, answers } = groupWithRules('sg-1', [rule(CAFE, of(OURS))]);
    const caller = memoryCaller(OURS);
    const stop = new AbortController();
    const revoke: Answer = (input) => {
      stop.abort(end);
      return ends(input);
    };
    const first = scriptedEc2(
      { ...answers, RevokeSecurityGroupIngress: revoke },
      {},
      { caller, signal: stop.signal },
    );
    await expect(admit(first.ec2, STORE_TAGS)).rejects.toBe(end);
    expect(rules()).toEqual([rule(CAFE, of(OURS)), rule(HOME, of(OURS))]);
    const { ec2 } = scriptedEc2(answers, {}, { caller });
    expect(await admit(ec2, STORE_TAGS)).toMatchObject({ changed: true, removed: [CAFE] });
    expect(rules()).toEqual([rule(HOME, of(OURS))]);
  });

  it('that cannot be removed is told of with the command that removes it, and fails nothing', async () => {
    const denied = () => ({ RevokeSecurityGroupIngress: refuses('UnauthorizedOperation', 'no') });
    const bench = atHome([rule(CAFE, of(OURS))], denied);
    const told = (await create(bench)).at(-1);
    expect(told).toContain(`SSH is still let in from ${CAFE}, where this computer was before`);
    expect(told).toContain(
      `aws ec2 revoke-security-group-ingress --region us-east-1 --group-id sg-1 --protocol tcp --port 22 --cidr ${CAFE}`,
    );
    expect(bench.rules()).toEqual([rule(CAFE, of(OURS)), rule(HOME, of(OURS))]);
  });
});

describe('rules of others', () => {
  it.each([
    ['of another computer', rule(CAFE, of(THEIRS))],
    ['made by hand', rule(CAFE, 'office')],
    ['made by hand, of which tcompose wrote a part', rule(CAFE, `${of(OURS)} and me`)],
    ['without a description', rule(CAFE, '')],
    ['that flags asked for', rule(CAFE, 'tcompose')],
    ['for a network', rule('203.0.113.0/24', 'tcompose')],
  ])('%s stay', async (_whose, other) => {
    const bench = atHome([other]);
    await create(bench);
    await admit(bench.ec2, STORE_TAGS);
    expect(bench.rules()).toEqual([other, rule(HOME, of(OURS))]);
  });

  it.each(['office', 'tcompose', ''])(
    'described as "%s" are enough for whoever is there',
    async (words) => {
      const bench = atHome([rule(HOME, words)]);
      expect(await admit(bench.ec2, STORE_TAGS)).toMatchObject({ changed: false });
      expect(bench.rules()).toEqual([rule(HOME, words)]);
    },
  );

  it('for the address where this computer is as well stay for the one that stays there', async () => {
    const bench = atHome([rule(HOME, of(THEIRS)), rule(CAFE, of(OURS, THEIRS))]);
    expect(await admit(bench.ec2, STORE_TAGS)).toEqual({
      ranges: [HOME],
      changed: false,
      removed: [],
      remarks: [],
    });
    expect(bench.rules()).toEqual([rule(HOME, of(THEIRS, OURS)), rule(CAFE, of(THEIRS))]);
  });

  it('who come to the same address at the same moment are noticed', async () => {
    const bench = atHome([rule(CAFE, of(OURS))], ({ AuthorizeSecurityGroupIngress: usual }) => ({
      AuthorizeSecurityGroupIngress: (input) => {
        const [theirs] = input['IpPermissions'] as { IpRanges: object[] }[];
        const ranges = theirs?.IpRanges.map((each) => ({ ...each, Description: of(THEIRS) }));
        usual?.({ IpPermissions: [{ ...theirs, IpRanges: ranges }] });
        return usual?.(input);
      },
    }));
    await admit(bench.ec2, STORE_TAGS);
    expect(bench.rules()).toEqual([rule(HOME, of(THEIRS, OURS))]);
  });

  it('are more than a description can name, and then the rule stays', async () => {
    const many = Array.from({ length: 16 }, (_, at) => String(at).padStart(12, '0'));
    const bench = atHome([rule(HOME, of(...many))]);
    await admit(bench.ec2, STORE_TAGS);
    expect(bench.rules()).toEqual([rule(HOME, 'tcompose')]);
  });

  it('may stay with credentials that may not change descriptions', async () => {
    const may = refuses('UnauthorizedOperation', 'no');
    const denied = () => ({ UpdateSecurityGroupRuleDescriptionsIngress: may });
    const bench = atHome([rule(HOME, of(THEIRS)), rule(CAFE, of(OURS))], denied);
    const { remarks } = await admit(bench.ec2, STORE_TAGS);
    expect(remarks[0]).toContain('only as long as other computers are there');
    expect(bench.rules()).toEqual([rule(HOME, of(THEIRS))]);
  });
});

describe('ranges that flags ask for', () => {
  const asks = { 'amazonec2-ssh-cidr': [CAFE] };

  it('stay when a computer had them, wherever it goes', async () => {
    const bench = atHome([rule(CAFE, of(OURS, THEIRS))], undefined, asks);
    await create(bench);
    expect(bench.rules()).toEqual([rule(CAFE, 'tcompose')]);
    await admit(bench.ec2, STORE_TAGS);
    expect(bench.rules()).toEqual([rule(CAFE, 'tcompose'), rule(HOME, of(OURS))]);
  });

  it('are added when the computer that had them leaves at that moment', async () => {
    const gone = (usual: Record<string, Answer>) => ({
      UpdateSecurityGroupRuleDescriptionsIngress: (input: Readonly<Record<string, unknown>>) => {
        usual['RevokeSecurityGroupIngress']?.(input);
        return usual['UpdateSecurityGroupRuleDescriptionsIngress']?.(input);
      },
    });
    const bench = atHome([rule(CAFE, of(OURS))], gone, asks);
    await create(bench);
    expect(bench.rules()).toEqual([rule(CAFE, 'tcompose')]);
  });

  it('leave rules of computers as they are', async () => {
    const bench = atHome([rule('203.0.113.4/32', of(OURS))], undefined, asks);
    await create(bench);
    expect(bench.rules()).toEqual([rule('203.0.113.4/32', of(OURS)), rule(CAFE, 'tcompose')]);
  });
});

describe('rules of earlier versions', () => {
  it('are told of with the command that removes them, but for those that flags ask for', async () => {
    const bench = atHome(
      [
        rule(CAFE, 'tcompose'),
        rule('2001:db8::1/128', 'tcompose'),
        rule('203.0.113.4/32', 'tcompose'),
        rule('10.0.0.0/8', 'tcompose'),
        rule(HOME, 'tcompose'),
        rule('203.0.113.5/32', 'office'),
        rule('203.0.113.6/32', 'tcompose', 443),
      ],
      undefined,
      { 'amazonec2-ssh-cidr': ['203.0.113.4'] },
    );
    const { remarks } = await admit(bench.ec2, STORE_TAGS);
    expect(remarks).toHaveLength(2);
    expect(remarks[0]).toMatch(
      /SSH is let in from 192\.0\.2\.1\/32 as well.* --cidr 192\.0\.2\.1\/32$/,
    );
    expect(remarks[1]).toContain('Ipv6Ranges=[{CidrIpv6=2001:db8::1/128}]');
    expect(bench.rules()).toHaveLength(7);
  });
});
