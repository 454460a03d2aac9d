// Finds the real registries and clients that the tests run against, and programs of the system that Node has no call for.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { TestRunner } from 'vitest';

export type Program =
  | 'docker-registry'
  | 'registry'
  | 'skopeo'
  | 'helm'
  | 'crane'
  | 'umoci'
  | 'openssl'
  | 'chromium'
  | 'node22'
  | 'node24'
  | 'zstd'
  | 'bash'
  | 'mkfifo';

/** Full path of a program on PATH or in the cache that set-up fills; null when it is not installed. */
export function findProgram(name: Program): string | null {
  const cache = join(homedir(), '.cache', 'archbridge-ci', 'bin');
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), cache];
  for (const folder of folders) {
    const path = join(folder, name);
    if (folder !== '' && existsSync(path)) return path;
  }
  return null;
}

/**
 * The path of a program without which a test cannot run. Where it is not installed, the test that asks is left out. With `CI=true`, and
 * in hooks, it throws; build/test.mjs counts suites whose hook threw only this as left out.
 */
export function requireProgram(name: Program): string {
  const path = findProgram(name);
  if (path !== null) return path;
  if (process.env['CI'] !== 'true') TestRunner.getCurrentTest()?.context.skip(`${name} is not installed`);
  throw new Error(`${name} is not installed: run .ci/run once, or put it on PATH`);
}
