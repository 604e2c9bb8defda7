/** What docker-machine named otherwise than tcompose does, and scripts still name so. */
import { describe, expect, it } from 'vitest';
import { withEnginePort } from '../../../../src/app/machine/create.ts';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import type { MachineRecord } from '../../../../src/machines/store/machine-record.ts';
import { inspectView } from '../../../../src/output/machine/inspect-view.ts';
import { NO_SWARM } from '../../../../src/output/machine/legacy-options.ts';
import { machineRecord } from '../../../support/machine-record.ts';

function driverOf(
  provider: string,
  settings: MachineRecord['settings'],
  instanceId: string,
): unknown {
  const ssh = { user: 'me', port: 22, key: '/keys/id' };
  const record = machineRecord({ provider, settings, instanceId, ssh });
  const view = { record, folder: '/s/machines/web', store: '/s', swarm: NO_SWARM };
  return inspectView({ ...view, address: '192.0.2.1' })['Driver'];
}

const common = {
  IPAddress: '192.0.2.1',
  MachineName: 'web',
  SSHUser: 'me',
  SSHPort: 22,
  SSHKeyPath: '/keys/id',
  StorePath: '/s',
  SwarmMaster: false,
  SwarmHost: '',
  SwarmDiscovery: '',
};

describe('inspect', () => {
  it('of generic has the fields of its driver and no others', () => {
    const settings = { address: '192.0.2.1', sshUser: 'me', sshKey: '/keys/id', enginePort: 2376 };
    expect(driverOf('generic', settings, '192.0.2.1')).toEqual({
      ...common,
      EnginePort: 2376,
      SSHKey: '/keys/id',
    });
  });

  it('of clouds names settings as Go does', () => {
    expect(driverOf('amazonec2', { ami: 'ami-1', instanceType: 't3.micro' }, 'i-1')).toEqual({
      ...common,
      AMI: 'ami-1',
      InstanceType: 't3.micro',
      InstanceId: 'i-1',
    });
    expect(driverOf('digitalocean', { size: 's-1', ipv6: true }, '7')).toMatchObject({
      Size: 's-1',
      IPv6: true,
      DropletID: 7,
    });
  });
});

describe('--generic-engine-port', () => {
  it('is the port of an engine with TLS, unless --engine-tls-port names another', () => {
    const engine = (tlsPort?: number): unknown =>
      withEnginePort(tlsPort === undefined ? DEFAULT_ENGINE : { ...DEFAULT_ENGINE, tlsPort }, {
        enginePort: 12376,
      }).tlsPort;
    expect(engine(2376)).toBe(12376);
    expect(engine(3000)).toBe(3000);
    expect(engine()).toBeUndefined();
  });
});
