import type { SecurityGroup } from '@aws-sdk/client-ec2';
import type { Admission } from '../provider.ts';
import { isProviderError } from '../provider-error.ts';
import {
  type CallerPlan,
  type CallerPlace,
  permissionOf,
  planCaller,
  type SshRule,
  strayRules,
} from './caller-rules.ts';
import type { Ec2 } from './client.ts';
import { hasCode } from './failure.ts';
import { onceKnown } from './once-known.ts';

/** How often a group is looked at again in which others change the same rules at the same time. */
const ROUNDS = 4;

/**
 * Lets this computer in to a group from a range, and no longer from where it was before: first the new rule, then the
 * old one goes, so that whatever interrupts this leaves both, and the next call goes on.
 */
export async function followCaller(
  ec2: Ec2,
  group: SecurityGroup,
  range: string,
): Promise<Admission> {
  const { GroupId: id = '' } = group;
  return await ec2.context.caller.withRules(id, ec2.context.signal, async ({ computer }) => {
    const place = { computer, port: ec2.settings.sshPort, range };
    const remarks: string[] = [];
    let changed = false;
    let known = group;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const plan = planCaller(known.IpPermissions ?? [], place);
      const done = await letIn(ec2, id, plan);
      changed ||= done.added;
      remarks.push(...done.remarks);
      if (!done.again) {
        const retired = await retire(ec2, id, plan);
        remarks.push(...retired.remarks);
        const { removed } = retired;
        return { ranges: [range], changed: changed || removed.length > 0, removed, remarks };
      }
      known = await groupById(ec2, id);
    }
    return { ranges: [range], changed, removed: [], remarks };
  });
}

/** What else lets SSH in to a group, and may be too much. */
export function remarksOn(
  ec2: Ec2,
  { GroupId = '', IpPermissions = [] }: SecurityGroup,
  { port, range }: Pick<CallerPlace, 'port' | 'range'>,
): readonly string[] {
  const { region, sshCidr = [] } = ec2.settings;
  return strayRules(IpPermissions, { port, ranges: [range, ...sshCidr] }).map(
    (rule) =>
      `SSH is let in from ${rule.range} as well, which was asked for or is of an earlier version; if nobody needs it: ` +
      revocation(rule, GroupId, region),
  );
}

/** Changes what is written beside a rule. */
export async function describeRule(ec2: Ec2, GroupId: string, rule: SshRule): Promise<void> {
  const { UpdateSecurityGroupRuleDescriptionsIngressCommand } = ec2.commands;
  const input = { GroupId, IpPermissions: [permissionOf(rule)] };
  await ec2.send(new UpdateSecurityGroupRuleDescriptionsIngressCommand(input));
}

interface LetIn {
  readonly added: boolean;
  /** True: others may have changed the same rules meanwhile, so that nothing may be removed yet. */
  readonly again: boolean;
  readonly remarks: readonly string[];
}

async function letIn(ec2: Ec2, GroupId: string, { add, claim }: CallerPlan): Promise<LetIn> {
  const { AuthorizeSecurityGroupIngressCommand } = ec2.commands;
  const remarks: string[] = [];
  let again = false;
  for (const rule of add) {
    try {
      const input = { GroupId, IpPermissions: [permissionOf(rule)] };
      await onceKnown(ec2, () => ec2.send(new AuthorizeSecurityGroupIngressCommand(input)));
    } catch (error) {
      if (!hasCode(error, 'InvalidPermission.Duplicate')) throw error;
      again = true;
    }
  }
  for (const rule of claim) {
    try {
      await describeRule(ec2, GroupId, rule);
      again = true;
    } catch (error) {
      if (isProviderError(error, 'denied')) {
        remarks.push(
          `SSH is let in from ${rule.range} only as long as other computers are there (${error.message})`,
        );
        continue;
      }
      // Who needed the rule may have gone.
      if (!isProviderError(error, 'not-found')) throw error;
      again = true;
    }
  }
  return { added: add.length > 0, again, remarks };
}

/** Takes back what let this computer in before. What cannot be taken back is tried again the next time. */
async function retire(
  ec2: Ec2,
  GroupId: string,
  { leave, remove }: CallerPlan,
): Promise<Pick<Admission, 'removed' | 'remarks'>> {
  const { RevokeSecurityGroupIngressCommand } = ec2.commands;
  const removed: string[] = [];
  const remarks: string[] = [];
  const attempt = async (rule: SshRule, call: () => Promise<unknown>): Promise<void> => {
    try {
      await call();
    } catch (error) {
      if (hasCode(error, 'InvalidPermission.NotFound')) return;
      ec2.context.signal.throwIfAborted();
      if (!isProviderError(error)) throw error;
      remarks.push(
        `SSH is still let in from ${rule.range}, where this computer was before (${error.message}): ` +
          revocation(rule, GroupId, ec2.settings.region),
      );
    }
  };
  for (const rule of leave) await attempt(rule, () => describeRule(ec2, GroupId, rule));
  for (const rule of remove) {
    const input = { GroupId, IpPermissions: [permissionOf(rule)] };
    await attempt(rule, async () => {
      await ec2.send(new RevokeSecurityGroupIngressCommand(input));
      removed.push(rule.range);
    });
  }
  return { removed, remarks };
}

async function groupById(ec2: Ec2, id: string): Promise<SecurityGroup> {
  const { DescribeSecurityGroupsCommand } = ec2.commands;
  const Filters = [{ Name: 'group-id', Values: [id] }];
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  return SecurityGroups?.[0] ?? { GroupId: id };
}

/** The command that removes a rule. */
function revocation({ port, range }: SshRule, group: string, region: string): string {
  const permission = range.includes(':')
    ? `--ip-permissions 'IpProtocol=tcp,FromPort=${port},ToPort=${port},Ipv6Ranges=[{CidrIpv6=${range}}]'`
    : `--protocol tcp --port ${port} --cidr ${range}`;
  return `aws ec2 revoke-security-group-ingress --region ${region} --group-id ${group} ${permission}`;
}
