// The one window, with all restrictions that Chromium offers; shown when its page is ready.
import { BrowserWindow, nativeTheme } from 'electron';
import type { WindowPlace } from './window-place.js';
import { restrictContents } from './restrictions.js';
import { isOwnUrl, PAGE_URL } from './page-protocol.js';

export interface WindowOptions {
  /** Absolute path of the built preload script. */
  readonly preload: string;
  /** True in a checkout only. */
  readonly devTools: boolean;
  /** Null: the usual size, in the middle of the screen. */
  readonly place: WindowPlace | null;
}

/** Opens the window and begins to load the page. */
export function openWindow({ preload, devTools, place }: WindowOptions): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Archbridge',
    width: 1366,
    height: 768,
    ...(place === null ? {} : { x: place.x, y: place.y, width: place.width, height: place.height }),
    minWidth: 1180,
    minHeight: 680,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0e1318' : '#f4f6f8',
    webPreferences: {
      preload,
      devTools,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  restrictContents(window.webContents);
  if (place?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  // A page that crashed is loaded again and asks for the current state; a run goes on meanwhile.
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit') window.webContents.reload();
  });
  void window.loadURL(PAGE_URL);
  return window;
}

/** True for a message that comes from our page in our window, and not from a frame inside it. */
export function isFromWindow(
  window: BrowserWindow,
  { senderFrame }: { readonly senderFrame: { readonly url: string } | null },
): boolean {
  return senderFrame !== null && senderFrame === window.webContents.mainFrame && isOwnUrl(senderFrame.url);
}
