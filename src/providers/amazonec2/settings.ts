import { compact, FlagReader } from '../flag-values.ts';
import { type Openings, openingsOf } from '../openings.ts';
import type { ProviderFlagValues, ProviderSettings } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import type { SshSettings } from '../ssh-settings.ts';
import { isDebian } from './image-name.ts';
import { endpointHost } from './regions.ts';

/** What a record keeps of the flags; what is not there was not asked for. */
export interface Ec2Settings extends SshSettings, Partial<Openings> {
  readonly region: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly retries: number;
  readonly instanceType: string;
  readonly ami?: string;
  readonly keyPair?: string;
  readonly zone?: string;
  readonly vpc?: string;
  readonly subnet?: string;
  readonly groups?: readonly string[];
  readonly groupsReadonly?: boolean;
  readonly rootSize: number;
  readonly volumeType: string;
  readonly deviceName?: string;
  readonly unencrypted?: boolean;
  readonly kmsKey?: string;
  readonly ebsOptimized?: boolean;
  readonly monitoring?: boolean;
  readonly iamProfile?: string;
  readonly httpTokens: 'required' | 'optional';
  readonly httpEndpoint?: 'enabled' | 'disabled';
  readonly privateOnly?: boolean;
  readonly usePrivate?: boolean;
  readonly ipv6Count: number;
  readonly ipv6Only?: boolean;
  readonly spot?: boolean;
  readonly spotPrice?: string;
  readonly spotMinutes?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly userData?: string;
}

/** @throws ProviderError `invalid` for values that cannot be meant */
export function settingsOf(values: ProviderFlagValues): ProviderSettings {
  const read = new FlagReader('amazonec2', values);
  const keyPath = read.text('ssh-keypath');
  const keyPair = read.text('keypair-name');
  if (keyPair !== undefined && keyPath === undefined) {
    throw new ProviderError(
      'invalid',
      '--amazonec2-keypair-name requires --amazonec2-ssh-keypath',
      {
        hint: 'Name the private key of the pair, which only you have.',
      },
    );
  }
  const ami = read.text('ami');
  const region = read.text('region') ?? 'us-east-1';
  const spotMinutes = read.int('block-duration-minutes', { min: 0, max: 360 });
  return compact({
    region,
    endpoint: endpointOf(read.text('endpoint'), read.bool('insecure-transport'), region),
    profile: read.text('profile'),
    retries: Math.max(0, read.int('retries', { min: -1, max: 100 }) ?? 5),
    instanceType: read.text('instance-type') ?? 't3.small',
    ami,
    sshUser: read.text('ssh-user') ?? (ami !== undefined && isDebian(ami) ? 'admin' : 'ubuntu'),
    sshPort: read.port('ssh-port'),
    keyPath,
    keyPair,
    ...placement(read, region),
    groups: read.list('security-group'),
    groupsReadonly: read.bool('security-group-readonly'),
    ...openingsOf(read),
    ...volume(read),
    ebsOptimized: read.bool('use-ebs-optimized-instance'),
    monitoring: read.bool('monitoring'),
    iamProfile: read.text('iam-instance-profile'),
    httpTokens: oneOf(read, 'http-tokens', ['required', 'optional']) ?? 'required',
    httpEndpoint: oneOf(read, 'http-endpoint', ['enabled', 'disabled']),
    spot: read.bool('request-spot-instance'),
    spotPrice: price(read.text('spot-price')),
    spotMinutes: spotMinutes === 0 ? undefined : spotMinutes,
    tags: parseTags(read.text('tags')),
    userData: read.text('userdata'),
  });
}

function placement(read: FlagReader, region: string): Partial<Ec2Settings> {
  const zone = read.text('zone');
  if (zone !== undefined && !/^[a-z]$/.test(zone) && !zone.startsWith(region)) {
    throw new ProviderError('invalid', `--amazonec2-zone: "${zone}" is no zone of ${region}`, {
      hint: 'Give its letter: a, b, c.',
    });
  }
  const vpc = read.text('vpc-id');
  const subnet = read.text('subnet-id');
  return {
    ...(zone === undefined ? {} : { zone: zone.length === 1 ? `${region}${zone}` : zone }),
    ...(vpc === undefined ? {} : { vpc }),
    ...(subnet === undefined ? {} : { subnet }),
    privateOnly: read.bool('private-address-only'),
    usePrivate: read.bool('use-private-address'),
    ipv6Count: read.int('ipv6-address-count', { min: 0, max: 50 }) ?? 0,
    ipv6Only: read.bool('ipv6-address-only'),
  };
}

function volume(read: FlagReader): Partial<Ec2Settings> {
  const deviceName = read.text('device-name');
  const kmsKey = read.text('kms-key');
  return {
    rootSize: read.int('root-size', { min: 1, max: 65_536 }) ?? 16,
    volumeType: read.text('volume-type') ?? 'gp3',
    ...(deviceName === undefined ? {} : { deviceName }),
    ...(kmsKey === undefined ? {} : { kmsKey }),
    unencrypted: !read.bool('encrypt-ebs-volume'),
  };
}

/** A host name alone gets a scheme; without TLS on request, then also for the region's own endpoint. */
function endpointOf(
  endpoint: string | undefined,
  insecure: boolean,
  region: string,
): string | undefined {
  if (endpoint !== undefined && /^https?:\/\//.test(endpoint)) return endpoint;
  if (endpoint !== undefined) return `${insecure ? 'http' : 'https'}://${endpoint}`;
  return insecure ? `http://${endpointHost(region)}` : undefined;
}

function oneOf(read: FlagReader, name: string, words: readonly string[]): string | undefined {
  const word = read.text(name);
  if (word === undefined || words.includes(word)) return word;
  throw new ProviderError('invalid', `--amazonec2-${name}: "${word}" is not ${words.join(' or ')}`);
}

function price(text: string | undefined): string | undefined {
  if (text === undefined || /^\d*\.?\d+$/.test(text)) return text;
  throw new ProviderError('invalid', `--amazonec2-spot-price: "${text}" is no price`, {
    hint: 'Write it in dollars: 0.05.',
  });
}

function parseTags(text: string | undefined): Readonly<Record<string, string>> | undefined {
  if (text === undefined) return undefined;
  const words = text.split(',').map((word) => word.trim());
  if (words.length % 2 !== 0) {
    throw new ProviderError('invalid', `--amazonec2-tags: "${text}" is not made of pairs`, {
      hint: 'Write keys and values in turn: key1,value1,key2,value2.',
    });
  }
  const tags: Record<string, string> = {};
  for (let at = 0; at < words.length; at += 2) tags[words[at] ?? ''] = words[at + 1] ?? '';
  return tags;
}
