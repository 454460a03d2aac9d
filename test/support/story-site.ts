// The site of docs/upgrade.md: a registry, a ChartMuseum, a drive with the genuine packages, and the command line.
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { runCli } from '../../cli/run-cli.js';
import { createEngine } from '../../core/engine.js';
import { startChartMuseum } from './chartmuseum.js';
import { openGoldenSite, type PackageContents } from './golden-site.js';
import { Harbor } from './harbor/harbor.js';
import { ALICE, developerOf } from './harbor/harbor-accounts.js';
import { startRegistry } from './registries.js';
import { packagePath, SEED } from './seed.js';

export interface StorySite {
  /** Runs a command line of the document; returns its output with the names of the document. */
  run(command: string): Promise<string>;
  /** Writes a file that the document shows next to its commands. */
  write(name: string, text: string): Promise<void>;
  close(): Promise<void>;
}

/** All projects that v0.9.0 needs except `localhost`. */
const PROJECTS =
  'addon beacon capstan chronolog community compass driftnet ferryman gangway lantern library lightworks mooring ' +
  'quayside ropewalk sluiceworks tidewatch-io winch';

/** `lang`: value of the environment variable LANG; `contents`: for the site that the vendor's tool left. */
export async function openStorySite(lang: string, contents: PackageContents): Promise<StorySite> {
  const directory = await mkdtemp(join(tmpdir(), 'archbridge-story-'));
  const folder = (name: string): string => join(directory, name);
  const registry = await startRegistry({ version: 2 });
  const museum = await startChartMuseum();
  const harbor = await Harbor.start({
    accounts: developerOf(PROJECTS.split(' ')),
    projects: Object.fromEntries(PROJECTS.split(' ').map((name) => [name, {}])),
    creation: 'adminonly',
  });
  const old = await openGoldenSite('sequence-amd64-arm64-upgrade/4-v0.11.0-arm64', contents);
  await fillDrives(folder('usb'), folder('share'));
  await mkdir(folder('work'));
  /** Name in the document, name in the test. */
  const names: readonly (readonly [string, string])[] = [
    ['old.example', old.registry.host],
    ['old-charts.example', new URL(old.museum.url).host],
    ['registry.example', registry.host],
    ['charts.example', new URL(museum.url).host],
    ['harbor.example', harbor.host],
    ['/media/usb', folder('usb')],
    ['/srv/share', folder('share')],
    ['/srv/store', folder('store')],
    ['~/.local/state/archbridge', folder('state')],
  ];
  const toHere = (text: string): string =>
    names.reduce((result, [shown, here]) => result.replaceAll(shown, here), text);
  const toShown = (text: string): string =>
    names
      .reduce((result, [shown, here]) => result.replaceAll(here, shown), text)
      .replaceAll(`${folder('work')}/`, '');
  /** Files without a folder lie in the working folder; `*` is expanded as a shell does. */
  const argument = async (word: string): Promise<readonly string[]> => {
    if (/^[\w-]+\.(?:yaml|json|html)$/.test(word)) return [join(folder('work'), word)];
    if (!word.endsWith('/*.tar.gz')) return [toHere(word)];
    const drive = toHere(dirname(word));
    const files = (await readdir(drive)).filter((name) => name.endsWith('.tar.gz'));
    return files.sort().map((name) => join(drive, name));
  };
  let code = 0;

  return {
    async run(command) {
      if (command === 'echo $?') return String(code);
      const [program, ...argv] = (await Promise.all(command.split(' ').map(argument))).flat();
      if (program !== 'archbridge') throw new Error(`the story has no ${program ?? 'command'}`);
      const { username, password } = ALICE;
      const login = { ARCHBRIDGE_USERNAME: username, ARCHBRIDGE_PASSWORD: password };
      let [stdout, stderr] = ['', ''];
      code = await runCli(argv, {
        stdout: { write: (text) => (stdout += text) },
        stderr: { write: (text) => (stderr += text) },
        env: {
          LANG: lang,
          ARCHBRIDGE_STATE_DIR: folder('state'),
          ...(command.includes('harbor.example') ? login : {}),
        },
        isTty: { stdout: false, stderr: false },
        engineFactory: createEngine,
        signal: new AbortController().signal,
      });
      const shown = toShown(stdout === '' ? stderr : stdout);
      return argv[0] === 'runs' ? shown.replaceAll(` ${userInfo().username} `, ' admin ') : shown;
    },
    write: (name, text) => writeFile(join(folder('work'), name), toHere(text)),
    async close() {
      await old.close();
      await harbor.stop();
      await museum.close();
      await registry.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Puts the packages with their checksums on one drive, and a truncated copy of one on another. */
async function fillDrives(usb: string, share: string): Promise<void> {
  await mkdir(usb);
  await mkdir(share);
  for (const path of SEED.map(packagePath)) {
    for (const file of [path, `${path}.sha512`]) await copyFile(file, join(usb, basename(file)));
  }
  const last = packagePath('v0.11.0-arm64');
  const bytes = await readFile(last);
  await writeFile(join(share, basename(last)), bytes.subarray(0, Math.floor(bytes.length * 0.9)));
}
