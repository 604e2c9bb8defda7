import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonical,
  decideCreate,
  differingSettings,
} from '../../../../src/machines/lifecycle/create-decision.ts';
import type { JournalState } from '../../../../src/machines/lifecycle/journal-state.ts';
import { removables } from '../../../../src/machines/lifecycle/removal-plan.ts';
import {
  checkMachineName,
  machineNameFault,
} from '../../../../src/machines/store/machine-names.ts';
import { machineRecord } from '../../../support/machine-record.ts';

const settings = fc.dictionary(fc.constantFrom('region', 'size', 'tags'), fc.jsonValue(), {
  maxKeys: 3,
});
const record = fc.record({
  phase: fc.constantFrom('creating', 'ready', 'failed', 'removing'),
  provider: fc.constantFrom('p', 'q'),
  settings,
});
const wish = fc.record({
  name: fc.constant('web'),
  provider: fc.constantFrom('p', 'q'),
  settings,
  force: fc.boolean(),
  given: fc.boolean(),
});

describe('what a create does about what is there', () => {
  it('never begins where something may be, begins anew only by force or where no host was reached, and goes on only with the same settings', () => {
    fc.assert(
      fc.property(
        fc.option(record, { nil: undefined }),
        wish,
        fc.boolean(),
        fc.boolean(),
        (known, want, some, reached) => {
          const before = known === undefined ? undefined : machineRecord(known);
          const resources = some ? [{ kind: 'instance', token: 't', at: '' }] : [];
          const done = new Set(reached ? ['wait for SSH'] : []);
          const state: JournalState = { resources, done, step: undefined };
          const decision = decideCreate(before, state, want);
          const differs = before === undefined || differingSettings(before, want).length > 0;
          switch (decision.do) {
            case 'begin':
              expect([before, some]).toEqual([undefined, false]);
              break;
            case 'resume':
              expect([before?.phase === 'ready' || before?.phase === 'removing', differs]).toEqual([
                false,
                false,
              ]);
              break;
            case 'begin-anew':
              expect(before?.phase).not.toBe('ready');
              if (!want.force) {
                expect([want.given, reached, before?.provider]).toEqual([
                  true,
                  false,
                  want.provider,
                ]);
                expect(differs).toBe(true);
              }
              break;
            case 'refuse':
              expect(decision.error.message).toContain('web');
          }
        },
      ),
    );
  });

  it('sees a difference exactly where settings differ as JSON, whatever the order of their keys', () => {
    fc.assert(
      fc.property(settings, settings, (one, other) => {
        const backwards = Object.fromEntries(Object.entries(one).toReversed());
        const differing = (a: typeof one, b: typeof one): string[] =>
          differingSettings({ provider: 'p', settings: a }, { provider: 'p', settings: b });
        expect(differing(one, backwards)).toEqual([]);
        expect(differing(one, other).length === 0).toBe(canonical(one) === canonical(other));
      }),
    );
  });
});

describe('what a removal removes', () => {
  const kind = fc.constantFrom('instance', 'key-pair', 'security-group');
  const id = fc.constantFrom('1', '2', '3');
  const owner = fc.constantFrom('web', 'db', undefined);

  it('is everything of the machine once, instances first, shared things last', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ kind, id })),
        fc.array(fc.record({ kind, id, machine: owner })),
        (known, all) => {
          const listed = all.map(({ machine, ...each }) => ({
            ...each,
            title: '',
            ...(machine === undefined ? {} : { machine }),
          }));
          const lines = known.map((each) => ({ ...each, at: '' }));
          const found = removables(lines, listed, 'web');
          const keys = found.map((each) => `${each.kind} ${each.id}`);
          expect(new Set(keys).size).toBe(keys.length);
          for (const each of all.filter(({ machine }) => machine === 'web')) {
            const again = all.findLast((one) => one.kind === each.kind && one.id === each.id);
            if (again?.machine === 'web') expect(keys).toContain(`${each.kind} ${each.id}`);
          }
          const ranks = found.map((each) => (each.kind === 'instance' ? 0 : each.shared ? 2 : 1));
          expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
        },
      ),
    );
  });
});

describe('names of machines', () => {
  it('are names of hosts, which need no quotes and are no paths', () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^[a-z0-9.-]{60,66}$/));
    fc.assert(
      fc.property(text, (name) => {
        if (machineNameFault(name) === undefined) {
          expect(name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9.-]{0,62}$/);
          expect(() => checkMachineName(name)).not.toThrow();
        } else {
          expect(() => checkMachineName(name)).toThrow(/^Invalid hostname specified/);
          expect(name).not.toMatch(/^[a-zA-Z0-9][a-zA-Z0-9.-]{0,62}$/);
        }
      }),
    );
  });
});
