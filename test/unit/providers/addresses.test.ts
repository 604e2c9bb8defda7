import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCidr, parseOpenPort } from '../../../src/providers/addresses.ts';

describe('ports and ranges', () => {
  it.each([
    ['80', { protocol: 'tcp', from: 80, to: 80 }],
    ['53/udp', { protocol: 'udp', from: 53, to: 53 }],
    ['8000-8100', { protocol: 'tcp', from: 8000, to: 8100 }],
  ])('%s is a port', (text, port) => {
    expect(parseOpenPort('--x', text)).toEqual(port);
  });

  it.each(['', '0', '65536', '90-80', '80/sctp', '-1', '80 '])('%j is no port', (text) => {
    expect(() => parseOpenPort('--x', text)).toThrow('--x:');
  });

  it.each([
    ['192.0.2.1', '192.0.2.1/32'],
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
  ])('%s is the range %s', (text, range) => {
    expect(parseCidr('--x', text)).toBe(range);
  });

  it('what a range was read as is read as itself', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, (text) => {
        const range = parseCidr('--x', text);
        expect(parseCidr('--x', range)).toBe(range);
      }),
    );
  });
});
