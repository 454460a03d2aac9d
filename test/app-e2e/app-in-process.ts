// The app in this process, with an engine of which some answers are planted; service, web host, socket and page are the real ones.
import { join } from 'node:path';
import { openAppLog } from '../../core/app/app-log.js';
import { createAppService } from '../../core/app/app-service.js';
import { windowFolder } from '../../core/app/install-root.js';
import { openWindowPage } from '../../core/app/window-page.js';
import type { Engine } from '../../core/contract.js';
import { createEngine } from '../../core/engine.js';
import { startWebHost, type WebHost } from '../../web/web-host.js';

/** `folder` is the only one that the window may use. `change` gets the real engine and returns the one that the app uses. */
export async function openAppInProcess(folder: string, change: (engine: Engine) => Engine): Promise<WebHost> {
  const log = openAppLog(join(folder, 'app.log'));
  const stateDir = join(folder, 'state');
  const service = createAppService({
    engine: change(createEngine({ stateDir, version: '0.0.0', log: log.write })),
    stateDir,
    version: '0.0.0',
    host: 'web',
    language: 'en',
    roots: { folders: [folder], withDrives: false },
    examples: [],
    defaultStore: join(folder, 'store'),
    log,
    readDrives: () => Promise.resolve([]),
  });
  const page = await openWindowPage(windowFolder(), { signal: new AbortController().signal });
  return startWebHost(service, page, 0);
}
