// Stands in for the module `electron`: it does what our main process relies on, remembers everything else, and lets a test play
// the person, the page and the system. Written after electron.d.ts of the version in package.json.
import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';

/** `preventDefault` as Electron's events have it. */
export class StandInEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** Emits an event with `preventDefault` first; answers whether a listener prevented it. */
function emitPreventable(emitter: EventEmitter, name: string, ...values: readonly unknown[]): boolean {
  const event = new StandInEvent();
  emitter.emit(name, event, ...values);
  return event.defaultPrevented;
}

export class StandInContents extends EventEmitter {
  readonly sent: (readonly [string, unknown])[] = [];
  readonly mainFrame = { url: '' };
  windowOpenHandler: ((details: { url: string }) => { action: string }) | null = null;
  reloads = 0;

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler;
  }
  send(channel: string, value: unknown): void {
    // as between processes: what cannot be cloned cannot be sent
    this.sent.push([channel, structuredClone(value)]);
  }
  reload(): void {
    this.reloads += 1;
  }
  /** True when one of our listeners forbids it. */
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
  /** The person closes it; true when something of ours kept it open for now. */
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
  readonly commandLine = {
    appendSwitch: (name: string, value?: string): void => void this.switches.push([name, value]),
  };
  readonly ready = Promise.resolve();

  enableSandbox(): void {
    this.calls.push('enableSandbox');
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
  quit(): void {
    this.calls.push('quit');
  }
  exit(code: number): void {
    this.calls.push(`exit ${code}`);
  }
}
export const app = new StandInApp();

type Handler = (...values: never[]) => unknown;

class StandInSession extends EventEmitter {
  readonly handlers = new Map<string, Handler>();
  spellChecker: boolean | null = null;
  spellCheckerLanguages: readonly string[] | null = null;
  readonly protocol = {
    handle: (scheme: string, handler: Handler): void => void this.handlers.set(`protocol ${scheme}`, handler),
  };
  readonly webRequest = {
    onBeforeRequest: (handler: Handler): void => void this.handlers.set('request', handler),
  };
  setPermissionRequestHandler(handler: Handler): void {
    this.handlers.set('permission request', handler);
  }
  setPermissionCheckHandler(handler: Handler): void {
    this.handlers.set('permission check', handler);
  }
  setDevicePermissionHandler(handler: Handler): void {
    this.handlers.set('device', handler);
  }
  setSpellCheckerEnabled(enabled: boolean): void {
    this.spellChecker = enabled;
  }
  setSpellCheckerLanguages(languages: readonly string[]): void {
    this.spellCheckerLanguages = languages;
  }
  /** Whether our handler lets a request out. */
  allowsRequest(url: string): boolean {
    let cancelled = true;
    this.call('request', { url }, ({ cancel }: { cancel: boolean }) => (cancelled = cancel));
    return !cancelled;
  }
  allowsPermission(permission: string, requestingUrl: string): boolean {
    let granted = false;
    this.call('permission request', null, permission, (answer: boolean) => (granted = answer), {
      requestingUrl,
    });
    const origin = requestingUrl.replace(/^([a-z]+:\/\/[^/]*).*$/, '$1/');
    const checked = this.call('permission check', null, permission, origin, {}) === true;
    if (granted !== checked) throw new Error(`request and check disagree about ${permission}`);
    return granted;
  }
  forbids(name: string): boolean {
    return emitPreventable(this, name);
  }
  async load(url: string, method = 'GET'): Promise<Response> {
    return (await this.call('protocol archbridge', { url, method })) as Response;
  }
  call(name: string, ...values: readonly unknown[]): unknown {
    const handler = this.handlers.get(name);
    if (!handler) throw new Error(`nothing handles ${name}`);
    return handler(...(values as never[]));
  }
}
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

/** What the person answers to dialogs, in order. */
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

/** A utility process that works in this one: its two ends talk in clones, a turn later. */
export class StandInProcess extends EventEmitter {
  readonly #port = new EventEmitter();
  isAlive = true;

  constructor(readonly program: string) {
    super();
  }
  /** What the program sees as `process.parentPort`. */
  readonly parentPort = {
    on: (name: 'message', listener: (event: { data: unknown }) => void): void =>
      void this.#port.on(name, listener),
    postMessage: (message: unknown): void => this.#later(() => this.emit('message', message), message),
  };
  postMessage(message: unknown): void {
    const data: unknown = structuredClone(message);
    this.#later(() => this.#port.emit('message', { data }), message);
  }
  kill(): boolean {
    this.crash();
    return true;
  }
  /** Gone at once, with everything that was under way. */
  crash(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.emit('exit', 1);
  }
  #later(deliver: () => void, message: unknown): void {
    structuredClone(message);
    void turn().then(() => {
      if (this.isAlive) deliver();
    });
  }
}

/** Programs by the end of their paths; a test says what they do. */
export const utilityProcess = {
  programs: new Map<string, (port: StandInProcess['parentPort']) => void>(),
  started: [] as StandInProcess[],
  fork(path: string, _args: readonly string[], _options: unknown): StandInProcess {
    const program = [...this.programs].find(([ending]) => path.endsWith(ending))?.[1];
    if (!program) throw new Error(`no program ${path}`);
    const child = new StandInProcess(path);
    this.started.push(child);
    void turn().then(() => program(child.parentPort));
    return child;
  },
};

/** Back to how everything was at first. */
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
