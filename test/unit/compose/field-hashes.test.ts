import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changedFields,
  fieldHashes,
  formatFieldHashes,
  parseFieldHashes,
} from '../../../src/compose/field-hashes.ts';

describe('hashes of fields', () => {
  it('tell entries of environment and labels apart', () => {
    const fields = fieldHashes({ name: 'web', environment: { A: '1', B: null }, ports: [] });
    expect([...fields.keys()]).toEqual(['environment.A', 'environment.B', 'ports']);
  });

  it('leave out what does not make a container', () => {
    const fields = fieldHashes({
      name: 'web',
      build: { context: '/' },
      depends_on: {},
      profiles: ['x'],
      pull_policy: 'always',
      scale: 3,
      deploy: { replicas: 3 },
      extensions: { 'x-a': 1 },
    });
    expect([...fields]).toEqual([]);
  });

  it('do not depend on the order of keys, and not on extensions', () => {
    const one = fieldHashes({
      name: 'a',
      healthcheck: { test: ['x'] },
      sysctls: { a: '1', b: '2' },
    });
    const two = fieldHashes({
      name: 'b',
      sysctls: { b: '2', a: '1' },
      healthcheck: { test: ['x'] },
    });
    expect(changedFields(one, two)).toEqual([]);
    const port = { target: 80, extensions: { 'x-a': 1 } };
    expect(
      changedFields(
        fieldHashes({ name: 'a', ports: [port] }),
        fieldHashes({ name: 'a', ports: [{ target: 80 }] }),
      ),
    ).toEqual([]);
  });

  it('name what was added, removed and changed', () => {
    const before = fieldHashes({ name: 'a', user: 'x', environment: { A: '1', B: '1' } });
    const after = fieldHashes({ name: 'a', tty: true, environment: { A: '2', B: '1' } });
    expect(changedFields(before, after)).toEqual([
      'environment.A changed',
      'tty added',
      'user removed',
    ]);
  });

  it('survive a label, whatever the names', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string()), (environment) => {
        const fields = fieldHashes({ name: 'a', user: 'u', environment });
        const read = parseFieldHashes(formatFieldHashes(fields));
        expect(read === undefined ? undefined : changedFields(fields, read)).toEqual([]);
      }),
    );
  });

  it('are not read out of anything else', () => {
    for (const label of [undefined, '', 'nonsense', 'a=XYZ', 'a=1a2b,']) {
      expect(parseFieldHashes(label)).toBeUndefined();
    }
  });
});
