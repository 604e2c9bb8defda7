// Makes dist/: main.cjs, which answers what is cheap and loads tcompose.cjs, the program in one file, with the
// cache of what V8 compiled of it (scripts/warm-up.ts).
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
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
    charset: 'ascii',
    legalComments: 'none',
    logLevel: 'warning',
    define: { 'import.meta.dirname': '__dirname', 'import.meta.filename': '__filename' },
  };
  await build({ ...common, entryPoints: ['src/main.ts'], outfile: 'dist/main.cjs' });
  await build({ ...common, entryPoints: ['src/process.ts'], outfile: 'dist/tcompose.cjs' });
  execFileSync(process.execPath, ['scripts/warm-up.ts'], { cwd: root, stdio: 'inherit' });
}

await buildBundle();
