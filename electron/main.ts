// The desktop program: ensures a single instance, restricts Chromium before it starts, then starts the app.
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog, protocol } from 'electron';
import { stateDir } from '../cli/state-dir.js';
import { restrictContents, restrictNetwork } from './restrictions.js';
import { openDesktop } from './desktop.js';
import { PAGE_SCHEME } from './page-protocol.js';

const APP_ID = 'io.archbridge.desktop';
const programs = dirname(fileURLToPath(import.meta.url));
/** Operands of a command line: no switches, and in a checkout not the path of the program with which Electron was started. */
const filesIn = (argv: readonly string[]): readonly string[] => {
  const own = [fileURLToPath(import.meta.url), app.getAppPath()];
  return argv.slice(1).filter((word) => !word.startsWith('-') && !own.includes(resolve(word)));
};

app.enableSandbox();
// Windows groups windows and shows notifications under this name; it is that of the installer.
app.setAppUserModelId(APP_ID);
restrictNetwork(app);
// Chromium keeps its files in the state folder, so there is one instance for each state folder.
const chromium = join(stateDir(undefined, process.env), 'desktop');
mkdirSync(chromium, { recursive: true });
app.setPath('userData', chromium);
protocol.registerSchemesAsPrivileged([PAGE_SCHEME]);

if (app.requestSingleInstanceLock()) void run();
else app.quit();

async function run(): Promise<void> {
  app.on('web-contents-created', (_event, contents) => restrictContents(contents));
  app.on('window-all-closed', () => app.quit());
  await app.whenReady();
  try {
    const desktop = await openDesktop({ programs });
    desktop.openFiles(filesIn(process.argv), process.cwd());
    app.on('second-instance', (_event, argv, from) => {
      desktop.showWindow();
      desktop.openFiles(filesIn(argv), from);
    });
    app.on('open-file', (event, path) => {
      event.preventDefault();
      desktop.openFiles([path], '');
    });
    app.on('activate', () => desktop.showWindow());
  } catch (error) {
    dialog.showErrorBox('Archbridge', error instanceof Error ? error.message : String(error));
    app.exit(1);
  }
}
