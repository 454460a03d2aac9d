// Which tests run, how long one may take, and which files get modules of their own.
import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';

const long = process.env['ARCHBRIDGE_LONG_TESTS'] === '1';
const limit = long ? 30 * 60_000 : 60_000;

/**
 * Tests of modules that keep state for a whole process (stores of the window, hosts), and tests that replace modules or what a process has
 * one of. Each such file loads its modules anew, which takes a second or two of processor time where it loads the engine or a host.
 */
const OWN_MODULES = [
  'test/renderer/{*-store,arriving-rows,folder-list,latest-survey,open-plan,outdated}.test.ts',
  'test/electron/**/*.test.ts',
  'test/web/built-window.test.ts',
  'test/web/client/**/*.test.ts',
  'test/app/drives.test.ts',
  'test/cli/serve.test.ts',
  'test/build/**/*.test.ts',
  'test/engine/carry-out/standstill.test.ts',
  'test/flow/rate-limit.test.ts',
  'test/journal/durable-journal.test.ts',
];

/** Tests that do the same in each version of distribution: in one of them here, in both as part of the long tests. */
const IN_EACH_VERSION = [
  'test/e2e/compare-seed.test.ts',
  'test/e2e/plan-equals-import.test.ts',
  'test/e2e/undo-registry.test.ts',
  'test/report/audit/audit-registry.test.ts',
  'test/report/verify/verify-registry.test.ts',
];
/** Tests that repeat what another test shows, in the other language or at length. */
const LONG_ONLY = ['test/docs/upgrade-zh.test.ts', 'test/build/app-suite.test.ts'];

const every = {
  // most of the time is spent waiting for real registries and programs, so more files run at a time than there are cores
  maxWorkers: availableParallelism() + 1,
  // slow machines need this long
  testTimeout: limit,
  hookTimeout: limit,
  expect: { poll: { timeout: 30_000 } },
};

/** Looks for secrets in the arguments of processes. */
const globalSetup = ['test/support/process-list.ts'];

export default defineConfig({
  test: long
    ? {
        ...every,
        globalSetup,
        include: ['test/long/**/*.test.ts', ...IN_EACH_VERSION, ...LONG_ONLY],
        maxWorkers: Math.max(2, availableParallelism() - 1),
      }
    : {
        maxWorkers: every.maxWorkers,
        globalSetup,
        projects: [
          {
            test: {
              ...every,
              name: 'engine',
              include: ['test/**/*.test.ts'],
              exclude: [...configDefaults.exclude, 'test/long/**', ...LONG_ONLY, ...OWN_MODULES],
              // loading and compiling the engine for each file took a sixth of the processor time
              isolate: false,
            },
          },
          {
            test: {
              ...every,
              name: 'hosts',
              include: OWN_MODULES,
              exclude: [...configDefaults.exclude, ...LONG_ONLY],
            },
          },
        ],
      },
});
