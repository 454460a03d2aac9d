// Settings of the app's end-to-end suite: the same specs in a browser against `archbridge serve`, and in Electron where there is
// one.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import type { HostOptions } from './app-under-test.js';

/** Pictures are made on request only. */
const MEASURES = ['pictures.spec.ts', 'budgets.spec.ts'];

export default defineConfig<object, HostOptions>({
  testDir: '.',
  outputDir: join(tmpdir(), 'archbridge-app-e2e'),
  fullyParallel: true,
  // Each test starts a browser, an app and often a registry.
  workers: 2,
  forbidOnly: true,
  // Long enough for real programs on machines that are busy with other work.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  reporter: 'line',
  projects: [
    { name: 'web', use: { host: 'web' }, testMatch: '*.spec.ts', testIgnore: MEASURES, grepInvert: /@long/ },
    // What takes minutes, as part of the long tests.
    { name: 'long', use: { host: 'web' }, testMatch: '*.spec.ts', testIgnore: MEASURES, grep: /@long/ },
    // Only a browser has tabs, and the folder list in place of the system's dialog.
    {
      name: 'desktop',
      use: { host: 'desktop' },
      testMatch: '*.spec.ts',
      testIgnore: MEASURES,
      grepInvert: /@web|@long/,
    },
    { name: 'pictures', use: { host: 'web' }, testMatch: 'pictures.spec.ts' },
    { name: 'budgets', use: { host: 'web' }, testMatch: 'budgets.spec.ts', workers: 1 },
  ],
});
