// The WebSocket of one window: its channel to the app, with limits for messages and with pings.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { AppService } from '../core/app/app-service.js';
import { LARGEST_OF_ALL, openWindowChannel } from '../core/app/window-channel.js';
import { refuse, type AppSession } from './request-guard.js';

export const SOCKET_PATH = '/socket';

/** https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const NOT_A_MESSAGE = 1007;
const GOING_AWAY = 1001;
const ALIVE_EVERY_MS = 30_000;
const FAREWELL_MS = 1_000;
/**
 * Bytes that may wait for a window. A window that reads more slowly is disconnected; it connects again and asks for the current
 * state.
 */
const LARGEST_BACKLOG = 256 * 1024 * 1024;

export class WindowSockets {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: LARGEST_OF_ALL,
    perMessageDeflate: false,
  });
  readonly #service: AppService;
  readonly #session: AppSession;

  constructor(service: AppService, session: AppSession) {
    this.#service = service;
    this.#session = session;
  }

  /** Accepts an upgrade or refuses it. Browsers always send the origin of the page that opens a socket. */
  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const refusal = refuse(request);
    const status =
      refusal?.status ??
      (request.headers.origin === undefined ? 403 : this.#session.hasCookie(request) ? 0 : 401);
    if (status === 0 && request.url === SOCKET_PATH) {
      this.#server.handleUpgrade(request, stream, head, (socket) => this.#serve(socket));
      return;
    }
    stream.on('error', () => undefined);
    stream.end(
      `HTTP/1.1 ${status === 0 ? 404 : status} Refused\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    );
  }

  /** Closes all sockets. */
  close(): void {
    for (const socket of this.#server.clients) {
      socket.close(GOING_AWAY);
      // A computer that sleeps would answer only when it wakes, so the socket is cut after a while.
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
    // Messages that are too large or not UTF-8 close the socket; the error is reported here.
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
