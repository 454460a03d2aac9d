// The system's own dialogs: opened for the window, or by the program itself.
import { writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { dialog, type BrowserWindow } from 'electron';
import { AppError } from '../core/errors.js';
import type { Say } from './words.js';

/** Lets the person choose packages; [] when the person cancelled. */
export async function chooseFiles(window: BrowserWindow, say: Say): Promise<readonly string[]> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: say('desktop.choose-packages'),
    properties: ['openFile', 'multiSelections'],
    filters: [
      { name: say('desktop.packages'), extensions: ['gz', 'tgz', 'tar'] },
      { name: say('desktop.all-files'), extensions: ['*'] },
    ],
  });
  return canceled ? [] : filePaths;
}

/** Lets the person choose or create a folder; [] when the person cancelled. */
export async function chooseFolder(window: BrowserWindow, say: Say): Promise<readonly string[]> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    title: say('desktop.choose-folder'),
    properties: ['openDirectory', 'createDirectory'],
  });
  return canceled ? [] : filePaths;
}

/** Writes a text to a file that the person chooses; false when the person cancelled. Throws `app.file-not-saved`. */
export async function saveFile(
  window: BrowserWindow,
  { name, text }: { readonly name: string; readonly text: string },
): Promise<boolean> {
  // Only the last part of the proposed name is used; a path in it would decide in which folder the dialog opens.
  const defaultPath = join(homedir(), basename(name));
  const { canceled, filePath } = await dialog.showSaveDialog(window, { defaultPath });
  if (canceled || !filePath) return false;
  await writeFile(filePath, text).catch((cause: unknown) => {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('app.file-not-saved', { origin: 'disk', params: { path: filePath, detail }, cause });
  });
  return true;
}

/** Asks before the window closes during a run; true to cancel the run and close. */
export async function askAboutRun(window: BrowserWindow, say: Say): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: say('desktop.run-going-on'),
    detail: say('desktop.safe-to-close'),
    buttons: [say('desktop.keep-running'), say('desktop.stop-and-close')],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}
