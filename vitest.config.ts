import { defineConfig } from 'vitest/config';

const shared = {
  resolve: { tsconfigPaths: true, conditions: ['react-server'] },
  ssr: { resolve: { conditions: ['react-server', 'node'] } },
};

const properties = { setupFiles: 'tests/support/property-seed.ts' };

const database = {
  ...properties,
  globalSetup: 'tests/support/global-setup.ts',
  testTimeout: 60_000,
  hookTimeout: 120_000,
  maxWorkers: 2,
};

/**
 * Unit tests are pure and run in parallel. Everything that needs the embedded database starts its own
 * stack per file, so those files run a few at a time on small machines.
 */
export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          ...properties,
          name: 'unit',
          include: ['tests/unit/**/*.test.ts', 'tests/*.test.ts'],
          // Pure: nothing that one file leaves behind can reach another, and modules are loaded once.
          isolate: false,
          // Properties try thousands of inputs, which takes a machine that is busy with other things its time.
          testTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          ...properties,
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
          // Each file has servers of its own; the providers' SDKs are large and loaded once.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          ...database,
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          exclude: ['tests/integration/*-routes.test.ts'],
          // What a file needs is passed to what it tests, so modules are loaded once.
          isolate: false,
        },
      },
      {
        ...shared,
        test: {
          ...database,
          // Routes read the environment of their process, once.
          name: 'integration-routes',
          include: ['tests/integration/*-routes.test.ts'],
        },
      },
      {
        ...shared,
        test: {
          ...properties,
          name: 'api',
          globalSetup: 'tests/support/app-setup.ts',
          include: ['tests/api/**/*.test.ts'],
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // All files speak to one and the same running app.
          fileParallelism: false,
        },
      },
    ],
  },
});
