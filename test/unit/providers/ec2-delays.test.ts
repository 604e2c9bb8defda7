import { describe, expect, it } from 'vitest';
import { removeResource } from '../../../src/providers/amazonec2/remove.ts';
import { ensureGroups } from '../../../src/providers/amazonec2/security-group.ts';
import { creation } from '../../support/provider-bench.ts';
import { virtualClock } from '../../support/virtual-clock.ts';
import { gives, refuses, scriptedEc2 } from '../../support/scripted-ec2.ts';

const GROUP = {
  GroupId: 'sg-1',
  GroupName: 'tcompose-s7',
  Tags: [{ Key: 'tcompose-store', Value: 's7' }],
};
const running = { InstanceId: 'i-1', State: { Name: 'running' } };
const terminated = { InstanceId: 'i-1', State: { Name: 'terminated' } };
const found = (instance: object) => gives({ Reservations: [{ Instances: [instance] }] });
const unknown = refuses('InvalidInstanceID.NotFound');

describe('what EC2 does not know yet', () => {
  it('gives a group its rules as soon as EC2 knows the group that it has just made', async () => {
    const { ec2, calls } = scriptedEc2({
      CreateSecurityGroup: gives({ GroupId: 'sg-1' }),
      AuthorizeSecurityGroupIngress: [refuses('InvalidGroup.NotFound'), gives({})],
    });
    expect(await ensureGroups(ec2, 'vpc-1', creation('web', {}))).toEqual(['sg-1']);
    expect(calls.filter((call) => call === 'AuthorizeSecurityGroupIngress')).toHaveLength(3);
  });

  it('does not wait for ever for a group', async () => {
    const { ec2 } = scriptedEc2({
      CreateSecurityGroup: gives({ GroupId: 'sg-1' }),
      AuthorizeSecurityGroupIngress: refuses('InvalidGroup.NotFound'),
    });
    await expect(ensureGroups(ec2, 'vpc-1', creation('web', {}))).rejects.toMatchObject({
      code: 'InvalidGroup.NotFound',
    });
  });

  it('terminates an instance that EC2 does not know yet when it is asked first', async () => {
    const { ec2, calls } = scriptedEc2({
      DescribeInstances: [unknown, unknown, found(running), found(terminated)],
    });
    expect(await removeResource(ec2, { kind: 'instance', id: 'i-1' })).toBe(true);
    expect(calls).toContain('TerminateInstances');
  });

  it('takes an instance for gone that EC2 goes on not knowing', async () => {
    const clock = virtualClock();
    const { ec2, calls } = scriptedEc2({ DescribeInstances: unknown }, {}, { clock });
    expect(await removeResource(ec2, { kind: 'instance', id: 'i-1' })).toBe(true);
    expect(calls).not.toContain('TerminateInstances');
    expect(clock.slept.length).toBeLessThan(5);
  });
});

describe('a security group', () => {
  const interfaceOf = (id?: string) => ({
    NetworkInterfaces: [
      {
        NetworkInterfaceId: 'eni-1',
        ...(id === undefined ? {} : { Attachment: { InstanceId: id } }),
      },
    ],
  });
  const groups = gives({ SecurityGroups: [GROUP] });

  it('is not removed while an instance has it', async () => {
    const { ec2, calls } = scriptedEc2({
      DescribeSecurityGroups: groups,
      DescribeNetworkInterfaces: gives(interfaceOf('i-1')),
      DescribeInstances: found(running),
    });
    expect(await removeResource(ec2, { kind: 'security-group', id: 'sg-1' })).toBe(false);
    expect(calls).not.toContain('DeleteSecurityGroup');
  });

  it('of somebody else that appears while one is being made stays as it is', async () => {
    const { ec2, calls } = scriptedEc2({
      DescribeSecurityGroups: [
        gives({ SecurityGroups: [] }),
        gives({ SecurityGroups: [{ ...GROUP, Tags: [] }] }),
      ],
      CreateSecurityGroup: refuses('InvalidGroup.Duplicate'),
    });
    await expect(ensureGroups(ec2, 'vpc-1', creation('web', {}))).rejects.toMatchObject({
      kind: 'already-exists',
      message: 'the security group tcompose-s7 (sg-1) was not made by tcompose for this store',
    });
    expect(calls).not.toContain('AuthorizeSecurityGroupIngress');
  });

  it('is not removed while something has it that is no instance', async () => {
    const { ec2 } = scriptedEc2({
      DescribeSecurityGroups: groups,
      DescribeNetworkInterfaces: gives(interfaceOf()),
    });
    expect(await removeResource(ec2, { kind: 'security-group', id: 'sg-1' })).toBe(false);
  });

  it('is removed once the interface of an instance that has ended is gone', async () => {
    const { ec2, calls } = scriptedEc2({
      DescribeSecurityGroups: groups,
      DescribeNetworkInterfaces: [gives(interfaceOf('i-1')), gives({ NetworkInterfaces: [] })],
      DescribeInstances: found(terminated),
      DeleteSecurityGroup: [refuses('DependencyViolation'), gives({})],
    });
    expect(await removeResource(ec2, { kind: 'security-group', id: 'sg-1' })).toBe(true);
    expect(calls.filter((call) => call === 'DeleteSecurityGroup')).toHaveLength(2);
  });
});
