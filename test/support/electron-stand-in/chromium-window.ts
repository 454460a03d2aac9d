// A window for the stand-in in a real Chromium: the page with its policy as our protocol serves it, and our preload script.
import { readFileSync } from 'node:fs';
import { chromium, type Browser, type Page } from '@playwright/test';
import { requireProgram } from '../programs.js';
import type { DesktopBench } from './desktop-bench.js';
import { ipcMain, session } from './electron.js';

/** An address in place of our own scheme, which Chromium does not know; it is a secure context like that scheme (`secure`). */
const SITE = 'http://window.localhost';

export interface ShownWindow {
  readonly page: Page;
  /** Messages of Chromium: violations of the policy, script errors, missing files. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

export async function showInChromium({ window, preload }: DesktopBench): Promise<ShownWindow> {
  const browser = await launch();
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, locale: 'en-GB' });
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.route('**', async (route) => {
    const url = route.request().url();
    if (!url.startsWith(`${SITE}/`)) return route.abort();
    const answer = await session.defaultSession.load(url.replace(SITE, 'archbridge://window'));
    const body = Buffer.from(await answer.arrayBuffer());
    await route.fulfill({ status: answer.status, headers: Object.fromEntries(answer.headers), body });
  });
  await page.exposeFunction('electronInvoke', (channel: string, value: unknown) =>
    ipcMain.handlers.get(channel)?.({ senderFrame: window.webContents.mainFrame }, value),
  );
  await page.addInitScript({ content: preloadWorld(readFileSync(preload, 'utf8')) });
  const send = window.webContents.send.bind(window.webContents);
  window.webContents.send = (channel, value) => {
    send(channel, value);
    void page
      .evaluate(`electronListeners.forEach((listener) => listener(${JSON.stringify([channel, value])}))`)
      .catch(() => undefined);
  };
  await page.goto(`${SITE}/`);
  return { page, complaints, close: () => browser.close() };
}

function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: requireProgram('chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
  });
}

/** Runs the preload script with what a sandboxed one can require; the page's scripts see only the bridge. */
function preloadWorld(script: string): string {
  return `
    globalThis.electronListeners = [];
    (() => {
      const electron = {
        contextBridge: { exposeInMainWorld: (name, value) => { globalThis[name] = value; } },
        ipcRenderer: {
          invoke: (channel, value) => globalThis.electronInvoke(channel, value),
          on: (channel, listener) => electronListeners.push((event) => event[0] === channel && listener({}, event[1])),
          off: () => undefined,
        },
        webUtils: { getPathForFile: (file) => '/dropped/' + file.name },
      };
      const module = { exports: {} };
      ((require, exports) => { ${script} })(() => electron, module.exports);
    })();
  `;
}
