import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkout } from '../support/debian.ts';

const home = join(checkout, 'test/integration');

it('has a test for every scenario folder, and a folder for every scenario', () => {
  const used = readdirSync(home)
    .filter((file) => file.endsWith('.test.ts'))
    .flatMap((file) => [
      ...readFileSync(join(home, file), 'utf8').matchAll(/\bscenario\(\s*'([^']+)'/g),
    ])
    .map((match) => match[1]);
  const folders = readdirSync(join(home, 'scenarios'));
  expect(new Set(used)).toEqual(new Set(folders));
});
