// `archbridge serve` in a checkout where only `npm start -- import ...` ran: dist holds the command line and no window yet.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { scratchFolders } from '../support/scratch.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const scratch = scratchFolders();

/** The checkout as it is after `npm start -- import`: sources, packages, and dist without the window. */
function checkoutWithoutWindow(): string {
  const root = scratch();
  const folders = ['build', 'core', 'cli', 'docs', 'web', 'electron', 'renderer'];
  for (const name of [...folders, 'package.json', 'package-lock.json', 'tsconfig.json'])
    cpSync(join(PROJECT_ROOT, name), join(root, name), { recursive: true });
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'));
  const isWindow = /[\\/]dist[\\/](?:renderer|electron[\\/]preload\.cjs|\.window)/;
  cpSync(join(PROJECT_ROOT, 'dist'), join(root, 'dist'), {
    recursive: true,
    filter: (source) => !isWindow.test(source),
  });
  return root;
}

it('builds the window, then serves it', { timeout: 180_000 }, async () => {
  const root = checkoutWithoutWindow();
  expect(existsSync(join(root, 'dist', 'renderer'))).toBe(false);
  const args = [join(root, 'dist/cli/main.js'), 'serve', '--no-open', '--state-dir', join(root, 'state')];
  const child = spawn(process.execPath, args, { cwd: root, env: { PATH: process.env['PATH'], HOME: root } });
  onTestFinished(() => void child.kill('SIGKILL'));
  let [printed, told] = ['', ''];
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const ended = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(printed)?.[0];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`serve ended: ${printed}${told}`)));
  });
  expect(told).toContain('Building the window');
  const entry = await fetch(url, { redirect: 'manual' });
  const cookie = (entry.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  await entry.body?.cancel();
  const page = await fetch(new URL('/', url), { headers: { cookie } });
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<script type="module"');
  child.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});
