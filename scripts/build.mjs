// Makes dist/: main.cjs, which answers what is cheap and loads tcompose.cjs, the program in one file, with the
// cache of what V8 compiled of it (scripts/warm-up.ts); docker.cjs, the same for names that docker knows; metadata/.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

async function buildBundle() {
  if (existsSync(join(root, 'scripts/build-schema.mjs'))) {
    const { buildSchema } = await import('./build-schema.mjs');
    await buildSchema();
  }
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const common = {
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // A script that comes from a cache can require Node's modules, but not import() them.
    supported: { 'dynamic-import': false },
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  };
  for (const [entry, outfile] of [
    ['main', 'main'],
    ['docker', 'docker'],
    ['binary', 'binary'],
    ['process', 'tcompose'],
  ]) {
    await build({ ...common, entryPoints: [`src/${entry}.ts`], outfile: `dist/${outfile}.cjs` });
  }
  execFileSync(process.execPath, ['scripts/warm-up.ts'], { cwd: root, stdio: 'inherit' });
  await writeMetadata();
}

/** What bin/tcompose answers docker without starting Node. */
async function writeMetadata() {
  const { PLUGIN_NAMES, pluginMetadata } = await import('../src/app/identity.ts');
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  mkdirSync(join(root, 'dist/metadata'));
  for (const name of PLUGIN_NAMES) {
    const text = JSON.stringify(pluginMetadata(name, version), undefined, 2);
    writeFileSync(join(root, `dist/metadata/${name}.json`), `${text}\n`);
  }
}

await buildBundle();
