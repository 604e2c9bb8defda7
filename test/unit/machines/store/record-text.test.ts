import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import { isMachineError } from '../../../../src/machines/machine-error.ts';
import { formatRecord, parseRecord } from '../../../../src/machines/store/record-text.ts';
import { machineRecord } from '../../../support/machine-record.ts';

const record = machineRecord({ settings: { address: '192.0.2.1' } });

describe('a record as text', () => {
  it('is read as it was written', () => {
    expect(parseRecord(formatRecord(record), '/m')).toEqual(record);
  });

  it.each<readonly [string, string]>([
    ['{"version": 1,\n  "name": }', '/m:2:11: a value is missing'],
    ['', '/m:1:1: a value is missing'],
    ['{}', '/m: version is missing'],
    ['{"version": 2}', '/m: the store is of a newer tcompose (version 2; this one knows 1)'],
    ['{"version": 0}', '/m: version 0 is not known'],
    ['{"version": 1, "name": 3}', '/m: name is missing'],
  ])('that is broken is told with its place: %j', (text, message) => {
    expect(() => parseRecord(text, '/m')).toThrow(message);
  });

  it.each<readonly [Readonly<Record<string, unknown>>, string]>([
    [{ phase: 'sleeping' }, 'phase is none of creating, ready, failed, removing'],
    [{ settings: null }, 'settings is missing'],
    [{ ssh: { user: 'root' } }, 'ssh needs user and port'],
    [{ ssh: { user: 'root', port: 22, key: 1 } }, 'ssh.key is no path'],
    [{ engine: {} }, 'engine is missing'],
    [{ engine: { ...DEFAULT_ENGINE, labels: 'a' } }, 'engine.labels is no list'],
    [{ address: 7 }, 'address is no text'],
  ])('that lacks what is needed is refused: %j', (change, message) => {
    const text = JSON.stringify({ ...record, ...change });
    expect(() => parseRecord(text, '/m')).toThrow(`/m: ${message}`);
  });

  it('of whatever content is read as it is or refused as a fault of the store', () => {
    const key = fc.constantFrom(...Object.keys(record), 'step', 'group', 'ssh', 'taggedBy');
    fc.assert(
      fc.property(fc.dictionary(key, fc.jsonValue(), { maxKeys: 2 }), (change) => {
        const text = JSON.stringify({ ...record, ...change });
        try {
          expect(parseRecord(text, '/m')).toEqual(JSON.parse(text));
        } catch (error) {
          if (!isMachineError(error, 'store')) throw error;
        }
      }),
    );
  });

  it('never quotes what it cannot read', () => {
    const secret = '{"version": 1, "token": "s3cret" oops}';
    expect(() => parseRecord(secret, '/m')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('s3cret') as string }),
    );
  });

  it('of an older version is migrated step by step', () => {
    const migrations = {
      1: (old: Record<string, unknown>) => ({ ...old, provider: `${String(old['provider'])}-2` }),
      2: (old: Record<string, unknown>) => ({ ...old, provider: `${String(old['provider'])}-3` }),
    };
    const read = parseRecord(formatRecord(record), '/m', { version: 3, migrations });
    expect(read).toMatchObject({ version: 3, provider: 'generic-2-3' });
  });
});
