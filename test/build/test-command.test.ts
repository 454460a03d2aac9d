// `npm test` itself, in a project with two source files: its counts, its last line, when it fails.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/source-tree.js';

const COPIED = [
  'build',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'eslint.config.js',
  '.prettierrc.json',
  '.prettierignore',
  'vitest.config.ts',
  'test/support/process-list.ts',
  // the thread's file lies beside the bundled command line
  'core/package/bytes/gunzip-thread.mjs',
];
const PASSING = `import { expect, it } from 'vitest';\n\nit('adds', () => {\n  expect(1 + 1).toBe(2);\n});\n`;
const FAILING = PASSING.replace('toBe(2)', 'toBe(3)');
let root = '';

/** The lockfile is the same, so the installed packages can be used. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'archbridge-npm-test-'));
  for (const name of COPIED) cpSync(join(PROJECT_ROOT, name), join(root, name), { recursive: true });
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(root, 'node_modules'));
  write('package.json', `{\n  "type": "module"\n}\n`);
  write('core/answer.ts', `// The answer.\nexport const answer = 42;\n`);
  write('cli/main.ts', `// The command.\nexport const command = 'archbridge';\n`);
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Exit code, what was printed, and its last line. */
function npmTest(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  // The inner test runner must not inherit settings of the outer one.
  const outer = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|CI$|NODE_ENV$|ARCHBRIDGE_)/.test(name),
  );
  const env = { ...Object.fromEntries(outer), NO_COLOR: '1', ...environment };
  const { status, stdout } = spawnSync(process.execPath, [join(root, 'build/test.mjs'), ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, last: stdout.trimEnd().split('\n').at(-1) };
}

describe('npm test', { timeout: 120_000 }, () => {
  it('counts types, lint, format and each test', () => {
    write('test/one.test.ts', PASSING);
    expect(npmTest([])).toMatchObject({ status: 0, last: '4 passed, 0 failed' });
  });

  it('fails for each check by itself', () => {
    write('test/one.test.ts', PASSING);
    write('core/wrong.ts', `// Wrong in three ways.\nconsole.log( 'x' as number);\n`);
    const { status, stdout, last } = npmTest([]);
    // Sources that do not compile are not tested.
    expect({ status, last }).toEqual({ status: 1, last: '0 passed, 1 failed' });
    expect(stdout).toContain('error TS2352');
    write('core/wrong.ts', `// Wrong in two ways.\nconsole.log( 'x');\n`);
    const second = npmTest([]);
    expect(second).toMatchObject({ status: 1, last: '2 passed, 2 failed' });
    expect(second.stdout).toContain('no-console');
  });

  it('leaves out suites for want of a program, which fails in CI; another reason always fails', () => {
    const suite = (reason: string): string =>
      `import { beforeAll, expect, it } from 'vitest';\n\nbeforeAll(() => {\n  throw new Error(\n    '${reason}',\n  );\n});\nit('adds', () => {\n  expect(1 + 1).toBe(2);\n});\n`;
    write('test/one.test.ts', PASSING);
    write('test/two.test.ts', suite('registry is not installed: run .ci/run once, or put it on PATH'));
    const left = npmTest(['test/']);
    expect(left).toMatchObject({ status: 0, last: '1 passed, 0 failed' });
    expect(left.stdout).toContain('LEFT OUT: suites of 1 files');
    expect(npmTest(['test/'], { CI: 'true' }).status).toBe(1);
    write('test/two.test.ts', suite('the registry has ended'));
    expect(npmTest(['test/'])).toMatchObject({ status: 1, last: '1 passed, 1 failed' });
  });

  it('counts a failed test, and a test file that cannot be loaded', () => {
    write('test/one.test.ts', PASSING);
    write('test/two.test.ts', FAILING);
    write('test/three.test.ts', `import './absent.js';\n${PASSING}`);
    expect(npmTest(['test/'])).toMatchObject({ status: 1, last: '1 passed, 2 failed' });
  });

  it('passes a filter on, and fails when no test ran', () => {
    write('test/one.test.ts', PASSING);
    write('test/two.test.ts', FAILING);
    expect(npmTest(['one'])).toMatchObject({ status: 0, last: '1 passed, 0 failed' });
    expect(npmTest(['absent'])).toMatchObject({ status: 1, last: '0 passed, 1 failed' });
  });

  it('runs the long tests only when asked', () => {
    write('test/one.test.ts', PASSING);
    write('test/long/big.test.ts', FAILING);
    expect(npmTest(['test/'])).toMatchObject({ status: 0, last: '1 passed, 0 failed' });
    expect(npmTest(['--long'])).toMatchObject({ status: 1, last: '0 passed, 1 failed' });
  });

  it('names missing programs, and fails for each of them in CI', () => {
    write('test/one.test.ts', PASSING);
    const bare = { PATH: root, HOME: root, XDG_CACHE_HOME: root };
    const local = npmTest(['one'], bare);
    expect(local).toMatchObject({ status: 0, last: '1 passed, 0 failed' });
    expect(local.stdout).toContain('MISSING: skopeo');
    expect(npmTest(['one'], { ...bare, CI: 'true' })).toMatchObject({
      status: 1,
      last: '1 passed, 11 failed',
    });
  });
});
