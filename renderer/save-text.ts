// Saves a text as a file: with the desktop's dialog, in a browser as a download.
import { ask } from './bridge.js';
import { useApp } from './stores/app.js';

/** `type` is the media type. Nothing is saved when the person cancels the dialog. */
export async function saveText(name: string, text: string, type: string): Promise<void> {
  if (useApp.getState().info?.host === 'desktop') {
    await ask('saveFile', { name, text });
    return;
  }
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
