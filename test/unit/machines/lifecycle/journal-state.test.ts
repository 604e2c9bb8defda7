import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJournalState } from '../../../../src/machines/lifecycle/journal-state.ts';
import type { JournalLine } from '../../../../src/machines/store/machine-record.ts';

const at = '2026-11-26T10:00:00.000Z';
const intend = (kind: string, token: string): JournalLine => ({ at, event: 'intend', kind, token });
const made = (kind: string, id: string): JournalLine => ({ at, event: 'made', kind, id });
const removed = (kind: string, id: string): JournalLine => ({ at, event: 'removed', kind, id });
const step = (name: string): JournalLine => ({ at, event: 'step', step: name });
const done = (name: string): JournalLine => ({ at, event: 'step-done', step: name });

/** A whole create, as it is written. */
const create: readonly JournalLine[] = [
  step('create'),
  intend('security-group', 'sg'),
  made('security-group', 'sg-1'),
  intend('key-pair', 'k'),
  made('key-pair', 'key-1'),
  intend('instance', 't'),
  made('instance', 'i-1'),
  done('create'),
  step('wait for SSH'),
  done('wait for SSH'),
  step('provision'),
  done('provision'),
];
const removal = [
  removed('instance', 'i-1'),
  removed('key-pair', 'key-1'),
  removed('security-group', 'sg-1'),
];

describe('what a journal says', () => {
  it.each<readonly [string, readonly JournalLine[], readonly (readonly (string | undefined)[])[]]>([
    ['nothing', [], []],
    ['an intent may have been made', [intend('instance', 't')], [['instance', 't']]],
    [
      'what was made has an id',
      [intend('instance', 't'), made('instance', 'i')],
      [['instance', 't', 'i']],
    ],
    [
      'an intent that is repeated counts once',
      [intend('instance', 't'), intend('instance', 't')],
      [['instance', 't']],
    ],
    [
      'a new token is another intent',
      [intend('instance', 't'), intend('instance', 'u')],
      [
        ['instance', 't'],
        ['instance', 'u'],
      ],
    ],
    ['made without an intent counts, too', [made('key-pair', 'k')], [['key-pair', undefined, 'k']]],
    [
      'made twice counts once',
      [made('key-pair', 'k'), made('key-pair', 'k')],
      [['key-pair', undefined, 'k']],
    ],
    ['what was removed is gone', [made('instance', 'i'), removed('instance', 'i')], []],
    [
      'an intent of which nothing came is gone',
      [intend('instance', 't'), removed('instance', 't')],
      [],
    ],
    [
      'what somebody else removed changes nothing',
      [made('instance', 'i'), removed('instance', 'j')],
      [['instance', undefined, 'i']],
    ],
    [
      'what is made again counts again',
      [made('instance', 'i'), removed('instance', 'i'), intend('instance', 'u')],
      [['instance', 'u']],
    ],
  ])('%s', (_title, lines, expected) => {
    const { resources } = readJournalState(lines);
    expect(resources.map(({ kind, token, id }) => [kind, token, id])).toEqual(
      expected.map(([kind, token, id]) => [kind, token, id]),
    );
  });

  it('knows steps that are done, and the one that is not', () => {
    const state = readJournalState([step('create'), done('create'), step('provision')]);
    expect([...state.done]).toEqual(['create']);
    expect(state.step).toBe('provision');
  });

  it('forgets what was done on an instance that is gone', () => {
    const state = readJournalState([...create, removed('instance', 'i-1')]);
    expect([...state.done]).toEqual([]);
  });

  it('at any prefix of a create knows exactly what may exist: one of each kind or none', () => {
    fc.assert(
      fc.property(fc.nat({ max: create.length }), (length) => {
        const prefix = create.slice(0, length);
        const { resources } = readJournalState(prefix);
        const kinds = resources.map(({ kind }) => kind);
        const intended = prefix.flatMap((line) => (line.event === 'intend' ? [line.kind] : []));
        expect(kinds).toEqual(intended);
        expect(new Set(kinds).size).toBe(kinds.length);
      }),
    );
  });

  it('of a create that was tried again after any prefix has one of each kind', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: create.length }), { maxLength: 4 }), (tries) => {
        const lines = [...tries.flatMap((length) => create.slice(0, length)), ...create];
        const { resources } = readJournalState(lines);
        expect(resources.map(({ kind, id }) => `${kind} ${id ?? ''}`).toSorted()).toEqual([
          'instance i-1',
          'key-pair key-1',
          'security-group sg-1',
        ]);
      }),
    );
  });

  it('of a removal that was tried again after any prefix has nothing', () => {
    fc.assert(
      fc.property(fc.nat({ max: removal.length }), (length) => {
        const lines = [...create, ...removal.slice(0, length), ...removal];
        expect(readJournalState(lines).resources).toEqual([]);
      }),
    );
  });
});
