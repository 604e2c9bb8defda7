import { isObject } from '../store/stored-json.ts';
import type { ProviderFlagValues } from '../../providers/provider.ts';
import type { EngineOptions } from '../store/machine-record.ts';
import { DEFAULT_ENGINE, ENGINE_PORT } from './create-request.ts';

/** What a `config.json` of docker-machine says, in our words; credentials are left out. */
export interface DockerMachineConfig {
  readonly name: string;
  readonly driver: string;
  /** Flags that would give the same settings today. */
  readonly flags: ProviderFlagValues;
  readonly instanceId?: string;
  readonly address?: string;
  readonly ssh: {
    readonly user: string;
    readonly port: number;
    /** Path of the private key on the computer where it was made; what counts is the file's name. */
    readonly keyPath?: string;
  };
  readonly engine: EngineOptions;
  /** Resources besides the instance, which the driver would have removed with it. */
  readonly resources: readonly { readonly kind: string; readonly id: string }[];
}

export type ReadConfig =
  | { readonly ok: true; readonly config: DockerMachineConfig }
  | { readonly ok: false; readonly reason: string };

type Json = Readonly<Record<string, unknown>>;

/** Drivers whose machines can be taken over. */
const IMPORTED_DRIVERS = ['generic', 'amazonec2', 'digitalocean', 'none'];

/** Reads a configuration of version 3, the last one that docker-machine had. */
export function readDockerMachineConfig(value: unknown): ReadConfig {
  if (!isObject(value)) return no('it is no object');
  const { ConfigVersion: version, Driver: driver, DriverName: name, Name: machine } = value;
  if (version !== 3) {
    return no(
      `its version is ${JSON.stringify(version) ?? 'missing'}, not 3: "docker-machine ls" of the last version migrates it`,
    );
  }
  if (typeof name !== 'string' || !isObject(driver)) return no('it has no driver');
  if (!IMPORTED_DRIVERS.includes(name)) {
    return no(`its driver ${name} is not known; known are ${IMPORTED_DRIVERS.join(', ')}`);
  }
  const text = typeof machine === 'string' ? machine : textOf(driver, 'MachineName');
  if (text === undefined) return no('it has no name');
  const host = objectOf(value, 'HostOptions');
  const port = textOf(driver, 'SSHPort') ?? '22';
  const keyPath = textOf(driver, 'SSHKeyPath');
  const address = textOf(driver, 'IPAddress');
  const parts = driverParts(name, driver, text);
  return {
    ok: true,
    config: {
      name: text,
      driver: name,
      ssh: {
        user: textOf(driver, 'SSHUser') ?? 'root',
        port: Number(port) || 22,
        ...(keyPath === undefined ? {} : { keyPath }),
      },
      engine: engineOf(
        objectOf(host, 'EngineOptions'),
        objectOf(host, 'AuthOptions'),
        Number(textOf(driver, 'EnginePort')) || ENGINE_PORT,
      ),
      ...(address === undefined ? {} : { address }),
      ...parts,
    },
  };
}

function no(reason: string): ReadConfig {
  return { ok: false, reason };
}

type DriverParts = Pick<DockerMachineConfig, 'flags' | 'instanceId' | 'resources'>;

function driverParts(name: string, driver: Json, machine: string): DriverParts {
  switch (name) {
    case 'amazonec2':
      return amazonec2(driver, machine);
    case 'digitalocean':
      return digitalocean(driver);
    case 'none':
      return { flags: flagsOf(driver, { url: 'URL' }), resources: [] };
    default:
      return {
        flags: flagsOf(driver, {
          'generic-ip-address': 'IPAddress',
          'generic-ssh-user': 'SSHUser',
          'generic-ssh-port': 'SSHPort',
          'generic-engine-port': 'EnginePort',
        }),
        ...withId(textOf(driver, 'IPAddress')),
        resources: [],
      };
  }
}

