// `npm run test:e2e` and `test:electron`, in a project with one small suite: their counts, their last line, when they fail.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/source-tree.js';

const COPIED = ['build', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];
const PASSING = `import { expect, test } from '@playwright/test';\n\ntest('adds', () => {\n  expect(1 + 1).toBe(2);\n});\n`;
const FAILING = PASSING.replace('toBe(2)', 'toBe(3)');
let root = '';

/** The lockfile is the same, so the installed packages can be used. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'archbridge-app-suite-'));
  for (const name of COPIED) cpSync(join(PROJECT_ROOT, name), join(root, name), { recursive: true });
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'));
  write('package.json', `{\n  "type": "module"\n}\n`);
  write('core/answer.ts', `// The answer.\nexport const answer = 42;\n`);
  write(
    'test/app-e2e/playwright.config.ts',
    `export default { projects: [{ name: 'web' }, { name: 'desktop' }] };\n`,
  );
  program('bin/chromium');
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function program(path: string): void {
  write(path, '#!/bin/sh\n');
  chmodSync(join(root, path), 0o755);
}

/** Exit code and last line. PATH has only what the project has, and Electron is where `electron` says. */
function run(host: 'web' | 'desktop', electron = join(root, 'nowhere')) {
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'build/test-app.mjs'), host], {
    cwd: root,
    env: { HOME: root, PATH: join(root, 'bin'), DISPLAY: ':99', ELECTRON_OVERRIDE_DIST_PATH: electron },
    encoding: 'utf8',
  });
  return { status, stdout, last: stdout.trimEnd().split('\n').at(-1) };
}

describe('the end-to-end suite', { timeout: 120_000 }, () => {
  it('counts each test, and a file that cannot be loaded', () => {
    write('test/app-e2e/one.spec.ts', PASSING);
    expect(run('web')).toMatchObject({ status: 0, last: '1 passed, 0 failed' });
    write('test/app-e2e/two.spec.ts', FAILING);
    expect(run('web')).toMatchObject({ status: 1, last: '1 passed, 1 failed' });
    write('test/app-e2e/three.spec.ts', `import './absent.js';\n${PASSING}`);
    const broken = run('web');
    expect(broken.status).toBe(1);
    expect(broken.last).toMatch(/, [1-9]\d* failed$/);
  });

  it('says that it needs a browser, and fails', () => {
    write('test/app-e2e/one.spec.ts', PASSING);
    rmSync(join(root, 'bin/chromium'));
    const { status, stdout } = run('web');
    expect(status).toBe(1);
    expect(stdout).toContain('needs chromium');
  });

  it('runs in Electron where there is one, and says where there is none', () => {
    write('test/app-e2e/one.spec.ts', PASSING);
    expect(run('desktop')).toMatchObject({ status: 0, last: '0 passed, 0 failed, not run here' });
    program('electron/electron');
    expect(run('desktop', join(root, 'electron'))).toMatchObject({ status: 0, last: '1 passed, 0 failed' });
  });
});
