import fc from 'fast-check';
import { expect, it } from 'vitest';
import { grouped } from '../../../src/foundation/grouped.ts';

it('does what Map.groupBy does', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (numbers) => {
      const keyOf = (number: number): string => (number % 3 === 0 ? 'third' : 'other');
      expect([...grouped(numbers, keyOf)]).toEqual([...Map.groupBy(numbers, keyOf)]);
    }),
  );
});
