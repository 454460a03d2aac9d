// The HTTP server of the app on a loopback address, with its page and its socket.
import { createServer, type Server } from 'node:http';
import type { AppService } from '../core/app/app-service.js';
import type { WindowPage } from '../core/app/window-page.js';
import { AppError } from '../core/engine.js';
import { answerRequest } from './http-answers.js';
import { AppSession } from './request-guard.js';
import { WindowSockets } from './window-socket.js';

export interface WebHost {
  readonly port: number;
  /** The address with the token. Only the person may see it. */
  readonly url: string;
  /** The address with a ticket that is valid once; for the command that starts a browser. */
  newUrl(): string;
  /** Ends the app; a run is cancelled and waited for. */
  close(): Promise<void>;
}

const ADDRESS = '127.0.0.1';

/** Serves until it is closed. `port` 0 takes a free port. Throws `app.cannot-listen`. */
export async function startWebHost(service: AppService, page: WindowPage, port: number): Promise<WebHost> {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 20_000, maxHeaderSize: 16 * 1024 });
  const taken = await listen(server, port);
  const session = new AppSession(taken);
  const sockets = new WindowSockets(service, session);
  server.on('request', (request, response) => void answerRequest(request, response, session, page));
  server.on('upgrade', (request, stream, head) => sockets.upgrade(request, stream, head));
  const base = `http://${ADDRESS}:${taken}/?token=`;
  return {
    port: taken,
    url: base + session.token,
    newUrl: () => base + session.newTicket(),
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
