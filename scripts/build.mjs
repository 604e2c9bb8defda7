// Bundles src/main.ts into dist/: ES modules, split so that a command loads only what it uses.
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * dockerode pulls in gRPC (only for BuildKit sessions, which buildx does for us) and ssh2 (machines
 * bring their own connection): 660 kB that would be parsed at every start.
 */
const unusedByUs = {
  name: 'unused-by-us',
  setup(bundle) {
    bundle.onResolve(
      { filter: /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|ssh2)$/ },
      (args) =>
        /docker(ode|-modem)/.test(args.importer)
          ? { path: args.path, namespace: 'unused' }
          : undefined,
    );
    bundle.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: 'module.exports = {};',
      loader: 'js',
    }));
  },
};

/**
 * Node's own modules are required, not imported: an import reads every export once, which for
 * node:http alone loads undici, HTTP/2 and worker threads (25 ms at every start).
 */
const requireBuiltins = {
  name: 'require-builtins',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:/ }, (args) => {
      if (args.namespace === 'builtin') return { path: args.path, external: true };
      return args.kind === 'import-statement'
        ? { path: args.path, namespace: 'builtin', sideEffects: false }
        : undefined;
    });
    bundle.onLoad({ filter: /.*/, namespace: 'builtin' }, (args) => ({
      contents: `module.exports = require(${JSON.stringify(args.path)});`,
      loader: 'js',
    }));
  },
};

async function buildBundle() {
  if (existsSync(join(root, 'scripts/build-schema.mjs'))) {
    const { buildSchema } = await import('./build-schema.mjs');
    await buildSchema();
  }
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outdir: 'dist',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [unusedByUs, requireBuiltins],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
}

await buildBundle();
