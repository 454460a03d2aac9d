// Which tests run, and how long one may take. The long ones run only when asked for: `npm run test:long`.
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const long = process.env['ARCHBRIDGE_LONG_TESTS'] === '1';

export default defineConfig({
  test: {
    include: [long ? 'test/long/**/*.test.ts' : 'test/**/*.test.ts'],
    exclude: long ? [] : ['test/long/**'],
    // most of the time is waiting for real registries and programs: two at a time on small machines, too
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // slow machines need a while
    testTimeout: long ? 30 * 60_000 : 60_000,
    hookTimeout: long ? 30 * 60_000 : 60_000,
  },
});
