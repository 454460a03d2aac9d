// `npm run package` without Electron and without Node in it: its archives, and what a person does with them on a computer without network.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { extract } from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { offlineLaptop, type Laptop } from '../support/offline-laptop.js';
import { scratchFolders } from '../support/scratch.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const scratch = scratchFolders();
const read = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');
const project = JSON.parse(read(PROJECT_ROOT, 'package.json')) as {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};
const NAME = `archbridge-${project.version}`;
const PLATFORM = `${NAME}-${process.platform}-${process.arch}`;

let work = '';
let out = '';
let told = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'archbridge-packages-'));
  out = join(work, 'out');
  const args = ['build/package.mjs', '--without-node', '--out', out];
  const env = { ...process.env, ELECTRON_OVERRIDE_DIST_PATH: '', XDG_CACHE_HOME: work };
  told = execFileSync(process.execPath, args, { cwd: PROJECT_ROOT, env, encoding: 'utf8', stdio: 'pipe' });
  extract({ file: join(out, `${NAME}.tar.gz`), cwd: work, sync: true });
}, 240_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

/** The sums of a folder that are not right. */
function wrongSums(folder: string): readonly string[] {
  const rows = read(folder, 'SHA512SUMS').trimEnd().split('\n');
  const named = rows.map((row) => row.slice(130));
  expect([...named, 'SHA512SUMS'].sort()).toEqual(filesOf(folder));
  return rows.filter((row) => {
    const bytes = readFileSync(join(folder, row.slice(130)));
    return createHash('sha512').update(bytes).digest('hex') !== row.slice(0, 128);
  });
}

/** An unpacked archive of its own, which a test may change. */
function unpacked(): string {
  const folder = scratch();
  extract({ file: join(out, `${NAME}.tar.gz`), cwd: folder, sync: true });
  return join(folder, NAME);
}

const install = (laptop: Laptop, from: string, ...args: readonly string[]) =>
  laptop.run('sh', [join(from, 'install.sh'), ...args]);