/** Neither AccessKey, SecretKey nor SessionToken: they are found where the SDKs find them. */
function amazonec2(driver: Json, machine: string): DriverParts {
  const keyName = textOf(driver, 'KeyName');
  const own =
    keyName !== undefined && driver['ExistingKey'] !== true && keyName.startsWith(machine);
  return {
    flags: flagsOf(driver, {
      'amazonec2-region': 'Region',
      'amazonec2-zone': 'Zone',
      'amazonec2-ami': 'AMI',
      'amazonec2-instance-type': 'InstanceType',
      'amazonec2-vpc-id': 'VpcId',
      'amazonec2-subnet-id': 'SubnetId',
      'amazonec2-root-size': 'RootSize',
      'amazonec2-volume-type': 'VolumeType',
      'amazonec2-security-group': 'SecurityGroupNames',
      'amazonec2-iam-instance-profile': 'IamInstanceProfile',
      'amazonec2-ssh-user': 'SSHUser',
      'amazonec2-private-address-only': 'PrivateIPOnly',
      'amazonec2-use-private-address': 'UsePrivateIP',
      'amazonec2-monitoring': 'Monitoring',
      'amazonec2-endpoint': 'Endpoint',
    }),
    ...withId(textOf(driver, 'InstanceId')),
    resources: own ? [{ kind: 'key-pair', id: keyName }] : [],
  };
}

/** Without AccessToken. */
function digitalocean(driver: Json): DriverParts {
  const id = textOf(driver, 'DropletID');
  const key = textOf(driver, 'SSHKeyID');
  const own = key !== undefined && key !== '0' && textOf(driver, 'SSHKeyFingerprint') === undefined;
  return {
    flags: flagsOf(driver, {
      'digitalocean-region': 'Region',
      'digitalocean-size': 'Size',
      'digitalocean-image': 'Image',
      'digitalocean-backups': 'Backups',
      'digitalocean-ipv6': 'IPv6',
      'digitalocean-monitoring': 'Monitoring',
      'digitalocean-private-networking': 'PrivateNetworking',
      'digitalocean-tags': 'Tags',
      'digitalocean-ssh-user': 'SSHUser',
    }),
    ...withId(id === '0' ? undefined : id),
    resources: own ? [{ kind: 'ssh-key', id: key }] : [],
  };
}

function withId(id: string | undefined): { readonly instanceId?: string } {
  return id === undefined ? {} : { instanceId: id };
}

/** Values of flags out of a driver's keys; what is empty or false was not given. */
function flagsOf(driver: Json, keys: Readonly<Record<string, string>>): ProviderFlagValues {
  const flags: Record<string, string | boolean | readonly string[]> = {};
  for (const [flag, key] of Object.entries(keys)) {
    const value = driver[key];
    if (value === true) flags[flag] = true;
    else if (Array.isArray(value)) {
      if (value.length > 0) flags[flag] = value.map(String);
    } else {
      const text = textOf(driver, key);
      if (text !== undefined) flags[flag] = text;
    }
  }
  return flags;
}

function engineOf(engine: Json, auth: Json, port: number): EngineOptions {
  const storageDriver = textOf(engine, 'StorageDriver');
  const installUrl = textOf(engine, 'InstallURL');
  return {
    ...DEFAULT_ENGINE,
    labels: listOf(engine, 'Labels'),
    options: listOf(engine, 'ArbitraryFlags'),
    insecureRegistries: listOf(engine, 'InsecureRegistry'),
    registryMirrors: listOf(engine, 'RegistryMirror'),
    env: listOf(engine, 'Env'),
    ...(storageDriver === undefined ? {} : { storageDriver }),
    ...(installUrl === undefined || installUrl === 'https://get.docker.com' ? {} : { installUrl }),
    ...(engine['TlsVerify'] === false ? {} : { tlsPort: port }),
    tlsSans: listOf(auth, 'ServerCertSANs'),
  };
}

function objectOf(value: Json, key: string): Json {
  const part = value[key];
  return isObject(part) ? part : {};
}

/** A text or number that is not empty. */
function textOf(value: Json, key: string): string | undefined {
  const part = value[key];
  if (typeof part === 'number') return String(part);
  return typeof part === 'string' && part !== '' ? part : undefined;
}

function listOf(value: Json, key: string): string[] {
  const part = value[key];
  return Array.isArray(part) ? part.filter((item) => typeof item === 'string') : [];
}
