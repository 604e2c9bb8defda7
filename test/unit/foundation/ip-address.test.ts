import { isIP } from 'node:net';

import * as fc from 'fast-check';
import { expect, it } from 'vitest';

import { ipVersion } from '../../../src/foundation/ip-address.ts';

it.each([
  ['1.2.3.4', 4],
  ['255.255.255.255', 4],
  ['256.1.1.1', undefined],
  ['01.2.3.4', undefined],
  ['1.2.3', undefined],
  ['::', 6],
  ['::1', 6],
  ['1:2:3:4:5:6:7:8', 6],
  ['1:2:3:4:5:6:7::', 6],
  ['1:2:3:4:5:6:7:8:9', undefined],
  ['1::2::3', undefined],
  [':1:2:3:4:5:6:7', undefined],
  ['12345::', undefined],
  ['::ffff:1.2.3.4', 6],
  ['1.2.3.4::', undefined],
  ['fe80::1%eth0', undefined],
  ['', undefined],
])('%s is of version %s', (text, version) => {
  expect(ipVersion(text)).toBe(version);
});

it('agrees with the operating system on what an address is', () => {
  const part = fc.constantFrom('0', '1', 'ff', '1.2.3.4', '10000', 'g', ':', ':');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 17 }), (parts) => {
      const text = parts.join(parts.length % 2 === 0 ? '' : ':');
      expect(ipVersion(text) ?? 0).toBe(isIP(text));
    }),
    { numRuns: 2000 },
  );
});
