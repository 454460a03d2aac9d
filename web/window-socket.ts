// The WebSocket of one window: its channel to the app, kept honest (size, form) and alive (pings).
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { AppService } from '../core/app/app-service.js';
import { LARGEST_OF_ALL, openWindowChannel } from '../core/app/window-channel.js';
import { refuse, type Door } from './request-guard.js';

export const SOCKET_PATH = '/socket';

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const NOT_A_MESSAGE = 1007;
const GOING_AWAY = 1001;
const ALIVE_EVERY_MS = 30_000;
const FAREWELL_MS = 1_000;
/** A window that reads slower than this piles up has to come again and ask anew. */
const LARGEST_BACKLOG = 256 * 1024 * 1024;

export class WindowSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_OF_ALL,
    perMessageDeflate: false,
  });
  readonly #service: AppService;
  readonly #door: Door;

  constructor(service: AppService, door: Door) {
    this.#service = service;
    this.#door = door;
  }

  /** Takes an upgrade, or refuses it. Browsers always say from which page a socket comes. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const refusal = refuse(request);
    const status =
      refusal?.status ??
      (request.headers.origin === undefined ? 403 : this.#door.isInside(request) ? 0 : 401);
    if (status === 0 && request.url === SOCKET_PATH) {
      this.#server.handleUpgrade(request, stream, head, (socket) => this.#serve(socket));
      return;
    }
    stream.on('error', () => undefined);
    stream.end(
      `HTTP/1.1 ${status === 0 ? 404 : status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    );
  }

  /** Tells the windows that nothing is served any more. */
  close(): void {
    for (const socket of this.#server.clients) {
      socket.close(GOING_AWAY);
      // a computer that sleeps would not answer for a long time
      setTimeout(() => socket.terminate(), FAREWELL_MS).unref();
    }
    this.#server.close();
  }

  #serve(socket: WebSocket): void {
    let isAlive = true;
    const channel = openWindowChannel(this.#service, (message) => {
      if (socket.readyState !== socket.OPEN) return;
      if (socket.bufferedAmount > LARGEST_BACKLOG) socket.terminate();
      else socket.send(JSON.stringify(message));
    });
    const timer = setInterval(() => {
      if (!isAlive) socket.terminate();
      isAlive = false;
      socket.ping();
    }, ALIVE_EVERY_MS);
    timer.unref();
    socket.on('pong', () => (isAlive = true));
    // what is too large or no UTF-8 closes the socket by itself, and tells here
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => {
      if (isBinary || !channel.receive(parsed(data), sizeOf(data))) socket.close(NOT_A_MESSAGE);
    });
    socket.on('close', () => {
      clearInterval(timer);
      channel.close();
    });
  }
}

function parsed(data: RawData): unknown {
  try {
    return JSON.parse(textOf(data));
  } catch {
    return undefined;
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8');
  return (data instanceof ArrayBuffer ? Buffer.from(data) : data).toString('utf8');
}

function sizeOf(data: RawData): number {
  return Array.isArray(data) ? data.reduce((sum, part) => sum + part.length, 0) : data.byteLength;
}
