// The app in one of its hosts, started for one test with a home folder of its own, and ended afterwards.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import type { AppSettings } from '../../core/contract.js';
import { findProgram, type Program } from '../support/programs.js';
import { openBrowser, type TestBrowser } from './browser.js';
import { openDesktop } from './desktop-host.js';
import { openWebHost } from './web-host.js';
import { likeIn, wordsIn, type Like, type Say } from './words.js';

export { expect };

/** The folders of the program, so that nothing of the person who runs the tests is read or changed. */
export interface Place {
  /** Home and working folder. */
  readonly home: string;
  readonly stateDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** The texts of the window, in the language in which it starts. */
  readonly say: Say;
  readonly like: Like;
}

/** What the hosts do in different ways. */
export interface HostAtWork {
  readonly page: Page;
  /** Chooses files of one folder below the home, beginning with "Choose files…". */
  chooseFiles(paths: readonly string[]): Promise<void>;
  /** Opens another tab, as a person does who closed the first; only browsers have tabs. */
  newTab(): Promise<Page>;
  /** Ends the process with the engine as a crash does; only browsers have one of their own. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export interface AppUnderTest extends HostAtWork, HostOptions, Place {
  /** The folder target that the app proposes. */
  readonly store: string;
  /** Copies packages into the home, each with its checksum file; returns their folder. */
  bring(...packages: readonly string[]): readonly string[];
}

/** Steps that take longer are waited for explicitly. */
const STEP_MS = 60_000;

export interface HostOptions {
  readonly host: 'web' | 'desktop';
}

interface TestFixtures {
  /** State of the app from an earlier session. */
  readonly settings: Partial<AppSettings>;
  readonly app: AppUnderTest;
}

interface WorkerFixtures extends HostOptions {
  readonly chromium: TestBrowser | null;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  host: ['web', { option: true, scope: 'worker' }],
  settings: [{}, { option: true }],
  chromium: [
    async ({ host }, use) => {
      const browser = host === 'web' ? await openBrowser() : null;
      await use(browser);
      await browser?.close();
    },
    { scope: 'worker' },
  ],
  app: async ({ host, settings, chromium }, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'archbridge-app-'));
    const place = makePlace(folder, settings);
    const at = await (chromium === null ? openDesktop(place) : openWebHost(place, chromium));
    at.page.setDefaultTimeout(STEP_MS);
    const complaints = listen(at.page);
    // The examples are listed, so the host has answered and keys are handled.
    await at.page.getByRole('grid').first().waitFor();
    const { home } = place;
    const store = join(home, 'archbridge-store');
    await use({ ...place, ...at, host, store, bring: (...packages) => bring(home, packages) });
    await at.close();
    rmSync(folder, { recursive: true, force: true });
    expect(complaints).toEqual([]);
  },
});

/** For the top of a file or group: its tests run only where the programs are installed. */
export function needs(...programs: readonly Program[]): void {
  const missing = programs.filter((program) => findProgram(program) === null);
  test.skip(missing.length > 0, `not on this machine: ${missing.join(', ')}`);
}

function makePlace(folder: string, settings: Partial<AppSettings>): Place {
  const home = join(folder, 'home');
  const stateDir = join(folder, 'state');
  for (const path of [home, stateDir]) mkdirSync(path);
  writeFileSync(join(stateDir, 'app-settings.json'), JSON.stringify(settings));
  const { PATH = '', DISPLAY, XAUTHORITY } = process.env;
  const display = { ...(DISPLAY ? { DISPLAY } : {}), ...(XAUTHORITY ? { XAUTHORITY } : {}) };
  const env = { PATH, HOME: home, LANG: 'C.UTF-8', ARCHBRIDGE_STATE_DIR: stateDir, ...display };
  const language = settings.language === 'zh-CN' ? 'zh-CN' : 'en';
  return { home, stateDir, env, say: wordsIn(language), like: likeIn(language) };
}

function bring(home: string, packages: readonly string[]): readonly string[] {
  const folder = join(home, 'packages');
  mkdirSync(folder, { recursive: true });
  return packages.map((path) => {
    const copy = join(folder, basename(path));
    cpSync(path, copy);
    if (existsSync(`${path}.sha512`)) cpSync(`${path}.sha512`, `${copy}.sha512`);
    return copy;
  });
}

/** Fails the test for errors of the page, violations of its policy, and requests to other hosts. */
export function listen(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith('data:') && new URL(url).origin !== new URL(page.url()).origin) complaints.push(url);
  });
  return complaints;
}
