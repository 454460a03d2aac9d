// Starts the app for `archbridge serve`: engine, service, page and server, limited to the folders that it may show.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { openAppLog } from '../core/app/app-log.js';
import { createAppService } from '../core/app/app-service.js';
import { examplePackages, installRoot, windowFolder } from '../core/app/install-root.js';
import { openWindowPage } from '../core/app/window-page.js';
import type { Language } from '../core/contract.js';
import { createEngine } from '../core/engine.js';
import { buildMissingWindow } from './built-window.js';
import { startWebHost, type WebHost } from './web-host.js';

export interface ServeOptions {
  readonly stateDir: string;
  readonly version: string;
  readonly language: Language;
  /** 0 takes a free port. */
  readonly port: number;
  /** Folders that its file picker may show. Empty: the home folder, the current folder, the examples and drives. */
  readonly roots: readonly string[];
  /** Folder against which relative paths are resolved. */
  readonly cwd: string;
  /** A PEM file with further authorities, besides those of each target. */
  readonly extraCaFile?: string | undefined;
  /** Folder of the built window; tests set it. */
  readonly page?: string;
  readonly signal: AbortSignal;
}

export interface ServedApp extends WebHost {
  readonly isRunGoingOn: boolean;
}

/** Starts serving. Throws `app.window-not-built` and `app.cannot-listen`. */
export async function serveApp(options: ServeOptions): Promise<ServedApp> {
  const { stateDir, version, language, signal } = options;
  const folder = options.page ?? windowFolder();
  if (options.page === undefined) await buildMissingWindow(installRoot(), folder, { signal });
  const page = await openWindowPage(folder, { signal });
  const log = openAppLog(join(stateDir, 'logs', 'app.log'));
  const named = options.roots.map((root) => resolve(options.cwd, root));
  const examples = named.length > 0 ? [] : examplePackages();
  const service = createAppService({
    engine: createEngine({ stateDir, version, log: log.write }),
    stateDir,
    version,
    host: 'web',
    language,
    roots:
      named.length > 0
        ? { folders: named, withDrives: false }
        : { folders: [homedir(), options.cwd, ...examples.slice(0, 1).map(dirname)], withDrives: true },
    examples: examples.filter((path) => existsSync(path)),
    defaultStore: join(named[0] ?? options.cwd, 'archbridge-store'),
    log,
    ...(options.extraCaFile ? { extraCaFile: options.extraCaFile } : {}),
  });
  const host = await startWebHost(service, page, options.port);
  log.write('info', 'app served', { port: host.port, version });
  return {
    ...host,
    get isRunGoingOn() {
      return service.isRunGoingOn;
    },
    async close() {
      await host.close();
      log.close();
    },
  };
}
