import { expect, test } from 'vitest';

import { parseChallenge } from '../../../src/remote/registry/challenge.ts';

test.each([
  ['Basic realm="x"', { scheme: 'basic', parameters: { realm: 'x' } }],
  ['BASIC', { scheme: 'basic', parameters: {} }],
  [
    'Bearer realm="https://auth/token",service="r.io",scope="repository:a/b:pull,push"',
    {
      scheme: 'bearer',
      parameters: {
        realm: 'https://auth/token',
        service: 'r.io',
        scope: 'repository:a/b:pull,push',
      },
    },
  ],
  [
    'bearer realm=https://auth/token , Service="a \\"b\\""',
    {
      scheme: 'bearer',
      parameters: { realm: 'https://auth/token', service: 'a "b"' },
    },
  ],
  [
    'Basic realm="x", Bearer realm="https://auth"',
    { scheme: 'bearer', parameters: { realm: 'https://auth' } },
  ],
  ['Negotiate', undefined],
  ['', undefined],
])('%s', (header, expected) => {
  expect(parseChallenge(header)).toEqual(expected);
});
