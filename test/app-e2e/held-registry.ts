// The app with a registry of its own, behind a proxy that can hold, refuse or cut what is sent.
import { dirname, join } from 'node:path';
import { openGate, type Gate } from '../support/gate.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { test as base } from './app-under-test.js';

export { expect, needs } from './app-under-test.js';

/** A file that uses this calls `needs('registry')` itself, because a module is loaded once for several files. */
export const test = base.extend<{ storageDir: string; registry: RunningRegistry; gate: Gate }>({
  storageDir: ({ app }, use) => use(join(dirname(app.stateDir), 'registry')),
  registry: async ({ storageDir }, use) => {
    const registry = await startRegistry({ version: 3, storageDir });
    await use(registry);
    await registry.stop();
  },
  gate: async ({ registry }, use) => {
    const gate = await openGate(registry.host);
    await use(gate);
    await gate.close();
  },
});

/** True for each request of an upload. */
export function isUpload(_method: string, path: string): boolean {
  return path.includes('/blobs/uploads/');
}
