// Which tests run, and how long one may take. The long ones run only when asked for: `npm run test:long`.
import { defineConfig } from 'vitest/config';

const long = process.env['ARCHBRIDGE_LONG_TESTS'] === '1';

export default defineConfig({
  test: {
    include: [long ? 'test/long/**/*.test.ts' : 'test/**/*.test.ts'],
    exclude: long ? [] : ['test/long/**'],
    // real registries and real programs: slow machines need a while
    testTimeout: long ? 30 * 60_000 : 30_000,
    hookTimeout: long ? 30 * 60_000 : 30_000,
  },
});
