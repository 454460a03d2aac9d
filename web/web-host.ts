// The app on a loopback address: an HTTP server for its page, with the socket beside it.
import { createServer, type Server } from 'node:http';
import type { AppService } from '../core/app/app-service.js';
import type { WindowPage } from '../core/app/window-page.js';
import { AppError } from '../core/engine.js';
import { answerRequest } from './http-answers.js';
import { Door } from './request-guard.js';
import { WindowSockets } from './window-socket.js';

export interface WebHost {
  readonly port: number;
  /** With the token: for the person alone. */
  readonly url: string;
  /** The same with a ticket that is good once, for starting a browser. */
  newUrl(): string;
  /** Ends the app in good order, a run included. */
  close(): Promise<void>;
}

const ADDRESS = '127.0.0.1';

/** Serves until it is closed. `port` 0 takes a free one. Throws `app.cannot-listen`. */
export async function startWebHost(service: AppService, page: WindowPage, port: number): Promise<WebHost> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 20_000, maxHeaderSize: 16 * 1024 });
  const taken = await listen(server, port);
  const door = new Door(taken);
  const sockets = new WindowSockets(service, door);
  server.on('request', (request, response) => void answerRequest(request, response, door, page));
  server.on('upgrade', (request, stream, head) => sockets.upgrade(request, stream, head));
  const base = `http://${ADDRESS}:${taken}/?token=`;
  return {
    port: taken,
    url: base + door.token,
    newUrl: () => base + door.newTicket(),
    async close() {
      await service.close();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new AppError('app.cannot-listen', {
          origin: 'config',
          params: { port, detail: cause.message },
          cause,
        }),
      );
    });
    server.listen(port, ADDRESS, () => {
      const address = server.address();
      resolve(address !== null && typeof address === 'object' ? address.port : port);
    });
  });
}
