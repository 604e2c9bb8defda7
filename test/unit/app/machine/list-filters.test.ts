import { describe, expect, it } from 'vitest';
import {
  matchesAll,
  parseFilters,
  swarmMasters,
  type ListedMachine,
} from '../../../../src/app/machine/list-filters.ts';
import { engineAddress, plainAddress } from '../../../../src/app/machine/engine-address.ts';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import type { MachineRecord } from '../../../../src/machines/store/machine-record.ts';
import { NO_SWARM, type SwarmOptions } from '../../../../src/output/machine/legacy-options.ts';
import { machineRecord } from '../../../support/machine-record.ts';

const urlOnly = { provider: 'none', settings: { url: 'tcp://10.0.0.1:2375' } };

function listed(
  name: string,
  { labels = [], swarm = {} }: { labels?: readonly string[]; swarm?: Partial<SwarmOptions> } = {},
): ListedMachine {
  const whole = machineRecord({ ...urlOnly, name, engine: { ...DEFAULT_ENGINE, labels } });
  return { machine: { name, path: `/s/${name}`, record: whole }, swarm: { ...NO_SWARM, ...swarm } };
}

const machines = [
  listed('web1', { labels: ['tier=Web', 'x=a=b'] }),
  listed('web2', { swarm: { discovery: 'token://1', master: true } }),
  listed('db', { labels: ['tier=db'], swarm: { discovery: 'token://1' } }),
];

function matching(...filters: string[]): string[] {
  const parsed = parseFilters(filters);
  const masters = swarmMasters(machines);
  return machines
    .filter((each) => matchesAll(each, parsed, masters))
    .map((each) => each.machine.name);
}

describe('filters of ls', () => {
  it.each([
    [[], ['web1', 'web2', 'db']],
    [['name=^web'], ['web1', 'web2']],
    [['name=b'], ['web1', 'web2', 'db']],
    [['driver=NONE'], ['web1', 'web2', 'db']],
    [['label=tier=web'], ['web1']],
    [['label=x=A=b'], ['web1']],
    [
      ['label=tier=web', 'label=tier=db'],
      ['web1', 'db'],
    ],
    [['label=tier=web', 'name=db'], []],
    [['swarm=WEB2'], ['web2', 'db']],
    [['NAME=db'], ['db']],
  ])('%j leave %j', (filters, names) => {
    expect(matching(...filters)).toEqual(names);
  });

  it.each([
    ['foo', 'Unsupported filter syntax'],
    ['foo=bar', "Unsupported filter key 'foo'"],
    ['name=(', 'error parsing regexp: unterminated group: `(`'],
    // docker-machine panicked here.
    ['label=tier', 'Unsupported filter syntax: label=tier has no value'],
  ])('%s is refused', (filter, message) => {
    expect(() => parseFilters([filter])).toThrow(message);
  });
});

describe('the address of an engine', () => {
  it.each<[string, Partial<MachineRecord>, string | undefined]>([
    ['only a URL', {}, 'tcp://10.0.0.1:2375'],
    ['no address yet', { provider: 'generic', settings: {} }, undefined],
    ['SSH', { provider: 'generic', address: '10.0.0.2' }, 'ssh://root@10.0.0.2'],
    [
      'SSH on another port, over IPv6',
      { provider: 'generic', address: 'fd00::1', ssh: { user: 'me', port: 2222 } },
      'ssh://me@[fd00::1]:2222',
    ],
    [
      'TLS',
      { provider: 'generic', address: '10.0.0.2', engine: { ...DEFAULT_ENGINE, tlsPort: 2376 } },
      'tcp://10.0.0.2:2376',
    ],
  ])('%s', (_what, parts, url) => {
    expect(engineAddress(machineRecord({ ...urlOnly, ...parts }), '/s/a')?.url).toBe(url);
  });

  it('has certificates where there is TLS only', () => {
    const engine = { ...DEFAULT_ENGINE, tlsPort: 2376 };
    const whole = machineRecord({ address: 'h', engine });
    expect(engineAddress(whole, '/s/a')?.certificates).toBe('/s/a');
    expect(engineAddress(machineRecord(urlOnly), '/s/a')?.certificates).toBeUndefined();
  });

  it.each([
    ['tcp://10.0.0.1:2375', '10.0.0.1'],
    ['tcp://[fd00::1]:2375', 'fd00::1'],
    ['none', ''],
  ])('%s alone is at %j for people', (url, address) => {
    expect(plainAddress(machineRecord({ ...urlOnly, settings: { url } }))).toBe(address);
  });
});
