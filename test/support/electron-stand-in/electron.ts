// Replaces the module `electron`: implements what our main process uses, records everything else, and lets a test act as the
// person, the page and the system. Written after electron.d.ts of the version in package.json.
import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { emitPreventable } from './events.js';
import { StandInSession } from './session.js';
import { utilityProcess } from './process.js';

export class StandInContents extends EventEmitter {
  readonly mainFrame = { url: '' };
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  reloads = 0;

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
  send(channel: string, value: unknown): void {
    // As between processes: what cannot be cloned cannot be sent.
    structuredClone([channel, value]);
  }
  reload(): void {
    this.reloads += 1;
  }
  /** True when one of our listeners prevents it. */
  forbids(name: string, url: string): boolean {
    return emitPreventable(this, name, { url }, url);
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = [];
  readonly webContents = new StandInContents();
  readonly options: Readonly<Record<string, unknown>>;
  readonly progress: (readonly [number, unknown])[] = [];
  shown = 0;
  focused = false;
  minimized = false;
  maximized = false;
  #destroyed = false;

  constructor(options: Readonly<Record<string, unknown>>) {
    super();
    this.options = options;
    BrowserWindow.all.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
    await turn();
    this.emit('ready-to-show');
  }
  show(): void {
    this.shown += 1;
  }
  focus(): void {
    this.focused = true;
  }
  isFocused(): boolean {
    return this.focused;
  }
  isMaximized(): boolean {
    return false;
  }
  maximize(): void {
    this.maximized = true;
  }
  getNormalBounds() {
    return { x: 10, y: 10, width: 1366, height: 768 };
  }
  isMinimized(): boolean {
    return this.minimized;
  }
  restore(): void {
    this.minimized = false;
  }
  isDestroyed(): boolean {
    return this.#destroyed;
  }
  setProgressBar(share: number, options?: unknown): void {
    this.progress.push([share, options]);
  }
  destroy(): void {
    this.#destroyed = true;
    this.emit('closed');
    app.emit('window-all-closed');
  }
  /** The person closes the window; true when a listener of ours prevented it. */
  tryToClose(): boolean {
    const prevented = emitPreventable(this, 'close');
    if (!prevented) this.destroy();
    return prevented;
  }
}

class StandInApp extends EventEmitter {
  isPackaged = false;
  locale = 'en-US';
  hasLock = true;
  readonly switches: (readonly [string, string | undefined])[] = [];
  readonly calls: string[] = [];
  readonly paths = new Map<string, string>();
  readonly commandLine = {
    appendSwitch: (name: string, value?: string): void => void this.switches.push([name, value]),
  };
  readonly ready = Promise.resolve();

  enableSandbox(): void {
    this.calls.push('enableSandbox');
  }
  setAppUserModelId(id: string): void {
    this.calls.push(`setAppUserModelId ${id}`);
  }
  requestSingleInstanceLock(): boolean {
    return this.hasLock;
  }
  whenReady(): Promise<void> {
    this.calls.push('whenReady');
    return this.ready;
  }
  getLocale(): string {
    return this.locale;
  }
  getAppPath(): string {
    return '/checkout';
  }
  setPath(name: string, path: string): void {
    this.paths.set(name, path);
  }
  quit(): void {
    this.calls.push('quit');
  }
  exit(code: number): void {
    this.calls.push(`exit ${code}`);
  }
}
export const app = new StandInApp();

export const screen = {
  getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
};

export { utilityProcess };
export const session = { defaultSession: new StandInSession() };

export const protocol = {
  schemes: [] as unknown[],
  registerSchemesAsPrivileged(schemes: readonly unknown[]): void {
    if (app.calls.includes('whenReady'))
      throw new Error('schemes must be registered before the app is ready');
    this.schemes.push(...schemes);
  },
};

interface Sender {
  readonly senderFrame: { readonly url: string } | null;
}

export const ipcMain = {
  handlers: new Map<string, (event: Sender, value: unknown) => unknown>(),
  handle(channel: string, handler: (event: Sender, value: unknown) => unknown): void {
    if (this.handlers.has(channel)) throw new Error(`${channel} has a handler already`);
    this.handlers.set(channel, handler);
  },
};

/** The answers of the person to dialogs, in order. */
export const dialog = {
  answers: [] as unknown[],
  asked: [] as (readonly [string, unknown])[],
  async showOpenDialog(_window: unknown, options: unknown): Promise<unknown> {
    this.asked.push(['open', options]);
    return this.answers.shift() ?? { canceled: true, filePaths: [] };
  },
  async showSaveDialog(_window: unknown, options: unknown): Promise<unknown> {
    this.asked.push(['save', options]);
    return this.answers.shift() ?? { canceled: true };
  },
  async showMessageBox(...values: readonly unknown[]): Promise<unknown> {
    this.asked.push(['message', values.at(-1)]);
    return this.answers.shift() ?? { response: 0 };
  },
  showErrorBox(_title: string, text: string): void {
    this.asked.push(['error', text]);
  },
};

export const safeStorage = {
  available: true,
  backend: 'gnome_libsecret',
  async isAsyncEncryptionAvailable(): Promise<boolean> {
    return this.available;
  },
  getSelectedStorageBackend(): string {
    return this.backend;
  },
  async encryptStringAsync(text: string): Promise<Buffer> {
    return Buffer.from(`keychain ${Buffer.from(text).reverse().toString('base64')}`);
  },
  async decryptStringAsync(data: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    const [mark, text = ''] = data.toString().split(' ');
    if (mark !== 'keychain') throw new Error('encrypted by another keychain');
    return { result: Buffer.from(text, 'base64').reverse().toString(), shouldReEncrypt: false };
  },
};

export const Menu = {
  menu: [] as MenuItem[],
  buildFromTemplate: (template: MenuItem[]): MenuItem[] => template,
  setApplicationMenu(menu: MenuItem[]): void {
    this.menu = menu;
  },
};
export interface MenuItem {
  readonly label?: string;
  readonly role?: string;
  readonly submenu?: readonly MenuItem[];
  readonly click?: () => void;
}

export const shell = {
  opened: [] as string[],
  async openPath(path: string): Promise<string> {
    this.opened.push(path);
    return '';
  },
};

export class Notification extends EventEmitter {
  static readonly shown: Notification[] = [];
  static isSupported = (): boolean => true;
  constructor(readonly options: { readonly title: string; readonly body: string }) {
    super();
  }
  show(): void {
    Notification.shown.push(this);
  }
}

export const powerSaveBlocker = {
  active: new Set<number>(),
  next: 1,
  start(_kind: string): number {
    this.active.add(this.next);
    return this.next++;
  },
  stop(id: number): void {
    this.active.delete(id);
  },
};

export const nativeTheme = { shouldUseDarkColors: false };

/** Resets everything to the state at the start. */
export function resetElectron(): void {
  app.removeAllListeners();
  Object.assign(app, { isPackaged: false, locale: 'en-US', hasLock: true });
  app.calls.splice(0);
  app.switches.splice(0);
  session.defaultSession = new StandInSession();
  ipcMain.handlers.clear();
  BrowserWindow.all.splice(0);
  Notification.shown.splice(0);
  dialog.answers.splice(0);
  dialog.asked.splice(0);
  protocol.schemes.splice(0);
  powerSaveBlocker.active.clear();
  utilityProcess.programs.clear();
  utilityProcess.started.splice(0);
  shell.opened.splice(0);
  Object.assign(safeStorage, { available: true, backend: 'gnome_libsecret' });
}
