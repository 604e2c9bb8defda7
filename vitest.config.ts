import { defineConfig } from 'vitest/config';

if (Number(process.versions.node.split('.')[0]) < 24) {
  throw new Error(
    `tests need Node 24, this is ${process.version}: run them with "npm run", which puts the project's own Node first in PATH`,
  );
}

export default defineConfig({
  test: {
    reporters: ['default'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          setupFiles: ['test/support/property-seed.ts'],
          // The first use of a lazily loaded command compiles a large part of the program.
          testTimeout: 60_000,
          globalSetup: ['scripts/build-schema.mjs'],
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          exclude: ['test/integration/machines/**'],
          globalSetup: ['scripts/build-schema.mjs', 'test/support/global-setup.ts'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
      {
        // Machines: hosts, clouds and engines are started by the tests that need them.
        test: {
          name: 'machines',
          include: ['test/integration/machines/**/*.test.ts'],
          globalSetup: ['scripts/build-schema.mjs'],
          testTimeout: 300_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
