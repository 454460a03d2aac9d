// The menu: the system's own items where it has them, and items of the app.
import { Menu, shell, type MenuItemConstructorOptions } from 'electron';
import type { Say } from './words.js';

export interface MenuActions {
  readonly openPackages: () => void;
  readonly about: () => void;
  /** Folder of the log. */
  readonly logFolder: string;
  readonly devTools: boolean;
}

/** Sets the menu of the program, in the language of `say`. */
export function setMenu(say: Say, { openPackages, about, logFolder, devTools }: MenuActions): void {
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: say('desktop.menu.file'),
      submenu: [
        // The accelerator is only shown: the window handles the key itself.
        {
          label: say('desktop.menu.open'),
          accelerator: 'CmdOrCtrl+O',
          registerAccelerator: false,
          click: openPackages,
        },
        { type: 'separator' },
        process.platform === 'darwin' ? { role: 'close' } : { role: 'quit', label: say('desktop.menu.quit') },
      ],
    },
    { role: 'editMenu', label: say('desktop.menu.edit') },
    {
      label: say('desktop.menu.view'),
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...(devTools ? [{ role: 'toggleDevTools' } as const] : []),
      ],
    },
    { role: 'windowMenu', label: say('desktop.menu.window') },
    {
      role: 'help',
      label: say('desktop.menu.help'),
      submenu: [
        { label: say('desktop.menu.logs'), click: () => void shell.openPath(logFolder) },
        { label: say('desktop.menu.about'), click: about },
      ],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
