import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  planApply,
  type ApplyInput,
  type WantedMachine,
} from '../../../../src/machines/lifecycle/apply-plan.ts';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import type {
  EngineOptions,
  MachineRecord,
} from '../../../../src/machines/store/machine-record.ts';
import { machineRecord } from '../../../support/machine-record.ts';

function wanted(name: string, changes: Partial<WantedMachine> = {}): WantedMachine {
  return { name, provider: 'p', settings: { region: 'a' }, engine: DEFAULT_ENGINE, ...changes };
}

function stored(name: string, changes: Partial<MachineRecord> = {}): MachineRecord {
  return machineRecord({ ...wanted(name), group: 'g', ...changes });
}

function byHand(name: string): MachineRecord {
  const { group: _group, ...record } = stored(name);
  return record;
}

interface PlanWords {
  readonly prune?: boolean;
  readonly replace?: boolean;
  readonly observed?: ApplyInput['observed'];
}

function plan(
  machines: readonly WantedMachine[],
  records: readonly (MachineRecord | readonly [string, string])[],
  { prune = false, replace = false, observed }: PlanWords = {},
): string[] {
  const map = new Map<string, MachineRecord | string>(
    records.map((record) => ('name' in record ? [record.name, record] : [record[0], record[1]])),
  );
  const seen = observed === undefined ? {} : { observed };
  const steps = planApply({ group: 'g', wanted: machines, stored: map, prune, replace, ...seen });
  return steps.map((step) => [`${step.do} ${step.name}`, ...step.causes].join(': '));
}

