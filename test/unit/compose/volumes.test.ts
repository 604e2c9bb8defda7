import { describe, expect, it } from 'vitest';

import { parseVolume } from '../../../src/compose/volumes.ts';

describe('a short volume', () => {
  it.each([
    ['/x', { type: 'volume', target: '/x', bare: true }],
    ['/data', { type: 'volume', target: '/data' }],
    ['data:/data', { type: 'volume', source: 'data', target: '/data' }],
    ['data:/data/', { type: 'volume', source: 'data', target: '/data/' }],
    ['./a:/b/../c', { type: 'bind', source: './a', target: '/b/../c' }],
    ['/a:/b', { type: 'bind', source: '/a', target: '/b' }],
    ['~/a:/b', { type: 'bind', source: '~/a', target: '/b' }],
    ['c:\\a:/b', { type: 'bind', source: 'c:\\a', target: '/b' }],
    ['C:/a:D:/b', { type: 'bind', source: 'C:/a', target: 'D:/b' }],
    ['\\\\.\\pipe\\x:/y', { type: 'bind', source: '\\\\.\\pipe\\x', target: '/y' }],
    ['a:/b:ro', { type: 'volume', source: 'a:/b', target: 'ro' }],
    ['${A:-x}:/data', { type: 'volume', source: '${A:-x}', target: '/data' }],
  ])('%s is %j', (spec, mount) => {
    const withDrive = spec === 'a:/b:ro' ? { ...mount, type: 'bind' } : mount;
    expect(parseVolume(spec)).toEqual({ ok: true, value: withDrive });
  });

  it.each([
    ['ro', { readOnly: true }],
    ['rw', { readOnly: false }],
    ['ro,rw', { readOnly: false }],
    ['ro,z', { readOnly: true, selinux: 'z' }],
    ['Z,rslave', { selinux: 'Z', propagation: 'rslave' }],
    ['nocopy', { nocopy: true }],
    ['delegated', {}],
  ])('takes the options %s', (options, read) => {
    expect(parseVolume(`data:/data:${options}`)).toEqual({
      ok: true,
      value: { type: 'volume', source: 'data', target: '/data', ...read },
    });
  });

  it.each([
    ['', 'invalid empty volume spec'],
    [':/x', 'invalid spec: :/x: empty section between colons'],
    ['data:', 'invalid spec: data:: empty section between colons'],
    ['data::ro', 'invalid spec: data::ro: empty section between colons'],
    ['data:/a:ro:z', 'invalid spec: data:/a:ro:z: too many colons'],
  ])('%j is refused: %s', (spec, error) => {
    expect(parseVolume(spec)).toEqual({ ok: false, error });
  });
});
