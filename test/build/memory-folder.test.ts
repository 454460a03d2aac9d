// Where `npm test` puts its temporary files.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/source-tree.js';

let place = '';
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'archbridge-memory-'));
});
afterAll(() => {
  rmSync(place, { recursive: true, force: true });
});

/** What the function gives for an environment and a folder in the place of the file system in memory. */
function chosen(env: Record<string, string>, memory: string): string | null {
  const script = `
    const { memoryFolder } = await import(${JSON.stringify(join(PROJECT_ROOT, 'build/memory-folder.mjs'))});
    const { existsSync } = await import('node:fs');
    const folder = memoryFolder(${JSON.stringify(env)}, ${JSON.stringify(memory)});
    console.log(JSON.stringify({ folder, exists: folder !== null && existsSync(folder) }));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  const { folder, exists } = JSON.parse(stdout) as { folder: string | null; exists: boolean };
  expect(exists).toBe(folder !== null);
  return folder;
}

describe('the folder in memory', () => {
  it.skipIf(freemem() < 7 * 2 ** 30)('is there during the run, and is removed at its end', () => {
    const folder = chosen({}, place);
    expect(folder?.startsWith(place)).toBe(true);
    expect(existsSync(folder ?? '')).toBe(false);
  });

  it('is not used where the user has chosen a place, or where there is none', () => {
    expect(chosen({ TMPDIR: tmpdir() }, place)).toBeNull();
    expect(chosen({}, join(place, 'missing'))).toBeNull();
  });
});
