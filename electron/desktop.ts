// Starts the desktop app: engine, window and menu, and passes events between them until the program ends.
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { app, dialog, session, type BrowserWindow, screen } from 'electron';
import { windowFolder } from '../core/app/install-root.js';
import { openWindowPage } from '../core/app/window-page.js';
import type { AppEvent, AppSettings, Result } from '../core/contract.js';
import { stateDir } from '../cli/state-dir.js';
import { programVersion } from '../cli/version.js';
import { EVENTS } from './channels.js';
import { restrictSession } from './restrictions.js';
import { askAboutRun, chooseFiles } from './dialogs.js';
import { EngineClient } from './engine-client.js';
import { answerWindow } from './ipc.js';
import { setMenu } from './menu.js';
import { servePage } from './page-protocol.js';
import { RunAttention } from './run-attention.js';
import { Secrets } from './secrets.js';
import { readPlace, writePlace } from './window-place.js';
import { openWindow } from './window.js';
import { languageOfLocale, Words } from './words.js';

export interface DesktopOptions {
  /** Folder of the built programs: preload.cjs and engine-process.js. */
  readonly programs: string;
  /** Folder of the built window. */
  readonly page?: string;
  readonly stateDir?: string;
}

/** To be called once the app is ready. */
export async function openDesktop(options: DesktopOptions): Promise<Desktop> {
  const folder = options.stateDir ?? stateDir(undefined, process.env);
  mkdirSync(folder, { recursive: true });
  const page = await openWindowPage(options.page ?? windowFolder(), { signal: new AbortController().signal });
  restrictSession(session.defaultSession);
  servePage(session.defaultSession, page);
  const secrets = await Secrets.open(join(folder, 'secrets.json'));
  const desktop = new Desktop(options, folder, secrets);
  await desktop.open();
  return desktop;
}

export class Desktop {
  readonly #words = new Words(languageOfLocale(app.getLocale()));
  readonly #programs: string;
  readonly #stateDir: string;
  readonly #secrets: Secrets;
  readonly #engine: EngineClient;
  readonly #attention: RunAttention;
  #window: BrowserWindow | null = null;
  /** Paths that were opened before the page could receive events. */
  #files: readonly string[] = [];
  #isHeard = false;
  #isClosing = false;

  constructor({ programs }: DesktopOptions, folder: string, secrets: Secrets) {
    this.#programs = programs;
    this.#stateDir = folder;
    this.#secrets = secrets;
    this.#attention = new RunAttention(() => this.#window, this.#words.say);
    this.#engine = new EngineClient({
      program: join(programs, 'engine-process.js'),
      start: () => ({
        stateDir: folder,
        version: programVersion(),
        language: languageOfLocale(app.getLocale()),
        defaultStore: join(homedir(), 'archbridge-store'),
        keepsPasswords: secrets.canKeep,
        credentials: [...secrets.all()],
      }),
      onEvent: (event) => this.#heed(event),
    });
  }

  async open(): Promise<void> {
    answerWindow({
      window: () => this.#window,
      engine: this.#engine,
      secrets: this.#secrets,
      say: this.#words.say,
      onAnswer: (method, result) => this.#noticeAnswer(method, result),
    });
    this.#setMenu();
    this.showWindow();
  }

  /** Shows the window in front. Makes a new one where it was closed (macOS keeps programs without windows running). */
  showWindow(): void {
    if (this.#window) {
      if (this.#window.isMinimized()) this.#window.restore();
      return this.#window.focus();
    }
    const screens = screen.getAllDisplays().map(({ workArea }) => workArea);
    const window = openWindow({
      preload: join(this.#programs, 'preload.cjs'),
      devTools: !app.isPackaged,
      place: readPlace(this.#stateDir, screens),
    });
    this.#window = window;
    window.on('close', (event) => this.#askBeforeClosing(event));
    window.on('closed', () => {
      this.#window = null;
      this.#isHeard = false;
    });
  }

  /** Passes packages from a command line or from the system to the window; relative paths are resolved against `cwd`. */
  openFiles(paths: readonly string[], from: string): void {
    this.#files = [...this.#files, ...paths.map((path) => resolve(from, path))];
    if (this.#isHeard) this.#handOverFiles();
  }

  #askBeforeClosing(event: { preventDefault(): void }): void {
    // The engine is given the time to end its work, also when the window is closed a second time meanwhile.
    event.preventDefault();
    if (!this.#isClosing) void this.#close();
  }

  async #close(): Promise<void> {
    const window = this.#window;
    if (!window) return;
    if (this.#attention.isRunGoingOn && !(await askAboutRun(window, this.#words.say))) return;
    this.#isClosing = true;
    writePlace(this.#stateDir, { ...window.getNormalBounds(), maximized: window.isMaximized() });
    await this.#engine.close();
    window.destroy();
    app.quit();
  }

  #heed(event: AppEvent): void {
    this.#attention.heed(event);
    this.#send(event);
  }

  #send(event: AppEvent): void {
    if (this.#window && !this.#window.isDestroyed()) this.#window.webContents.send(EVENTS, event);
  }

  #noticeAnswer(method: string, result: Result<unknown>): void {
    // The page asks for `info` once it listens to events.
    if (method === 'info' && !this.#isHeard) {
      this.#isHeard = true;
      this.#handOverFiles();
    }
    if ((method === 'settings' || method === 'saveSettings') && result.ok) {
      // The answer comes from the service, so it has the type of the contract.
      if (this.#words.heed(result.value as AppSettings)) this.#setMenu();
    }
  }

  #handOverFiles(): void {
    if (this.#files.length > 0) this.#send({ type: 'files-opened', paths: this.#files });
    this.#files = [];
  }

  #setMenu(): void {
    setMenu(this.#words.say, {
      openPackages: () => void this.#chooseAndOpen(),
      about: () => this.#about(),
      logFolder: join(this.#stateDir, 'logs'),
      devTools: !app.isPackaged,
    });
  }

  async #chooseAndOpen(): Promise<void> {
    if (this.#window) this.openFiles(await chooseFiles(this.#window, this.#words.say), '');
  }

  #about(): void {
    const detail = `${programVersion()}\nElectron ${process.versions['electron'] ?? ''}, Node ${process.versions.node}`;
    const shown = { type: 'info' as const, message: 'Archbridge', detail };
    void (this.#window ? dialog.showMessageBox(this.#window, shown) : dialog.showMessageBox(shown));
  }
}
