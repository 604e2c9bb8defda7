import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { ipVersion } from '../../foundation/ip-address.ts';
import { parseOpenPort, WIREGUARD_PORT } from '../addresses.ts';
import { unknownValue } from '../did-you-mean.ts';
import type { Admission, CreateRequest } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { MACHINE_TAG, STORE_TAG } from '../machine-tags.ts';
import { nameOf, sharedTags, type Tags } from '../tags.ts';
import { permissionOf, planStay, STAYS } from './caller-rules.ts';
import { type Ec2, tagFilters, tagList, tagsOf } from './client.ts';
import { hasCode } from './failure.ts';
import { describeRule, followCaller, remarksOn } from './follow-caller.ts';
import { onceKnown } from './once-known.ts';
import { sshRanges } from './ssh-ranges.ts';

const EVERYWHERE = ['0.0.0.0/0', '::/0'];
/** How often a group is looked for that EC2 says it has, and the milliseconds in between. */
const LOOKS = 5;
const INTERVAL = 1000;

interface Wanted {
  readonly name: string;
  readonly vpc: string;
  readonly tags: Tags;
  readonly machine?: string;
  readonly rules: readonly IpPermission[];
  /** Where this computer is, for a group that lets it in. */
  readonly caller?: string;
}

/**
 * Ids of the groups of a new instance. The one of the store is made once and shared: SSH from this computer (its rule
 * follows it when its address changes), WireGuard from everywhere. Ports that are open to everybody are in a group
 * of the machine's own. A group that tcompose has not made is used as it is. None: the default one of the VPC.
 */
export async function ensureGroups(
  ec2: Ec2,
  vpc: string,
  request: CreateRequest,
): Promise<string[]> {
  const { groups = [], openPorts = [], groupsReadonly } = ec2.settings;
  const { tags } = request;
  const ids: string[] = [];
  if (groups.length === 0 && groupsReadonly !== true) {
    const rules = await storeRules(ec2, vpc);
    const wanted = { name: nameOf(tags), vpc, tags: sharedTags(tags), ...rules };
    ids.push(await ensureGroup(ec2, wanted, request));
  }
  for (const name of groups) ids.push(await namedGroup(ec2, name, vpc, request));
  if (openPorts.length > 0 && groupsReadonly !== true) {
    const machine = tags[MACHINE_TAG] ?? request.name;
    const rules = openPorts.map((text): IpPermission => {
      const { protocol, from, to } = parseOpenPort('--amazonec2-open-port', text);
      return permission(protocol, from, to, EVERYWHERE);
    });
    ids.push(
      await ensureGroup(ec2, { name: nameOf(tags, machine), vpc, tags, machine, rules }, request),
    );
  }
  return ids;
}

/** @throws ProviderError when a group that may not be made is missing, or one could not be made */
export async function checkGroups(ec2: Ec2, vpc: string): Promise<void> {
  const { groups = [], groupsReadonly } = ec2.settings;
  let made = groups.length === 0 && groupsReadonly !== true;
  for (const name of groups) {
    if ((await findGroup(ec2, name, vpc)) !== undefined) continue;
    if (groupsReadonly === true || name.startsWith('sg-')) throw await unknownGroup(ec2, name, vpc);
    made = true;
  }
  if (made) await sshRanges(ec2, vpc);
}

/** A group that flags name: used as it is, unless it is one of the store's; made when it is missing. */
async function namedGroup(
  ec2: Ec2,
  name: string,
  vpc: string,
  request: CreateRequest,
): Promise<string> {
  const found = await findGroup(ec2, name, vpc);
  if (found?.GroupId !== undefined && !isOwn(found, request.tags)) return found.GroupId;
  if (ec2.settings.groupsReadonly === true) {
    if (found?.GroupId !== undefined) return found.GroupId;
    throw await unknownGroup(ec2, name, vpc);
  }
  if (found === undefined && name.startsWith('sg-')) throw await unknownGroup(ec2, name, vpc);
  const rules = await storeRules(ec2, vpc);
  return await ensureGroup(ec2, { name, vpc, tags: sharedTags(request.tags), ...rules }, request);
}

/**
 * Lets SSH in from where this computer is now, and only from there, in every group that machines of the store share.
 *
 * @throws ProviderError `not-found` when there is none
 */
