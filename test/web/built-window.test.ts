// `archbridge serve` right after only the command line was used: a checkout builds its window then, and only then.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildMissingWindow } from '../../web/built-window.js';
import { scratchFolders } from '../support/scratch.js';

const never = { signal: new AbortController().signal };
const scratch = scratchFolders();

/** A checkout whose build notes that it ran and writes a page. */
function checkout(script: string): { readonly root: string; readonly page: string } {
  const root = scratch();
  mkdirSync(join(root, 'build'));
  writeFileSync(join(root, 'build', 'build.mjs'), script);
  return { root, page: join(root, 'dist', 'renderer') };
}

const BUILDING = `
  import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
  appendFileSync('built', process.argv.slice(2).join(' '));
  mkdirSync('dist/renderer', { recursive: true });
  writeFileSync('dist/renderer/index.html', '');`;

describe('a window that was not built', () => {
  it('is built in a checkout, without the rest of dist, and once', async () => {
    const { root, page } = checkout(BUILDING);
    await buildMissingWindow(root, page, never);
    expect(existsSync(join(page, 'index.html'))).toBe(true);
    await buildMissingWindow(root, page, never);
    expect(readFileSync(join(root, 'built'), 'utf8')).toBe('--window');
  });

  it('stays missing where its build fails, is cancelled, or where there are no sources', async () => {
    const failing = checkout('process.exit(2);');
    await buildMissingWindow(failing.root, failing.page, never);
    const endless = checkout('setInterval(() => undefined, 1000);');
    await buildMissingWindow(endless.root, endless.page, { signal: AbortSignal.abort() });
    const installed = scratch();
    await buildMissingWindow(installed, join(installed, 'dist'), never);
    expect([failing.page, endless.page, join(installed, 'dist')].filter((page) => existsSync(page))).toEqual(
      [],
    );
  });
});
