// Which tests run, and how long one may take. The long tests run with `npm run test:long` only.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const long = process.env['ARCHBRIDGE_LONG_TESTS'] === '1';

export default defineConfig({
  test: {
    include: [long ? 'test/long/**/*.test.ts' : 'test/**/*.test.ts'],
    exclude: long ? [] : ['test/long/**'],
    // most of the time is spent waiting for real registries and programs, so two files run at a time also on small machines
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // slow machines need this long
    testTimeout: long ? 30 * 60_000 : 60_000,
    hookTimeout: long ? 30 * 60_000 : 60_000,
  },
});
