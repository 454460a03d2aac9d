// Runs the end-to-end suite of the app (test/app-e2e) with Playwright, and counts the tests that really ran.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingPartners } from './partners.mjs';
import { findElectron } from './start-app.mjs';
import { runStep } from './step.mjs';

const FOLDER = join('test', 'app-e2e');

/**
 * @typedef {{ passed: number, failed: number, skipped: number }} Counts
 * @typedef {'web' | 'desktop'} Host
 */

/**
 * Why the suite cannot run here, as a sentence; null where it can.
 * @param {string} root @param {Host} host @returns {string | null}
 */
export function obstacle(root, host) {
  if (!existsSync(join(root, FOLDER))) return 'There is no end-to-end suite here.';
  if (host === 'web') {
    const missing = missingPartners().some(({ name }) => name === 'chromium');
    return missing ? 'The end-to-end suite needs chromium.' : null;
  }
  if (findElectron(root) !== null) return null;
  return 'There is no Electron here (node_modules/electron/path.txt, ELECTRON_OVERRIDE_DIST_PATH): the suite was not run in it.';
}

/**
 * Runs it against a built checkout; what it prints goes to stdout.
 * @param {string} root @param {string} project of playwright.config.ts @param {readonly string[]} args of Playwright
 * @returns {Promise<Counts>}
 */
export async function runAppSuite(root, project, args = []) {
  const folder = mkdtempSync(join(tmpdir(), 'archbridge-app-suite-'));
  const report = join(folder, 'report.json');
  const display = project === 'desktop' ? await openDisplay() : null;
  try {
    const { code } = await runStep(
      process.execPath,
      [
        join(root, 'node_modules', '@playwright', 'test', 'cli.js'),
        ...['test', '--config', FOLDER, `--project=${project}`, '--reporter=line,json', ...args],
      ],
      {
        cwd: root,
        env: {
          ...process.env,
          ...(display === null ? {} : { DISPLAY: display.name }),
          PLAYWRIGHT_JSON_OUTPUT_FILE: report,
        },
        onOutput: (text) => process.stdout.write(text),
      },
    );
    return countsOf(report, code);
  } finally {
    display?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Counts a file that could not be loaded as one failure. */
function countsOf(report, code) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    console.log(`Playwright ended with ${code} and left no report.`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const { expected, unexpected, flaky, skipped } = result.stats;
  const failed = unexpected + flaky + result.errors.length;
  return { passed: expected, failed: code !== 0 && failed === 0 ? 1 : failed, skipped };
}

/** Starts Xvfb as an invisible display where Linux has no display and Xvfb is installed; it chooses its own number. */
function openDisplay() {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform !== 'linux' || DISPLAY || WAYLAND_DISPLAY) return Promise.resolve(null);
  return new Promise((resolve) => {
    const server = spawn('Xvfb', ['-displayfd', '1', '-screen', '0', '1440x900x24', '-nolisten', 'tcp'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    server.once('error', () => resolve(null));
    server.once('exit', () => resolve(null));
    server.stdout.once('data', (number) => {
      resolve({ name: `:${String(number).trim()}`, close: () => server.kill() });
    });
  });
}
