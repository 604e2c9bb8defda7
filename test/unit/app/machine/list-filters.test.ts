import { describe, expect, it } from 'vitest';
import {
  matchesAll,
  parseFilters,
  swarmMasters,
  type ListedMachine,
} from '../../../../src/app/machine/list-filters.ts';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import { NO_SWARM, type SwarmOptions } from '../../../../src/output/machine/legacy-options.ts';
import { machineRecord } from '../../../support/machine-record.ts';

function listed(
  name: string,
  { labels = [], swarm = {} }: { labels?: readonly string[]; swarm?: Partial<SwarmOptions> } = {},
): ListedMachine {
  const whole = machineRecord({ name, provider: 'none', engine: { ...DEFAULT_ENGINE, labels } });
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
