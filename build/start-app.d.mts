// Types of start-app.mjs, for the tests.

/** The Electron program; null where there is none. Never downloads. */
export function findElectron(root: string): string | null;
/** Opens the desktop app, or calls `serve`. */
export function startApp(root: string, serve: () => Promise<void>): Promise<void>;
