import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = new URL('../', import.meta.url);
const schemaFile = new URL('schemas/compose.json', root);
const validatorFile = new URL('src/compose/schema-validator.generated.js', root);
const inputs = [schemaFile, new URL(import.meta.url)];

/** For JSON.parse: drops what explains the schema to readers and editors but validates nothing. */
function withoutNotes(key, value) {
  const notes = typeof value === 'string' && (key === 'description' || key === 'title');
  return notes ? undefined : value;
}

/**
 * Source text of the validator for `schemas/compose.json`: one ES module without imports, so that
 * start-up pays neither for ajv nor for compiling the schema.
 */
export async function compileSchema() {
  const [{ Ajv2020 }, { default: standaloneCode }, { build }] = await Promise.all([
    import('ajv/dist/2020.js'),
    import('ajv/dist/standalone/index.js'),
    import('esbuild'),
  ]);
  const ajv = new Ajv2020({
    allErrors: true,
    messages: false,
    inlineRefs: false,
    strictTypes: false,
    code: { source: true, esm: true, lines: false, optimize: 2 },
  });
  const schema = JSON.parse(await readFile(schemaFile, 'utf8'), withoutNotes);
  const validator = standaloneCode.default(ajv, ajv.compile(schema));
  // As text: only who explains a fault reads it.
  const source = `export const schemaText = ${JSON.stringify(JSON.stringify(schema))};`;
  const bundled = await build({
    stdin: { contents: `${validator}\n${source}`, resolveDir: fileURLToPath(root) },
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    minify: true,
    write: false,
    legalComments: 'none',
  });
  return bundled.outputFiles[0].text;
}

/** Writes the validator where it is missing or older than the schema. */
export async function buildSchema() {
  const built = await stat(validatorFile).catch(() => undefined);
  const changed = await Promise.all(inputs.map(async (file) => (await stat(file)).mtimeMs));
  if (built !== undefined && built.mtimeMs > Math.max(...changed)) return;
  // Renamed into place: several test runs may build at once.
  const draft = new URL(`${validatorFile.href}.${process.pid}`);
  await writeFile(draft, await compileSchema());
  await rename(draft, validatorFile);
}

/** For vitest, which calls it once before any test. */
export default buildSchema;

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildSchema();
}