export async function admit(ec2: Ec2, tags: Tags): Promise<Admission> {
  const { DescribeSecurityGroupsCommand } = ec2.commands;
  const Filters = tagFilters(sharedTags(tags));
  const all = await ec2.pages(
    (token) => ec2.send(new DescribeSecurityGroupsCommand({ Filters, ...token })),
    (output) => output.SecurityGroups,
  );
  const shared = all.filter((group) => tagsOf(group.Tags)[MACHINE_TAG] === undefined);
  if (shared.length === 0) {
    throw new ProviderError('not-found', 'the machines of this store share no security group', {
      hint: 'Somebody else keeps the one that they have: add a rule for this computer there.',
    });
  }
  const admissions: Admission[] = [];
  for (const group of shared) admissions.push(await admitTo(ec2, group));
  return {
    ranges: [...new Set(admissions.flatMap(({ ranges }) => ranges))],
    changed: admissions.some(({ changed }) => changed),
    removed: [...new Set(admissions.flatMap(({ removed }) => removed))],
    remarks: admissions.flatMap(({ remarks }) => remarks),
  };
}

async function admitTo(ec2: Ec2, group: SecurityGroup): Promise<Admission> {
  const { ranges, caller } = await sshRanges(ec2, group.VpcId ?? '', []);
  const { sshPort: port } = ec2.settings;
  const [range] = ranges;
  if (!caller || range === undefined) {
    const changed = await authorize(ec2, group, [permission('tcp', port, port, ranges)]);
    return { ranges, changed, removed: [], remarks: [] };
  }
  const admission = await followCaller(ec2, group, range);
  const remarks = [...admission.remarks, ...remarksOn(ec2, group, { port, range })];
  return { ...admission, remarks };
}

async function storeRules(ec2: Ec2, vpc: string): Promise<Pick<Wanted, 'rules' | 'caller'>> {
  const { sshPort } = ec2.settings;
  const { ranges, caller } = await sshRanges(ec2, vpc);
  const [own] = ranges;
  return {
    rules: [
      ...(caller ? [] : [permission('tcp', sshPort, sshPort, ranges)]),
      permission('udp', WIREGUARD_PORT, WIREGUARD_PORT, EVERYWHERE),
    ],
    ...(caller && own !== undefined ? { caller: own } : {}),
  };
}

async function ensureGroup(ec2: Ec2, wanted: Wanted, request: CreateRequest): Promise<string> {
  const { name, vpc } = wanted;
  const group = (await findGroup(ec2, name, vpc)) ?? (await makeGroup(ec2, wanted, request));
  const id = group.GroupId ?? '';
  if (!isOwn(group, request.tags)) {
    throw new ProviderError(
      'already-exists',
      `the security group ${name} (${id}) was not made by tcompose for this store`,
      {
        hint: 'Rename it, or use it as it is: --amazonec2-security-group.',
      },
    );
  }
  await request.journal.made({
    kind: 'security-group',
    id,
    region: ec2.settings.region,
    ...(wanted.machine === undefined ? {} : { machine: wanted.machine }),
    title: `security group ${name} (${id})`,
  });
  await authorize(ec2, group, wanted.rules);
  if (wanted.caller !== undefined) {
    const { removed, remarks } = await followCaller(ec2, group, wanted.caller);
    if (removed.length > 0) request.progress(`no longer letting SSH in from ${removed.join(', ')}`);
    for (const remark of remarks) request.progress(remark);
  }
  return id;
}

/** Adds what a group lacks of rules, and keeps those that it has; false: it had them all. */
async function authorize(
  ec2: Ec2,
  { GroupId = '', IpPermissions = [] }: SecurityGroup,
  rules: readonly IpPermission[],
): Promise<boolean> {
  const missing = rules.flatMap((rule) => lacking(rule, IpPermissions));
  for (const rule of missing) await addRule(ec2, GroupId, rule);
  for (const rule of planStay(IpPermissions, rules)) {
    try {
      await describeRule(ec2, GroupId, rule);
    } catch (error) {
      // The computer that it was for has gone a moment ago.
      if (!hasCode(error, 'InvalidPermission.NotFound')) throw error;
      await addRule(ec2, GroupId, permissionOf(rule));
    }
  }
  return missing.length > 0;
}

