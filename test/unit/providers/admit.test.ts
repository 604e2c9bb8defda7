/** `authorize --address`: this computer is let in from where it is now. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { admitThisComputer } from '../../../src/machines/lifecycle/admit.ts';
import { createMachine } from '../../../src/machines/lifecycle/create.ts';
import { DEFAULT_ENGINE } from '../../../src/machines/lifecycle/create-request.ts';
import { systemClock } from '../../../src/foundation/clock.ts';
import { reach } from '../../../src/app/machine/ssh.ts';
import { knownMachine } from '../../../src/app/machine/target.ts';
import { MachineError } from '../../../src/machines/machine-error.ts';
import { admit } from '../../../src/providers/amazonec2/security-group.ts';
import type { Provider } from '../../../src/providers/provider.ts';
import { testContext } from '../../support/machine-context.ts';
import { STORE_TAGS } from '../../support/provider-bench.ts';
import { scriptedDigitalOcean } from '../../support/scripted-digitalocean.ts';
import { gives, scriptedEc2 } from '../../support/scripted-ec2.ts';
import { scriptedProvider } from '../../support/scripted-provider.ts';

const OWN = '198.51.100.7/32';

describe('the address of this computer on EC2', () => {
  const group = (GroupId: string, rest: object = {}) => ({ GroupId, VpcId: 'vpc-1', ...rest });
  const has = (CidrIp: string) => ({
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] }],
  });

  it('is added to the shared groups of the store that lack it, and to no others', async () => {
    const added: unknown[] = [];
    const { ec2 } = scriptedEc2(
      {
        DescribeSecurityGroups: gives({
          SecurityGroups: [
            group('sg-old', has('192.0.2.1/32')),
            group('sg-new', has(OWN)),
            group('sg-web', { Tags: [{ Key: 'tcompose-machine', Value: 'web' }] }),
          ],
        }),
        AuthorizeSecurityGroupIngress: (input) => {
          added.push(input);
          return {};
        },
      },
      // What was asked for at the creation is there already.
      { 'amazonec2-ssh-cidr': ['192.0.2.1'] },
    );
    expect(await admit(ec2, STORE_TAGS)).toMatchObject({ ranges: [OWN], changed: true });
    expect(added).toMatchObject([
      { GroupId: 'sg-old', IpPermissions: [{ IpRanges: [{ CidrIp: OWN }], FromPort: 22 }] },
    ]);
  });

  it('changes nothing where it is let in already', async () => {
    const { ec2 } = scriptedEc2({
      DescribeSecurityGroups: gives({ SecurityGroups: [group('sg-1', has(OWN))] }),
    });
    expect(await admit(ec2, STORE_TAGS)).toMatchObject({ ranges: [OWN], changed: false });
  });

  it('cannot be added to groups of others', async () => {
    const { ec2 } = scriptedEc2({ DescribeSecurityGroups: gives({ SecurityGroups: [] }) });
    await expect(admit(ec2, STORE_TAGS)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('the address of this computer on DigitalOcean', () => {
  const rule = (...addresses: string[]) => ({
    protocol: 'tcp',
    ports: '22',
    sources: { addresses },
  });
  const firewall = {
    id: 'f1',
    name: 'tcompose-s7',
    tags: ['tcompose-store:s7'],
    droplet_ids: [],
    inbound_rules: [rule('192.0.2.1/32')],
  };

  it('is added to the firewall of the store, whose other rules stay', async () => {
    const { account, calls } = await scriptedDigitalOcean({
      'GET /v2/firewalls': { body: { firewalls: [{ ...firewall, id: 'x', name: 'x' }, firewall] } },
      'GET /v2/firewalls/f1': { body: { firewall } },
      'POST /v2/firewalls/f1/rules': { status: 204 },
    });
    expect(await account.admit?.(STORE_TAGS)).toMatchObject({ ranges: [OWN], changed: true });
    const body = JSON.stringify({ inbound_rules: [rule(OWN)] });
    expect(calls.filter((call) => !call.startsWith('GET'))).toEqual([
      `POST /v2/firewalls/f1/rules ${body}`,
    ]);
  });

  it('is told where there is nothing to add it to', async () => {
    const { account } = await scriptedDigitalOcean({ 'GET /v2/firewalls': { body: {} } });
    await expect(account.admit?.(STORE_TAGS)).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('a machine', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'tcompose-admit-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const make = async (provider: string, providers: readonly Provider[] = []) => {
    const context = testContext({ folder, providers });
    await createMachine(context, {
      name: 'web',
      provider,
      settings: { region: 'here' },
      engine: DEFAULT_ENGINE,
      configure: true,
      force: false,
      onFailure: 'keep',
      onInterrupt: 'keep',
    });
    return context;
  };

  it('is asked for by the tags of its store', async () => {
    const asked: unknown[] = [];
    const done = { ranges: [OWN], changed: true, removed: [], remarks: [] };
    const base = scriptedProvider(join(folder, 'other'));
    const context = await make('guarded', [
      {
        ...base,
        name: 'guarded',
        connect: async (settings, given) =>
          Object.assign(await base.connect(settings, given), {
            admit: (tags: unknown) => {
              asked.push(tags);
              return Promise.resolve(done);
            },
          }),
      },
    ]);
    expect(await admitThisComputer(context, 'web')).toEqual(done);
    expect(asked).toEqual([{ tcompose: 'machine', 'tcompose-store': await context.store.id() }]);
  });

  it('that runs and cannot be reached may know this computer by another address', async () => {
    const context = await make('scripted');
    const connect = () =>
      Promise.reject(new MachineError('timeout', 'no answer', { hint: 'Look at the firewall.' }));
    const machine = await knownMachine(context.store, 'web');
    await expect(
      reach(testContext({ folder, connect, clock: systemClock }), machine),
    ).rejects.toMatchObject({
      message: 'no answer',
      hint: expect.stringMatching(/Look at the firewall.*authorize --address web/s) as string,
    });
  });

  it('of a provider without firewalls says so', async () => {
    const context = await make('scripted');
    await expect(admitThisComputer(context, 'web')).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('has no firewall') as string,
    });
  });
});
