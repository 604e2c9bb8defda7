import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import { compileSchema } from '../../../scripts/build-schema.mjs';

const root = join(import.meta.dirname, '../../..');

it('the compiled validator is that of the schema as it is now', async () => {
  const built = readFileSync(join(root, 'src/compose/schema-validator.generated.js'), 'utf8');
  expect(built === (await compileSchema())).toBe(true);
});

it('the validator needs no library at run time', async () => {
  expect(await compileSchema()).not.toMatch(/\bimport\b|\brequire\(["'][^a]/);
});
