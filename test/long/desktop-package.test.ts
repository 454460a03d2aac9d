// The whole of `npm run package` with a stand-in for Electron: the desktop app's folder, deb and rpm, and the same bytes each time.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FuseState } from '@electron/fuses/dist/constants.js';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { electronFolder } from '../support/electron-folder.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};
const PLATFORM = `archbridge-${version}-${process.platform}-${process.arch}`;
const work = mkdtempSync(join(tmpdir(), 'archbridge-desktop-'));
const desktop = join(work, PLATFORM, 'program/desktop');
afterAll(() => rmSync(work, { recursive: true, force: true }));

function pack(out: string, env: NodeJS.ProcessEnv, checkout = PROJECT_ROOT): string {
  const args = ['build/package.mjs', '--without-node', '--electron', join(work, 'electron'), '--out', out];
  return execFileSync(process.execPath, args, {
    cwd: checkout,
    env: { ...process.env, XDG_CACHE_HOME: work, ELECTRON_BUILDER_CACHE: work, ...env },
    encoding: 'utf8',
    stdio: 'pipe',
  });
}

let told = '';
beforeAll(() => {
  electronFolder(join(work, 'electron'));
  told = pack(join(work, 'first'), {});
  execFileSync('tar', ['-xzf', join(work, 'first', `${PLATFORM}.tar.gz`), '-C', work]);
});

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

/** Unpacks the app's archive with electron's own tool. */
function unpackedApp(): string {
  const folder = join(work, 'app');
  const asar = join(PROJECT_ROOT, 'node_modules/.bin/asar');
  if (!existsSync(folder)) execFileSync(asar, ['extract', join(desktop, 'resources/app.asar'), folder]);
  return folder;
}

/** A copy of this checkout in another folder, where nothing is built yet. */
function copyOfCheckout(): string {
  const copy = join(work, 'another folder', 'checkout');
  const parts = execFileSync('git', ['ls-files', '-z'], { cwd: PROJECT_ROOT, encoding: 'utf8' }).split('\0');
  for (const path of parts.filter((one) => existsSync(join(PROJECT_ROOT, one)) && one !== ''))
    cpSync(join(PROJECT_ROOT, path), join(copy, path));
  symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

it('another checkout, time zone, umask and folder for temporary files give the same bytes', () => {
  const umask = process.umask(0o077);
  mkdirSync(join(work, 'temporary'));
  const env = { TZ: 'Asia/Kathmandu', TMPDIR: join(work, 'temporary'), LANG: 'zh_CN.UTF-8' };
  try {
    pack(join(work, 'second'), env, copyOfCheckout());
  } finally {
    process.umask(umask);
  }
  const sums = (name: string): string => readFileSync(join(work, name, 'SHA512SUMS'), 'utf8');
  expect(sums('second')).toBe(sums('first'));
  expect(sums('first').split('\n').length).toBeGreaterThan(3);
});

describe("the desktop app's folder", () => {
  it('holds the bundled programs, the window and the examples, and nothing for development', () => {
    const files = filesOf(unpackedApp());
    expect(files.filter((path) => !/^dist\/(docs|renderer)\//.test(path))).toEqual([
      'engine-process.js',
      ...filesOf(join(PROJECT_ROOT, 'examples'))
        .filter((path) => path.includes('.tar.gz'))
        .map((path) => `examples/${path}`),
      'gunzip-thread.mjs',
      'main.js',
      'package.json',
      'preload.cjs',
    ]);
    expect(files).toContain('dist/renderer/index.html');
    expect(files.filter((path) => /\.map$|node_modules/.test(path))).toEqual([]);
    for (const name of ['main.js', 'engine-process.js', 'preload.cjs']) {
      const text = readFileSync(join(unpackedApp(), name), 'utf8');
      expect(text).not.toContain(PROJECT_ROOT.replace(/\/$/, ''));
      expect(text).not.toMatch(/sourceMappingURL=(?!data)/);
    }
  });

  it('has the fuses set, the licences, and not the start page of Electron', async () => {
    const wire = await getCurrentFuseWire(join(desktop, 'archbridge'));
    expect(wire).toMatchObject({
      [FuseV1Options.RunAsNode]: FuseState.DISABLE,
      [FuseV1Options.OnlyLoadAppFromAsar]: FuseState.ENABLE,
    });
    expect(filesOf(desktop)).toEqual(
      expect.arrayContaining(['LICENSE.electron.txt', 'LICENSES.chromium.html', 'resources/app.asar']),
    );
    expect(filesOf(desktop)).not.toContain('resources/default_app.asar');
  });

  it('reads packages, with the thread that lies beside the archive', () => {
    // Electron answers paths in app.asar from the archive; here a folder of that name stands for it, without the thread's file.
    const resources = join(work, 'resources');
    cpSync(join(desktop, 'resources/app.asar.unpacked'), join(resources, 'app.asar.unpacked'), {
      recursive: true,
    });
    cpSync(unpackedApp(), join(resources, 'app.asar'), { recursive: true });
    renameSync(join(resources, 'app.asar/gunzip-thread.mjs'), join(work, 'not-here.mjs'));
    const script = `
      const heard = [];
      const state = ${JSON.stringify(join(work, 'state'))};
      const send = (data) => heard.forEach((listener) => listener({ data }));
      process.parentPort = {
        on: (_name, listener) => heard.push(listener),
        postMessage(message) {
          if (message.type === 'hello') setImmediate(() => {
            send({ type: 'start', stateDir: state, version: '0', language: 'en', defaultStore: state, keepsPasswords: false, credentials: [] });
            send({ type: 'invoke', method: 'inspect', call: '1', input: { packages: [process.argv[2]] } });
          });
          if (message.type === 'answer') {
            console.log(JSON.stringify(message.result).slice(0, 2000));
            process.exit(0);
          }
        },
      };
      await import(process.argv[1]);`;
    const example = join(resources, 'app.asar/examples', `addon-offline-full-package-v0.1.0-amd64.tar.gz`);
    const engine = join(resources, 'app.asar/engine-process.js');
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', script, engine, example],
      { encoding: 'utf8' },
    );
    expect(stderr).toBe('');
    expect(stdout).toContain('"ok":true');
  });
});

it.each([
  ['deb', 'dpkg-deb', (file: string, into: string): unknown => execFileSync('dpkg-deb', ['-x', file, into])],
  [
    'rpm',
    'rpmbuild',
    (file: string, into: string): void => {
      mkdirSync(into);
      cpSync(file, join(into, 'archbridge.rpm'));
      execFileSync('rpm2archive', ['archbridge.rpm'], { cwd: into });
      execFileSync('tar', ['-xzf', 'archbridge.rpm.tgz'], { cwd: into });
    },
  ],
] as const)('a %s holds the same program, a command and a menu entry', (ending, tool, unpack) => {
  const [file] = readdirSync(join(work, 'first')).filter((name) => name.endsWith(`.${ending}`));
  if (file === undefined) {
    expect(told).toContain(`It needs ${tool}`);
    return;
  }
  const into = join(work, ending);
  unpack(join(work, 'first', file), into);
  const program = join(into, 'opt/archbridge');
  expect(filesOf(program)).toEqual(filesOf(join(work, PLATFORM, 'program')));
  const { stdout } = spawnSync(join(program, 'bin/archbridge'), ['--version'], { encoding: 'utf8' });
  expect(stdout.trim()).toBe(version);
  const entry = readFileSync(join(into, 'usr/share/applications/archbridge.desktop'), 'utf8');
  expect(entry).toContain('Exec=/opt/archbridge/desktop/archbridge %F');
});
