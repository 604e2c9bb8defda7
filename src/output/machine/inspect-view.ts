import { join } from 'node:path';
import { privateKeyPath, type MachineRecord } from '../../machines/store/machine-record.ts';
import { legacyEngine, legacySwarm, type SwarmOptions } from './legacy-options.ts';

/** A machine and where it lies in the store. */
export interface InspectedMachine {
  readonly record: MachineRecord;
  /** Absolute folder of the machine. */
  readonly folder: string;
  /** Absolute folder of the store. */
  readonly store: string;
  readonly swarm: SwarmOptions;
  readonly address: string;
}

/**
 * A machine as docker-machine's `inspect` shows it: scripts read `.Driver.IPAddress`, `.Driver.SSHKeyPath` and
 * others. What tcompose itself keeps is in `Machine`.
 */
export function inspectView(machine: InspectedMachine): Readonly<Record<string, unknown>> {
  const { record, swarm } = machine;
  return {
    ConfigVersion: 3,
    Driver: driver(machine),
    DriverName: record.provider,
    HostOptions: {
      Driver: '',
      Memory: 0,
      Disk: 0,
      EngineOptions: legacyEngine(record.engine),
      SwarmOptions: legacySwarm(swarm),
      AuthOptions: authentication(machine),
    },
    Name: record.name,
    Machine: record,
  };
}

function driver(machine: InspectedMachine): Readonly<Record<string, unknown>> {
  const { record, folder, store } = machine;
  const { provider, ssh } = record;
  return {
    IPAddress: machine.address,
    MachineName: record.name,
    SSHUser: provider === 'none' ? '' : ssh.user,
    SSHPort: provider === 'none' ? 0 : ssh.port,
    SSHKeyPath: privateKeyPath(ssh, folder) ?? '',
    StorePath: store,
    SwarmMaster: false,
    SwarmHost: '',
    SwarmDiscovery: '',
    ...own(machine),
  };
}

/** What only the driver of this machine had. */
function own({ record }: InspectedMachine): Readonly<Record<string, unknown>> {
  const { provider, settings, instanceId } = record;
  switch (provider) {
    case 'none':
      return { URL: settings['url'] };
    case 'generic':
      return { EnginePort: settings['enginePort'], SSHKey: settings['sshKey'] ?? '' };
    default:
      return {
        ...named(settings),
        ...(instanceId === undefined ? {} : { InstanceId: instanceId }),
        ...(provider === 'digitalocean' ? { DropletID: Number(instanceId ?? 0) } : {}),
      };
  }
}

/** Settings as fields of Go: `instanceType` was `InstanceType`, `ami` was `AMI`. */
function named(settings: MachineRecord['settings']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      { ami: 'AMI', ipv6: 'IPv6' }[name] ?? name.charAt(0).toUpperCase() + name.slice(1),
      value,
    ]),
  );
}

function authentication({
  record,
  folder,
  store,
}: InspectedMachine): Readonly<Record<string, unknown>> {
  if (record.engine.tlsPort === undefined) return { StorePath: folder, ServerCertSANs: [] };
  return {
    CertDir: join(store, 'certs'),
    CaCertPath: join(folder, 'ca.pem'),
    ClientCertPath: join(folder, 'cert.pem'),
    ClientKeyPath: join(folder, 'key.pem'),
    ServerCertPath: join(folder, 'server.pem'),
    ServerCertSANs: record.engine.tlsSans,
    StorePath: folder,
  };
}
