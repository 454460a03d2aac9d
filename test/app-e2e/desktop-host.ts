// The app in a real Electron, where this machine has one; the test answers only the system's own dialogs.
import { join } from 'node:path';
import { _electron } from '@playwright/test';
import { findElectron } from '../../build/start-app.mjs';
import { PROJECT_ROOT } from '../support/source-tree.js';
import type { HostAtWork, Place } from './app-under-test.js';

export async function openDesktop({ home, env, say }: Place): Promise<HostAtWork> {
  const executablePath = findElectron(PROJECT_ROOT);
  if (executablePath === null) throw new Error('There is no Electron here.');
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const electron = await _electron.launch({
    executablePath,
    args: [...sandbox, '--lang=en-GB', join(PROJECT_ROOT, 'dist', 'electron', 'main.js')],
    cwd: home,
    env: { ...env },
  });
  const page = await electron.firstWindow();
  return {
    page,
    async chooseFiles(paths) {
      await electron.evaluate(({ dialog }, filePaths) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths });
      }, paths as string[]);
      await page.getByRole('button', { name: say('packages.chooseFiles') }).click();
    },
    newTab: () => Promise.reject(new Error('The desktop has one window.')),
    kill: () => Promise.reject(new Error('The window ends with its engine.')),
    close: () => electron.close(),
  };
}
