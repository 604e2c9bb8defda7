import { expect, test } from 'vitest';

import { nearest } from '../../../src/foundation/nearest.ts';

const known = ['image', 'build', 'environment', 'env_file', 'ports', 'TAG'];

test.each([
  ['imgae', 'image'],
  ['enviroment', 'environment'],
  ['port', 'ports'],
  ['Ports', 'ports'],
  ['tag', 'TAG'],
  ['zzz', undefined],
  ['', undefined],
  ['image', undefined],
])('near %s is %s', (word, expected) => {
  expect(nearest(word, known)).toBe(expected);
});
