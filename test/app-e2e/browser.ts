// The Chromium of this machine; no browser is downloaded.
import { chromium, type BrowserContext, type BrowserContextOptions } from '@playwright/test';
import { requireProgram } from '../support/programs.js';

export interface TestBrowser {
  /** A new window without any stored state. */
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
];

export async function openBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({ executablePath: requireProgram('chromium'), args: FLAGS });
  return {
    newContext: (options) =>
      browser.newContext({
        viewport: { width: 1366, height: 768 },
        locale: 'en-GB',
        timezoneId: 'UTC',
        colorScheme: 'light',
        ...options,
      }),
    close: () => browser.close(),
  };
}
