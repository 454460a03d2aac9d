// The installed app in a real browser on a computer without network: loopback only, an ordinary user, an empty home, system folders that
// cannot be written.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { findProgram } from '../support/programs.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};
/** Any number that no account has. */
const ORDINARY = '23456';
const SETTING = `
set -e
ip link set lo up
for folder in usr etc opt var; do mount --bind /$folder /$folder; mount -o remount,bind,ro /$folder; done
exec setpriv --reuid ${ORDINARY} --regid ${ORDINARY} --clear-groups env -i "$@"`;

const work = mkdtempSync(join(tmpdir(), 'archbridge-offline-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const chromium = findProgram('chromium');
const isAble =
  process.getuid?.() === 0 &&
  chromium !== null &&
  spawnSync('unshare', ['-mn', 'sh', '-c', SETTING, 'sh', 'true']).status === 0;
if (!isAble)
  console.warn('LEFT OUT: the installed app without network (needs root, unshare, ip, setpriv and chromium)');

it.runIf(isAble)('is installed, used in a browser, and leaves nothing when it is removed', () => {
  const out = join(work, 'packages');
  const args = ['build/package.mjs', '--without-node', '--out', out];
  execFileSync(process.execPath, args, { cwd: PROJECT_ROOT, stdio: 'pipe' });
  execFileSync('tar', ['-xzf', join(out, `archbridge-${version}.tar.gz`), '-C', work]);
  const folders = ['home', 'browser'].map((name) => join(work, name));
  for (const folder of folders) mkdirSync(folder);
  execFileSync('chown', ['-R', `${ORDINARY}:${ORDINARY}`, ...folders]);
  chmodSync(work, 0o755);
  const [home = '', browser = ''] = folders;
  writeFileSync(join(work, 'visit.mjs'), VISIT);
  const playwright = pathToFileURL(join(PROJECT_ROOT, 'node_modules/playwright-core/index.mjs')).href;
  const script = `
    touch /usr/archbridge 2>/dev/null && echo WRITABLE
    sh ${join(work, `archbridge-${version}`)}/install.sh &&
    node ${join(work, 'visit.mjs')} ${playwright} ${chromium ?? ''} ${browser} &&
    rm -r "$HOME/archbridge-store" &&
    sh "$HOME/.local/lib/archbridge/install.sh" --uninstall --purge`;
  const environment = [`HOME=${home}`, 'PATH=/usr/bin:/bin', 'LANG=C.UTF-8'];
  const { stdout, stderr, status } = spawnSync(
    'unshare',
    ['-mn', 'sh', '-c', SETTING, 'sh', ...environment, 'sh', '-c', script],
    { encoding: 'utf8', cwd: home },
  );
  expect(status, stderr).toBe(0);
  expect(stdout).not.toContain('WRITABLE');
  expect(stdout).toContain(`Archbridge ${version} is installed`);
  expect(stdout).toContain('imported; other hosts asked: 0');
  expect(readdirSync(home)).toEqual([]);
});

/** Opens the app as a person would, imports the examples with three clicks and closes it. */
const VISIT = `
import { spawn } from 'node:child_process';
import { once } from 'node:events';
const [playwright, executablePath, home] = process.argv.slice(2);
const { chromium } = await import(playwright);
const served = spawn(process.env.HOME + '/.local/bin/archbridge', ['serve', '--no-open'], { stdio: ['ignore', 'pipe', 'inherit'] });
const url = await new Promise((resolve) => {
  let printed = '';
  served.stdout.on('data', (text) => {
    printed += text;
    const found = /http:\\/\\/127\\.0\\.0\\.1:\\d+\\/\\?token=[\\w-]+/.exec(printed)?.[0];
    if (found) resolve(found);
  });
});
const browser = await chromium.launch({ executablePath, env: { HOME: home, PATH: process.env.PATH }, args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage({ locale: 'en-GB' });
const others = [];
page.on('request', (request) => { if (!request.url().startsWith('http://127.0.0.1:')) others.push(request.url()); });
await page.goto(url);
await page.getByRole('button', { name: 'Choose the examples' }).click();
await page.getByRole('button', { name: 'Import now' }).click();
await page.getByRole('dialog').getByRole('button', { name: 'Import now' }).click();
await page.getByText('Save report').waitFor({ timeout: 120_000 });
console.log('imported; other hosts asked:', others.length);
await browser.close();
served.kill('SIGINT');
await once(served, 'exit');
`;
