// Makes dist/: main.cjs, which answers what is cheap and loads tcompose.cjs, the program in one file, with the
// cache of what V8 compiled of it (scripts/warm-up.ts); parts/, what few commands need (modules named *.part.ts);
// docker.cjs, the same for names that docker knows; metadata/.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants } from 'node:zlib';
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
  ]) {
    await build({ ...common, entryPoints: [`src/${entry}.ts`], outfile: `dist/${outfile}.cjs` });
  }
  const parts = new Set();
  await build({
    ...common,
    entryPoints: ['src/process.ts'],
    outfile: 'dist/tcompose.cjs',
    // So that an import that waits becomes a call of the given `require`.
    supported: { 'dynamic-import': false },
    plugins: [leaveOut(parts)],
  });
  for (const path of parts) {
    await build({
      ...common,
      entryPoints: [path],
      outfile: `dist/parts/${partName(path)}.cjs`,
      plugins: [withoutUnused],
    });
  }
  execFileSync(process.execPath, ['scripts/warm-up.ts'], { cwd: root, stdio: 'inherit' });
  await writeMetadata();
}

/**
 * What ssh2 loads and nothing here uses: its server and HTTP agents, which would load Node's TLS and HTTPS; native
 * additions, which it does without; and Node's zlib, unless a connection is compressed.
 */
const withoutUnused = {
  name: 'without-unused',
  setup: ({ onLoad, onResolve }) => {
    const nothing = 'module.exports = {};';
    onLoad({ filter: /\/ssh2\/lib\/(http-agents|server)\.js$/ }, () => ({ contents: nothing }));
    onResolve({ filter: /^cpu-features$|\.node$/ }, ({ path }) => ({ path, namespace: 'native' }));
    onLoad({ filter: /./, namespace: 'native' }, () => ({ contents: 'throw Error("not built");' }));
    onLoad({ filter: /\/ssh2\/lib\/protocol\/zlib\.js$/ }, ({ path }) => ({
      contents: withLateZlib(readFileSync(path, 'utf8')),
    }));
  },
};

/** ssh2's zlib.js, which loads Node's when something is to be compressed, not when it is loaded itself. */
function withLateZlib(source) {
  const [head, names] =
    /const \{\s*createInflate,\s*constants: \{([^}]*)\}\s*\} = require\('zlib'\);/.exec(source);
  const handle = 'const ZlibHandle = createInflate()._handle.constructor;';
  const start = 'class Zlib {\n  constructor(mode) {\n';
  const late = "    ZlibHandle ??= require('zlib').createInflate()._handle.constructor;\n";
  if (![handle, start].every((text) => source.includes(text))) throw new Error('ssh2 has changed');
  const values = names.match(/\w+/g).map((name) => `${name} = ${constants[name]}`);
  return source
    .replace(head, `const ${values.join(', ')};`)
    .replace(handle, 'let ZlibHandle;')
    .replace(start, `${start}${late}`);
}

const partName = (path) => basename(path, '.part.ts');

/** Leaves modules named `*.part.ts` out of the bundle, as files that are loaded on their own. */
function leaveOut(parts) {
  return {
    name: 'parts',
    setup: ({ onResolve }) => {
      onResolve({ filter: /\.part\.ts$/ }, ({ path, resolveDir }) => {
        const file = join(resolveDir, path);
        parts.add(file);
        return { path: `./parts/${partName(file)}.cjs`, external: true };
      });
    },
  };
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
