import type { IpPermission } from '@aws-sdk/client-ec2';
import { ipVersion } from '../../foundation/ip-address.ts';
import { isOneAddress, plainRange } from '../addresses.ts';

/** Description of rules that stay: nobody removes them but by hand, or with their group. */
export const STAYS = 'tcompose';

/** What EC2 takes. */
const LONGEST_DESCRIPTION = 255;
const BY_COMPUTERS = /^tcompose: SSH from computers? ([0-9a-f]+(?:, [0-9a-f]+)*)$/;

/** One range of one port of a group, and what is written beside it. */
export interface SshRule {
  readonly port: number;
  readonly range: string;
  readonly description: string;
}

/** A computer, and from where it is to reach which port. */
export interface CallerPlace {
  readonly computer: string;
  readonly port: number;
  readonly range: string;
}

/** What has to be done so that a computer is let in from where it is, and only from there. */
export interface CallerPlan {
  readonly add: readonly SshRule[];
  /** Rules of others for the same address that this computer needs as well from now on. */
  readonly claim: readonly SshRule[];
  /** Rules for addresses that this computer had, which others need. */
  readonly leave: readonly SshRule[];
  readonly remove: readonly SshRule[];
}

/**
 * EC2 has one rule for a range, however many need it: its description names the computers. Rules with any other
 * description are never changed.
 */
export function planCaller(
  permissions: readonly IpPermission[],
  { computer, port, range }: CallerPlace,
): CallerPlan {
  const rules = sshRules(permissions);
  const mine = rules.filter((rule) => computersOf(rule)?.includes(computer) === true);
  const ports = new Set([port, ...mine.map((rule) => rule.port)]);
  const add: SshRule[] = [];
  const claim: SshRule[] = [];
  for (const each of ports) {
    const there = rules.filter((rule) => rule.port === each && isSame(rule.range, range));
    if (there.length === 0) add.push({ port: each, range, description: describe([computer]) });
    for (const rule of there) {
      const computers = computersOf(rule);
      if (computers === undefined || computers.includes(computer)) continue;
      claim.push({ ...rule, description: describe([...computers, computer]) });
    }
  }
  const leave: SshRule[] = [];
  const remove: SshRule[] = [];
  for (const rule of mine) {
    if (isSame(rule.range, range)) continue;
    const others = (computersOf(rule) ?? []).filter((each) => each !== computer);
    if (others.length === 0) remove.push(rule);
    else leave.push({ ...rule, description: describe(others) });
  }
  return { add, claim, leave, remove };
}

/** Rules of computers for ranges that somebody asks for: from now on they stay, whoever goes. */
export function planStay(
  permissions: readonly IpPermission[],
  wanted: readonly IpPermission[],
): readonly SshRule[] {
  const asked = sshRules(wanted);
  return sshRules(permissions)
    .filter((rule) => computersOf(rule) !== undefined)
    .filter(({ port, range }) =>
      asked.some((each) => each.port === port && isSame(each.range, range)),
    )
    .map((rule) => ({ ...rule, description: STAYS }));
}

/** Single addresses that stay although nobody asks for them with these settings: perhaps nobody needs them any more. */
export function strayRules(
  permissions: readonly IpPermission[],
  { port, ranges }: { readonly port: number; readonly ranges: readonly string[] },
): readonly SshRule[] {
  return sshRules(permissions).filter(
    (rule) =>
      rule.port === port &&
      rule.description === STAYS &&
      isOneAddress(rule.range) &&
      !ranges.some((range) => isSame(range, rule.range)),
  );
}

/** The form in which EC2 takes a rule. */
export function permissionOf({ port, range, description }: SshRule): IpPermission {
  const is6 = ipVersion(range.split('/')[0] ?? '') === 6;
  return {
    IpProtocol: 'tcp',
    FromPort: port,
    ToPort: port,
    ...(is6
      ? { Ipv6Ranges: [{ CidrIpv6: range, Description: description }] }
      : { IpRanges: [{ CidrIp: range, Description: description }] }),
  };
}

function sshRules(permissions: readonly IpPermission[]): readonly SshRule[] {
  return permissions.flatMap((permission): SshRule[] => {
    const { IpProtocol, FromPort: port, ToPort, IpRanges = [], Ipv6Ranges = [] } = permission;
    if (IpProtocol !== 'tcp' || port === undefined || port !== ToPort) return [];
    return [
      ...IpRanges.map(({ CidrIp = '', Description = '' }) => ({
        port,
        range: CidrIp,
        description: Description,
      })),
      ...Ipv6Ranges.map(({ CidrIpv6 = '', Description = '' }) => ({
        port,
        range: CidrIpv6,
        description: Description,
      })),
    ];
  });
}

/** Ids of the computers that need a rule; undefined: it stays. */
function computersOf({ description }: SshRule): readonly string[] | undefined {
  return BY_COMPUTERS.exec(description)?.[1]?.split(', ');
}

/** Where more need a rule than can be named, it stays. */
function describe(computers: readonly string[]): string {
  const text = `tcompose: SSH from computer${computers.length === 1 ? '' : 's'} ${computers.join(', ')}`;
  return text.length > LONGEST_DESCRIPTION ? STAYS : text;
}

function isSame(left: string, right: string): boolean {
  return plainRange(left) === plainRange(right);
}
