// What tests may expect of start-app.mjs.

/** The Electron program; null where there is none. Never downloads. */
export function findElectron(root: string): string | null;
/** Opens the desktop app, or serves. */
export function startApp(root: string, serve: () => Promise<void>): Promise<void>;
