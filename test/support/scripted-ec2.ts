/** EC2 whose answers tests say, for what its emulators do not do: delays, and errors in the middle. */
import type { IpPermission } from '@aws-sdk/client-ec2';
import type { Ec2 } from '../../src/providers/amazonec2/client.ts';
import * as commands from '../../src/providers/amazonec2/ec2.part.ts';
import { ec2Failure } from '../../src/providers/amazonec2/failure.ts';
import type { Ec2Settings } from '../../src/providers/amazonec2/settings.ts';
import { amazonec2 } from '../../src/providers/amazonec2/amazonec2.ts';
import type { ProviderContext, ProviderFlagValues } from '../../src/providers/provider.ts';
import { providerContext, settingsFrom } from './provider-bench.ts';

export type Answer = (input: Readonly<Record<string, unknown>>) => object | undefined;

export interface ScriptedEc2 {
  readonly ec2: Ec2;
  /** Names of the calls that were made, without `Command`. */
  readonly calls: string[];
}

/** What EC2 answers to each action; several answers are given in turn, the last one from then on. */
export function scriptedEc2(
  answers: Readonly<Record<string, Answer | readonly Answer[]>>,
  given: ProviderFlagValues = {},
  changes: Partial<ProviderContext> = {},
): ScriptedEc2 {
  const calls: string[] = [];
  const settings = settingsFrom(amazonec2, given) as unknown as Ec2Settings;
  const counts = new Map<string, number>();
  const ec2 = {
    settings,
    context: providerContext({}, changes),
    commands,
    send: (command: {
      readonly constructor: { readonly name: string };
      readonly input: object;
    }) => {
      const action = command.constructor.name.replace(/Command$/, '');
      calls.push(action);
      const answer = answers[action];
      const all = typeof answer === 'function' ? [answer] : (answer ?? []);
      const nth = counts.get(action) ?? 0;
      counts.set(action, nth + 1);
      try {
        const one = all[Math.min(nth, all.length - 1)];
        return Promise.resolve(one?.(command.input as Record<string, unknown>) ?? {});
      } catch (error) {
        return Promise.reject(ec2Failure(error, settings));
      }
    },
    pages: async (
      page: (token: object) => Promise<unknown>,
      items: (output: unknown) => readonly unknown[] | undefined,
    ) => [...(items(await page({})) ?? [])],
    close: () => undefined,
  };
  return { ec2: ec2 as unknown as Ec2, calls };
}

/** An answer that is an error of EC2's. */
export function refuses(code: string, message = code): Answer {
  return () => {
    throw Object.assign(new Error(message), {
      name: code,
      Code: code,
      $metadata: { httpStatusCode: 400 },
    });
  };
}

export interface RememberedRule {
  readonly port: number;
  readonly range: string;
  readonly description: string;
}

/** Answers about rules of one group that remembers them as EC2 does: one for a port and range, with a description. */
export function groupWithRules(
  GroupId: string,
  first: readonly RememberedRule[] = [],
): { readonly rules: () => readonly RememberedRule[]; readonly answers: Record<string, Answer> } {
  let rules = [...first];
  const given = (input: Readonly<Record<string, unknown>>): RememberedRule[] =>
    (input['IpPermissions'] as IpPermission[])
      .filter(({ IpProtocol }) => IpProtocol === 'tcp')
      .flatMap(({ FromPort: port = 0, IpRanges = [], Ipv6Ranges = [] }) => [
        ...IpRanges.map(({ CidrIp: range = '', Description: description = '' }) => ({
          port,
          range,
          description,
        })),
        ...Ipv6Ranges.map(({ CidrIpv6: range = '', Description: description = '' }) => ({
          port,
          range,
          description,
        })),
      ]);
  const isSame = (a: RememberedRule) => (b: RememberedRule) =>
    a.port === b.port && a.range === b.range;
  const others = (known: readonly RememberedRule[]): RememberedRule[] => {
    const missing = known.some((rule) => !rules.some(isSame(rule)));
    if (missing) refuses('InvalidPermission.NotFound')({});
    return rules.filter((rule) => !known.some(isSame(rule)));
  };
  return {
    rules: () => rules,
    answers: {
      DescribeSecurityGroups: () => ({
        SecurityGroups: [
          {
            GroupId,
            VpcId: 'vpc-1',
            Tags: [{ Key: 'tcompose-store', Value: 's7' }],
            IpPermissions: rules.map(({ port, range, description: Description }) => ({
              IpProtocol: 'tcp',
              FromPort: port,
              ToPort: port,
              ...(range.includes(':')
                ? { Ipv6Ranges: [{ CidrIpv6: range, Description }] }
                : { IpRanges: [{ CidrIp: range, Description }] }),
            })),
          },
        ],
      }),
      AuthorizeSecurityGroupIngress: (input) => {
        const added = given(input);
        if (added.some((rule) => rules.some(isSame(rule)))) {
          refuses('InvalidPermission.Duplicate')({});
        }
        rules.push(...added);
        return {};
      },
      UpdateSecurityGroupRuleDescriptionsIngress: (input) => {
        const changed = given(input);
        rules = [...others(changed), ...changed];
        return {};
      },
      RevokeSecurityGroupIngress: (input) => {
        rules = others(given(input));
        return {};
      },
    },
  };
}

/** An answer that is always the same. */
export function gives(output: object): Answer {
  return () => output;
}
