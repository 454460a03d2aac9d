// How the end-to-end suite of the app runs: the same specs in a browser against `archbridge serve`, and in Electron where there is one.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import type { HostOptions } from './app-under-test.js';

export default defineConfig<object, HostOptions>({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: join(tmpdir(), 'archbridge-app-e2e'),
  fullyParallel: true,
  // each test has a browser, an app and often a registry
  workers: 2,
  forbidOnly: true,
  // real programs on machines that do other things, too
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: 'line',
  projects: [
    { name: 'web', use: { host: 'web' } },
    // what only a browser has: tabs, the folder list in place of a dialog of the system
    { name: 'desktop', use: { host: 'desktop' }, grepInvert: /@web/ },
  ],
});
