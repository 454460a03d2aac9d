// From a fresh clone to a running command, in a project of two source files: install, build, and nothing the second time.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/source-tree.js';

let root = '';

/** A project whose only packages are TypeScript and Vite, taken from folders, so that npm contacts no registry. */
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'archbridge-set-up-')));
  const folders = { typescript: ['bin', 'lib'], vite: ['bin', 'dist'] };
  const dependencies = { typescript: 'file:vendor/typescript', vite: 'file:vendor/vite' };
  const project = { name: 'sample', version: '1.0.0', dependencies };
  write('package.json', JSON.stringify({ ...project, type: 'module' }));
  const packages: Record<string, unknown> = { '': project };
  for (const [name, parts] of Object.entries(folders)) {
    const vendored = { name, version: '1.0.0' };
    const usual = { type: 'module', exports: { '.': './dist/node/index.js' } };
    write(
      `vendor/${name}/package.json`,
      JSON.stringify(name === 'vite' ? { ...vendored, ...usual } : vendored),
    );
    for (const part of parts)
      symlinkSync(
        realpathSync(join(PROJECT_ROOT, 'node_modules', name, part)),
        join(root, 'vendor', name, part),
      );
    packages[`node_modules/${name}`] = { resolved: `vendor/${name}`, link: true };
    packages[`vendor/${name}`] = vendored;
  }
  write('package-lock.json', JSON.stringify({ ...project, lockfileVersion: 3, requires: true, packages }));
  const compilerOptions = {
    target: 'ES2023',
    lib: ['ES2023'],
    skipLibCheck: true,
    module: 'NodeNext',
    types: [],
  };
  write('tsconfig.json', JSON.stringify({ compilerOptions }));
  for (const name of ['build', 'tsconfig.build.json'])
    cpSync(join(PROJECT_ROOT, name), join(root, name), { recursive: true });
  write('core/greeting.ts', `export const greeting: string = 'hello';\n`);
  write('core/package/bytes/gunzip-thread.mjs', ''); // lies beside the bundle
  write(
    'cli/main.ts',
    `import { greeting } from '../core/greeting.js';
     declare const console: { log(...words: string[]): void };
     declare const process: { argv: string[]; cwd(): string; exitCode: number };
     console.log(greeting, process.cwd(), ...process.argv.slice(2));
     process.exitCode = process.argv.includes('--fail') ? 6 : 0;\n`,
  );
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, text: string): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), text);
}

function start(args: readonly string[], cwd = root) {
  const usual = { npm_config_offline: 'true', NODE_ENV: 'production', DISPLAY: '', WAYLAND_DISPLAY: '' };
  const env = { ...process.env, INIT_CWD: cwd, ...usual };
  return spawnSync(process.execPath, [join(root, 'build/start.mjs'), ...args], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
}

describe('npm start', { timeout: 60_000 }, () => {
  it('installs and builds first, and does nothing the second time', () => {
    const first = start(['one', 'two']);
    expect(first.stderr).toContain('Installing packages from the lockfile');
    expect(first.stderr).toContain('Building');
    expect(first.stdout).toBe(`hello ${root} one two\n`);
    const second = start(['one']);
    expect(second).toMatchObject({ status: 0, stdout: `hello ${root} one\n`, stderr: '' });
  });

  it('returns the exit code, and resolves paths against the folder of the person', () => {
    const elsewhere = realpathSync(tmpdir());
    expect(start(['--fail'], elsewhere)).toMatchObject({ status: 6, stdout: `hello ${elsewhere} --fail\n` });
  });

  it('opens the app without arguments: in a browser where there is no display', () => {
    expect(start([])).toMatchObject({ status: 0, stdout: `hello ${root} serve\n` });
  });

  it('builds again what changed, and removes outputs of deleted sources', () => {
    start([]);
    write('core/greeting.ts', `export const greeting: string = 'good day';\n`);
    write('core/extra.ts', 'export const extra = 1;\n');
    expect(start([]).stderr).toContain('Building');
    expect(start(['x']).stdout).toBe(`good day ${root} x\n`);
    expect(existsSync(join(root, 'dist/core/extra.js'))).toBe(true);
    rmSync(join(root, 'core/extra.ts'));
    start([]);
    expect(existsSync(join(root, 'dist/core/extra.js'))).toBe(false);
    expect(existsSync(join(root, 'dist/core/greeting.js'))).toBe(true);
  });

  it('shows compile errors without a stack, and keeps the old build', () => {
    start([]);
    write('core/greeting.ts', 'export const greeting: string = 5;\n');
    const { status, stderr } = start(['x']);
    expect(status).toBe(2);
    expect(stderr).toContain('core/greeting.ts(1,14): error TS2322');
    expect(stderr).not.toContain('at ');
    expect(readFileSync(join(root, 'dist/core/greeting.js'), 'utf8')).toContain("'hello'");
    expect(existsSync(join(root, 'dist.next'))).toBe(false);
  });

  it('repeats an interrupted build or installation', () => {
    start([]);
    rmSync(join(root, 'dist/.sources'));
    expect(start([]).stderr).toContain('Building');
    rmSync(join(root, 'node_modules'), { recursive: true });
    mkdirSync(join(root, 'node_modules'));
    expect(start([]).stderr).toContain('Installing');
  });

  it('accepts an installation made by npm itself', () => {
    start([]);
    rmSync(join(root, 'node_modules/.archbridge-installed'));
    expect(start([]).stderr).toBe('');
    expect(existsSync(join(root, 'node_modules/.archbridge-installed'))).toBe(true);
  });

  it('does not wait for the lock of a process that has ended', () => {
    const ended = spawnSync(process.execPath, ['-e', '0']).pid;
    write('.cache/first-run.lock', String(ended));
    expect(start([])).toMatchObject({ status: 0 });
    expect(existsSync(join(root, '.cache/first-run.lock'))).toBe(false);
  });

  it('says what to do when packages cannot be installed', () => {
    const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
    write('package-lock.json', lock.replaceAll('typescript', 'absent'));
    const { status, stderr } = start([]);
    expect(status).toBe(2);
    expect(stderr).toContain('npm ci ended with');
    expect(stderr).toContain('Is the package registry reachable');
  });

  it('notices a source whose time alone changed', () => {
    start([]);
    utimesSync(join(root, 'core/greeting.ts'), new Date(), new Date(Date.now() + 5000));
    expect(start([]).stderr).toContain('Building');
  });
});
