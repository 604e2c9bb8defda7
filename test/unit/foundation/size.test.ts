import { expect, test } from 'vitest';

import { parseSize } from '../../../src/foundation/size.ts';

test.each([
  ['0', 0],
  ['-1', -1],
  ['+5', 5],
  ['512', 512],
  ['10b', 10],
  ['1k', 1024],
  ['1 KB', 1024],
  ['1.5MiB', 1.5 * 1024 ** 2],
  ['.5g', 512 * 1024 ** 2],
  ['2T', 2 * 1024 ** 4],
  ['1e3', 1000],
  ['10 ', 10],
])('%s is %d bytes', (text, bytes) => {
  expect(parseSize(text)).toEqual({ ok: true, bytes });
});

test.each([
  ['lots', "invalid size: 'lots'"],
  ['', "invalid size: ''"],
  ['-1k', "invalid size: '-1k'"],
  ['5x', "invalid suffix: 'x'"],
  ['5kbit', "invalid suffix: 'kbit'"],
  ['10ib', "invalid suffix: 'ib'"],
  ['1.2.3', 'strconv.ParseFloat: parsing "1.2.3": invalid syntax'],
])('"%s" is no size', (text, fault) => {
  expect(parseSize(text)).toEqual({ ok: false, fault });
});