async function addRule(ec2: Ec2, GroupId: string, rule: IpPermission): Promise<void> {
  const { AuthorizeSecurityGroupIngressCommand } = ec2.commands;
  try {
    const input = { GroupId, IpPermissions: [rule] };
    await onceKnown(ec2, () => ec2.send(new AuthorizeSecurityGroupIngressCommand(input)));
  } catch (error) {
    // Another create was faster.
    if (!hasCode(error, 'InvalidPermission.Duplicate')) throw error;
  }
}

async function makeGroup(
  ec2: Ec2,
  { name, vpc, tags }: Wanted,
  { journal, progress }: CreateRequest,
): Promise<SecurityGroup> {
  const { CreateSecurityGroupCommand } = ec2.commands;
  progress(`making the security group ${name}`);
  await journal.intend('security-group', name, { vpc, region: ec2.settings.region });
  try {
    const { GroupId = '' } = await ec2.send(
      new CreateSecurityGroupCommand({
        GroupName: name,
        Description: 'Machines of tcompose',
        VpcId: vpc,
        TagSpecifications: [
          { ResourceType: 'security-group', Tags: tagList({ Name: name, ...tags }) },
        ],
      }),
    );
    return { GroupId, Tags: tagList(tags) };
  } catch (error) {
    if (!hasCode(error, 'InvalidGroup.Duplicate')) throw error;
    // Somebody else was faster, or the answer to an earlier try was lost.
    for (let look = 1; look <= LOOKS; look += 1) {
      const found = await findGroup(ec2, name, vpc);
      if (found !== undefined) return found;
      await ec2.context.clock.sleep(INTERVAL, ec2.context.signal);
    }
    throw error;
  }
}

/** By its name in the VPC, or by its id. */
async function findGroup(ec2: Ec2, name: string, vpc: string): Promise<SecurityGroup | undefined> {
  const { DescribeSecurityGroupsCommand } = ec2.commands;
  const filter = name.startsWith('sg-') ? 'group-id' : 'group-name';
  const output = await ec2.send(
    new DescribeSecurityGroupsCommand({
      Filters: [
        { Name: filter, Values: [name] },
        { Name: 'vpc-id', Values: [vpc] },
      ],
    }),
  );
  return output.SecurityGroups?.[0];
}

async function unknownGroup(ec2: Ec2, name: string, vpc: string): Promise<ProviderError> {
  const { DescribeSecurityGroupsCommand } = ec2.commands;
  const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  return unknownValue(
    '--amazonec2-security-group',
    { kind: `security group in ${vpc}`, value: name },
    SecurityGroups.map(({ GroupName = '' }) => GroupName),
  );
}

function isOwn(group: SecurityGroup, tags: Tags): boolean {
  return tagsOf(group.Tags)[STORE_TAG] === tags[STORE_TAG];
}

function permission(
  protocol: 'tcp' | 'udp',
  from: number,
  to: number,
  sources: readonly string[],
): IpPermission {
  const of = (version: 4 | 6): string[] =>
    sources.filter((source) => ipVersion(source.split('/')[0] ?? '') === version);
  return {
    IpProtocol: protocol,
    FromPort: from,
    ToPort: to,
    IpRanges: of(4).map((CidrIp) => ({ CidrIp, Description: STAYS })),
    Ipv6Ranges: of(6).map((CidrIpv6) => ({ CidrIpv6, Description: STAYS })),
  };
}

/** What of a rule a group has not got; nothing, or a rule with the missing ranges. */
function lacking(rule: IpPermission, known: readonly IpPermission[]): IpPermission[] {
  const same = known.filter(
    ({ IpProtocol, FromPort, ToPort }) =>
      IpProtocol === rule.IpProtocol && FromPort === rule.FromPort && ToPort === rule.ToPort,
  );
  const v4 = new Set(same.flatMap(({ IpRanges = [] }) => IpRanges.map(({ CidrIp }) => CidrIp)));
  const v6 = new Set(
    same.flatMap(({ Ipv6Ranges = [] }) => Ipv6Ranges.map((range) => range.CidrIpv6)),
  );
  const IpRanges = (rule.IpRanges ?? []).filter(({ CidrIp }) => !v4.has(CidrIp));
  const Ipv6Ranges = (rule.Ipv6Ranges ?? []).filter(({ CidrIpv6 }) => !v6.has(CidrIpv6));
  return IpRanges.length + Ipv6Ranges.length === 0 ? [] : [{ ...rule, IpRanges, Ipv6Ranges }];
}
