// The engine's side of the port: serves the app's service over messages, for one window.
import { join } from 'node:path';
import { openAppLog } from '../core/app/app-log.js';
import { createAppService } from '../core/app/app-service.js';
import { examplePackages } from '../core/app/install-root.js';
import { openWindowChannel } from '../core/app/window-channel.js';
import { createEngine } from '../core/engine.js';
import { engineStartSchema, type EngineStart, type FromEngine } from './engine-messages.js';

/** A port as Electron's utility processes have it. */
export interface EnginePort {
  on(name: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  postMessage(message: FromEngine): void;
}

/** Sends `hello`, waits for `start`, then serves until `close`. */
export function serveEngine(port: EnginePort): void {
  let serving: ReturnType<typeof begin> | null = null;
  port.on('message', ({ data }) => {
    if (serving === null) {
      serving = begin(engineStartSchema.parse(data), port);
      return;
    }
    if (isClose(data)) {
      void serving.close().then(() => port.postMessage({ type: 'closed' }));
      return;
    }
    // The main process has already checked the size of the message.
    serving.receive(data);
  });
  port.postMessage({ type: 'hello' });
}

function begin(start: EngineStart, port: EnginePort) {
  const { stateDir, version } = start;
  const log = openAppLog(join(stateDir, 'logs', 'app.log'));
  const service = createAppService({
    ...start,
    engine: createEngine({ stateDir, version, log: log.write }),
    host: 'desktop',
    roots: null,
    examples: examplePackages(),
    log,
  });
  const channel = openWindowChannel(service, (message) => port.postMessage(message));
  log.write('info', 'engine started', { version });
  return {
    receive: (message: unknown) => channel.receive(message, 0),
    async close(): Promise<void> {
      await service.close();
      channel.close();
      log.close();
    },
  };
}

function isClose(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'type' in data && data.type === 'close';
}