describe('the plan of an apply', () => {
  const engine = (changes: Partial<EngineOptions>) => ({
    engine: { ...DEFAULT_ENGINE, ...changes },
  });
  const moved = { settings: { region: 'b' } };
  const imported = { ...byHand('a'), token: 'imported-i-1' };
  const gone = new Map([['a', { gone: true }]]);
  const silent = new Map([['a', { gone: false, note: 'it is stopped' }]]);
  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['makes what is not there', plan([wanted('a')], []), ['create a: it is not there']],
    ['keeps what is as it should be', plan([wanted('a')], [stored('a')]), ['keep a']],
    [
      'continues what is not finished',
      plan([wanted('a')], [stored('a', { phase: 'failed', step: 'provision' })]),
      ['create a: it stopped at: provision'],
    ],
    [
      'begins anew what was not finished with other settings: nothing is on it',
      plan([wanted('a', moved)], [stored('a', { phase: 'failed', step: 'create' })]),
      ['replace a: region: a is now b: it was never finished'],
    ],
    [
      'finishes the removal of what is to be there',
      plan([wanted('a')], [stored('a', { phase: 'removing' })]),
      ['replace a: its removal was not finished'],
    ],
    [
      'makes anew what its account does not have any more',
      plan([wanted('a')], [stored('a')], { observed: gone }),
      ['replace a: its account does not have it any more'],
    ],
    [
      'tells what is to be known of what it keeps',
      plan([wanted('a')], [stored('a')], { observed: silent }),
      ['keep a: it is stopped'],
    ],
    [
      'changes an engine in place',
      plan([wanted('a', engine({ version: '28' }))], [stored('a')]),
      ['change a: engine.version: nothing is now 28'],
    ],
    [
      'tells which items of lists come and go',
      plan(
        [wanted('a', engine({ labels: ['a=1', 'c=3'] }))],
        [stored('a', engine({ labels: ['a=1', 'b=2'] }))],
      ),
      ['change a: engine.labels: c=3 comes, b=2 goes'],
    ],
    [
      'shows no values that may be secrets',
      plan(
        [wanted('a', engine({ env: ['P=http://u:s3cret@h', 'N=s3cret'] }))],
        [stored('a', engine({ env: ['N=0'], registryMirrors: ['https://u:s3cret@mirror'] }))],
      ),
      [
        'change a: engine.env: P comes, N comes, N goes: engine.registry-mirrors: https://mirror goes',
      ],
    ],
    [
      'tells what an engine that is there does not take',
      plan([wanted('a', engine({ storageDriver: 'btrfs', tlsPort: 2376 }))], [stored('a')]),
      [
        'change a: engine.storage-driver: nothing is now btrfs (the engine that is there stays as it is): engine.tls: nothing is now 2376',
      ],
    ],
    [
      'replaces nothing unasked, and says what would',
      plan([wanted('a', moved)], [stored('a')]),
      ['refuse a: region: a is now b: it cannot be changed to that; --replace makes it anew'],
    ],
    [
      'replaces what has other settings when asked to',
      plan([wanted('a', { settings: { region: 'a', instanceType: 'b' } })], [stored('a')], {
        replace: true,
      }),
      ['replace a: instance-type: nothing is now b'],
    ],
    [
      'replaces what has another driver',
      plan([wanted('a', { provider: 'q' })], [stored('a')], { replace: true }),
      ['replace a: driver: p is now q'],
    ],
    [
      'tells of machines of the group that the file does not name',
      plan([], [stored('a')]),
      ['keep a: the file does not name it any more; --prune removes it'],
    ],
    [
      'removes them when asked to',
      plan([], [stored('a')], { prune: true }),
      ['remove a: the file does not name it any more'],
    ],
    [
      'leaves machines of others alone',
      plan([], [stored('a', { group: 'h' }), byHand('b')], { prune: true }),
      [],
    ],
    [
      'refuses machines of other groups',
      plan([wanted('a')], [stored('a', { group: 'h' })], { replace: true }),
      ['refuse a: it belongs to h: remove it there, or write "name: h" into this file'],
    ],
    [
      'refuses names that differ in case only from those that are there',
      plan([wanted('A')], [stored('a', { group: 'h' })]),
      [
        'refuse A: there is a machine a, and names that differ in case only would be mistaken for each other',
      ],
    ],
    [
      'keeps machines that were made by hand and are as they should be',
      plan([wanted('a')], [byHand('a')]),
      ['keep a: it was made by hand; --prune never removes it'],
    ],
    [
      'refuses to replace machines that were made by hand',
      plan([wanted('a', moved)], [byHand('a')], { replace: true }),
      ['refuse a: it was made by hand, and differs: region: a is now b'],
    ],
    [
      'refuses to replace machines that were imported and differ in what is known of them',
      plan([wanted('a', { ...moved, told: ['region'] })], [imported], { replace: true }),
      ['refuse a: it was imported, and differs in what its account tells: region: a is now b'],
    ],
    [
      'takes imported machines to be as the file says in what is not known of them',
      plan(
        [wanted('a', { settings: { region: 'a', ports: ['80'] }, told: ['region', 'size'] })],
        [{ ...imported, settings: { region: 'a', disk: 16 } }],
      ),
      [
        'keep a: it was imported, and is taken to be as the file says where its account does not tell; --prune never removes it',
      ],
    ],
    [
      'refuses to change what does not run',
      plan([wanted('a', engine({ version: '28' }))], [stored('a')], {
        observed: new Map([['a', { gone: false, off: true }]]),
      }),
      ['refuse a: engine.version: nothing is now 28: it does not run; "machine start a" starts it'],
    ],
    [
      'does not begin those anew that were made by hand and are gone or half removed',
      [
        ...plan([wanted('a')], [byHand('a')], { observed: gone, replace: true }),
        ...plan([wanted('a')], [{ ...byHand('a'), phase: 'removing' }], { replace: true }),
      ],
      [
        'refuse a: it was made by hand, and its account does not have it any more; "machine rm a" forgets it',
        'refuse a: it is half removed; "machine rm a" finishes that',
      ],
    ],
    [
      'refuses broken records',
      plan([wanted('a')], [['a', 'f:1:1: broken']]),
      ['refuse a: f:1:1: broken'],
    ],
    [
      'does not mind the order of lists',
      plan(
        [wanted('a', engine({ labels: ['a=1', 'b=2'] }))],
        [stored('a', engine({ labels: ['b=2', 'a=1'] }))],
      ),
      ['keep a'],
    ],
  ])('%s', (_title, steps, expected) => {
    expect(steps).toEqual(expected);
  });

  it('has each machine once, and nothing to do after it was done', () => {
    const names = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd'));
    fc.assert(
      fc.property(names, names, fc.constantFrom('a', 'b'), (want, have, region) => {
        const machines = want.map((name) => wanted(name, { settings: { region } }));
        const map = new Map(have.map((name) => [name, stored(name)]));
        const steps = planApply({
          group: 'g',
          wanted: machines,
          stored: map,
          prune: true,
          replace: true,
        });
        const all = steps.map(({ name }) => name);
        expect(new Set(all).size).toBe(all.length);
        const after = new Map(map);
        for (const step of steps) {
          if (step.do === 'remove') after.delete(step.name);
          else if ('wanted' in step) after.set(step.name, stored(step.name, step.wanted));
        }
        const again = planApply({
          group: 'g',
          wanted: machines,
          stored: after,
          prune: true,
          replace: true,
        });
        expect(again.every((step) => step.do === 'keep')).toBe(true);
      }),
    );
  });
});