describe('what is made', () => {
  it('archives and packages with their checksums; what cannot be made here is named with what it needs', () => {
    expect(filesOf(out)).toEqual(
      expect.arrayContaining(['SHA512SUMS', `${NAME}.tar.gz`, `${NAME}.zip`, `${PLATFORM}.tar.gz`]),
    );
    expect(wrongSums(out)).toEqual([]);
    expect(told).toMatch(/Not built here: the desktop app\. It needs Electron \d+/);
    for (const target of ['AppImage', 'nsis', 'zip', 'dmg'])
      expect(told).toMatch(`Not built here: ${target} (`);
    for (const [tool, ending] of [
      ['dpkg-deb', '.deb'],
      ['rpmbuild', '.rpm'],
    ] as const) {
      const isMade = filesOf(out).some((name) => name.endsWith(ending));
      expect(isMade || told.includes(`It needs ${tool}`), tool).toBe(true);
    }
  });

  it('an archive holds program, documentation, licences, SBOM, checksums and installers', () => {
    const folder = join(work, NAME);
    expect(wrongSums(folder)).toEqual([]);
    expect(filesOf(folder)).toEqual(
      expect.arrayContaining([
        'Documentation.html',
        'README.txt',
        'install.ps1',
        'install.sh',
        'program/LICENSE',
        'program/THIRD-PARTY-LICENSES.txt',
        'program/archbridge.mjs',
        'program/bin/archbridge',
        'program/bin/archbridge.cmd',
        'program/dist/docs/index.html',
        'program/dist/renderer/index.html',
        'program/sbom.cdx.json',
      ]),
    );
    for (const name of ['install.ps1', 'program/bin/archbridge.cmd'])
      expect(read(folder, name), name).not.toMatch(/[^\r]\n/);
    expect(read(folder, 'install.ps1')).toMatch(/^\ufeff# Installs/);
    expect(read(folder, 'README.txt')).toContain(`Archbridge ${project.version}`);
    for (const link of read(folder, 'Documentation.html').matchAll(/href="([^"]+)"/g))
      expect(existsSync(join(folder, link[1] ?? '')), link[1]).toBe(true);
  });

  it('the zip holds the same files', () => {
    const zip = unzipSync(readFileSync(join(out, `${NAME}.zip`)));
    const folder = join(work, NAME);
    expect(Object.keys(zip).sort()).toEqual(filesOf(folder).map((path) => `${NAME}/${path}`));
    const bundled = readFileSync(join(folder, 'program/archbridge.mjs'));
    expect(bundled.equals(zip[`${NAME}/program/archbridge.mjs`] ?? Buffer.alloc(0))).toBe(true);
  });

  it('nothing for development is in it: no source maps, no packages, no paths of this computer', () => {
    const folder = join(work, NAME);
    const paths = filesOf(folder);
    expect(paths.filter((path) => /\.(map|ts|tsx)$|node_modules|\/test\//.test(path))).toEqual([]);
    const telling = [PROJECT_ROOT.replace(/\/$/, ''), homedir() === '/root' ? '/root/' : homedir(), work];
    const found = paths
      .filter((path) => /\.(mjs|js|cjs|json|html|css|sh|txt|ps1)$/.test(path))
      .filter((path) => telling.some((place) => read(folder, path).includes(place)));
    expect(found).toEqual([]);
    expect(read(folder, 'program/archbridge.mjs')).not.toMatch(/sourceMappingURL=(?!data)/);
  });

  it('SBOM and licences name every package that is shipped, and none that is for development only', () => {
    const bom = JSON.parse(read(work, NAME, 'program/sbom.cdx.json')) as {
      readonly bomFormat: string;
      readonly components: readonly { readonly name: string; readonly version: string }[];
    };
    expect(bom.bomFormat).toBe('CycloneDX');
    const named = bom.components.map(({ name, version }) => `${name}@${version}`);
    const licences = read(work, NAME, 'program/THIRD-PARTY-LICENSES.txt');
    for (const [name, version] of Object.entries(project.dependencies)) {
      expect(named).toContain(`${name}@${version}`);
      expect(licences).toContain(`\n${name} ${version} (`);
    }
    for (const [name, version] of Object.entries(project.devDependencies))
      expect(named).not.toContain(`${name}@${version}`);
    expect(bom).not.toHaveProperty('serialNumber');
    expect(JSON.stringify(bom)).not.toContain('timestamp');
  });
});

/** The installer is a script for a usual system; an empty container has no cp. */
const hasSystem = ['cp', 'sed', 'sha512sum'].every((name) => spawnSync(name, ['--version']).status === 0);
if (!hasSystem) console.warn('LEFT OUT: installing (cp, sed or sha512sum is missing)');

describe.runIf(hasSystem)('on a computer without network', () => {
  it('it is installed, imports an example, serves the app, and leaves nothing when it is removed', () => {
    const laptop = offlineLaptop(scratch());
    const done = install(laptop, join(work, NAME));
    expect(done).toMatchObject({ status: 0 });
    expect(done.output).toContain(`Archbridge ${project.version} is installed`);
    const entry = read(laptop.home, '.local/share/applications/archbridge.desktop');
    const command = /^Exec="([^"]+)" serve$/m.exec(entry)?.[1] ?? '';
    expect(existsSync(command)).toBe(true);

    const archbridge = join(laptop.home, '.local/bin/archbridge');
    const examples = join(laptop.home, '.local/lib/archbridge/examples');
    const packages = readdirSync(examples)
      .filter((name) => name.endsWith('.tar.gz'))
      .map((name) => join(examples, name));
    const imported = laptop.run(archbridge, ['import', ...packages, '--store', 'store']);
    expect(imported).toMatchObject({ status: 0 });
    expect(imported.output).toContain('Images 10: pushed 5, platform added 5');
    rmSync(join(laptop.home, 'store'), { recursive: true });

    const served = laptop.run(process.execPath, ['--input-type=module', '-e', SERVE, archbridge]);
    expect(served.output).toContain('200 <script type="module"');

    const removed = laptop.run('sh', [
      join(laptop.home, '.local/lib/archbridge/install.sh'),
      '--uninstall',
      '--purge',
    ]);
    expect(removed).toMatchObject({ status: 0 });
    expect(laptop.files()).toEqual([]);
  });

  it('removing it keeps the runs, says where they are, and touches nothing of other programs', () => {
    const laptop = offlineLaptop(scratch());
    mkdirSync(join(laptop.home, '.local/bin'), { recursive: true });
    writeFileSync(join(laptop.home, '.local/bin/other'), '');
    install(laptop, join(work, NAME));
    install(laptop, join(work, NAME));
    const archbridge = join(laptop.home, '.local/bin/archbridge');
    expect(laptop.run(archbridge, ['targets', 'add', 'site', '--registry', 'registry.example']).status).toBe(
      0,
    );
    const { output } = install(laptop, join(work, NAME), '--uninstall');
    expect(output).toContain(`stay in ${laptop.home}/.local/state/archbridge`);
    const left = laptop.files().filter((path) => !path.startsWith('.local/state'));
    expect(left).toEqual(['.local', '.local/bin', '.local/bin/other']);
  });

  it('a damaged archive is refused with the name of the file, and nothing is installed', () => {
    const from = unpacked();
    appendFileSync(join(from, 'program/dist/renderer/index.html'), ' ');
    const laptop = offlineLaptop(scratch());
    const { status, output } = install(laptop, from);
    expect(status).toBe(2);
    expect(output).toContain('program/dist/renderer/index.html: FAILED');
    expect(output).toContain('nothing was installed');
    expect(laptop.files()).toEqual([]);
  });

  it("another program's command of that name is not overwritten", () => {
    const laptop = offlineLaptop(scratch());
    mkdirSync(join(laptop.home, '.local/bin'), { recursive: true });
    writeFileSync(join(laptop.home, '.local/bin/archbridge'), 'theirs');
    expect(install(laptop, join(work, NAME)).status).toBe(2);
    expect(read(laptop.home, '.local/bin/archbridge')).toBe('theirs');
    expect(lstatSync(join(laptop.home, '.local/bin/archbridge')).isSymbolicLink()).toBe(false);
  });

  it('a Node that is too old, and none at all, are told with what is needed', () => {
    const folder = scratch();
    const bin = join(work, NAME, 'program/bin/archbridge');
    writeFileSync(join(folder, 'node'), '#!/bin/sh\necho v18.20.4\n', { mode: 0o755 });
    const old = spawnSync('/bin/sh', [bin, '--version'], {
      env: { PATH: `${folder}:/bin` },
      encoding: 'utf8',
    });
    expect([old.status, old.stderr]).toEqual([
      2,
      expect.stringContaining('needs Node 20.19 or newer; this is v18.20.4'),
    ]);
    const none = spawnSync('/bin/sh', [bin, '--version'], {
      env: { PATH: folderWithoutNode() },
      encoding: 'utf8',
    });
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('no node on PATH')]);
  });
});

/** Starts `serve`, opens its page, ends it. */
const SERVE = `
import { spawn } from 'node:child_process';
const child = spawn(process.argv[1], ['serve', '--no-open'], { stdio: ['ignore', 'pipe', 'inherit'] });
let printed = '';
child.stdout.on('data', async (text) => {
  printed += text;
  const url = /http:\\/\\/127\\.0\\.0\\.1:\\d+\\/\\?token=[\\w-]+/.exec(printed)?.[0];
  if (!url) return;
  printed = '';
  const cookie = (await fetch(url)).headers.get('set-cookie').split(';')[0];
  const page = await fetch(new URL('/', url), { headers: { cookie } });
  console.log(page.status, /<script type="module"/.exec(await page.text())?.[0]);
  child.kill('SIGINT');
});
`;

/** A folder with the few programs that the start script calls, without node. */
function folderWithoutNode(): string {
  const folder = scratch();
  for (const name of ['dirname', 'readlink']) {
    const path = execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
    execFileSync('ln', ['-s', path, join(folder, name)]);
  }
  return folder;
}
