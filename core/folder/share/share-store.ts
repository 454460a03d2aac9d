// Serves a folder target over HTTP or HTTPS, read-only: as a registry under /v2/ and as a chart repository under /charts/.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { isIP, isIPv6, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../../errors.js';
import { listIfPresent, realPath } from '../../layout/optional-file.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { checkStore, LAYOUT_FOLDER } from '../store-check.js';
import { registryError, sendAnswer, textAnswer, type Answer } from './answer.js';
import { chartAnswer } from './chart-answers.js';
import { RegistryAnswers } from './registry-answers.js';

export interface ShareSettings {
  /** The folder target. */
  readonly store: string;
  /** An address of this computer: `127.0.0.1`, `::1`, `0.0.0.0`, or a host name. */
  readonly address: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Certificate with its chain, and its key, as PEM; null for HTTP. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Is told each answered request. */
  readonly onAnswer: (line: string) => void;
}

export interface SharedStore {
  /** `host:port` for clients of a registry. */
  readonly host: string;
  /** URL of the chart repository. */
  readonly chartsUrl: string;
  /** A name of the folder as a client appends it to the host, for an example; null where it holds no image. */
  readonly example: string | null;
  /** False where other computers reach this address. */
  readonly isLoopback: boolean;
  readonly isTls: boolean;
  close(): Promise<void>;
}

const LOOPBACK = /^(?:127(?:\.\d{1,3}){3}|localhost|::1)$/i;
/** Host headers with which clients on this computer reach a loopback address. */
const OWN_HOST = /^(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d{1,5})?$/i;

/**
 * Starts serving and returns when the port is taken. Throws `folder.not-a-store`, `folder.nothing-to-share`, `share.cannot-listen` and
 * `share.bad-certificate`.
 */
export async function shareStore(settings: ShareSettings, options: Cancellable): Promise<SharedStore> {
  const { address, tls, onAnswer } = settings;
  const root = await realPath(settings.store, options);
  await checkStore(root, options);
  if ((await listIfPresent(join(root, LAYOUT_FOLDER), options)) === null) {
    throw new AppError('folder.nothing-to-share', { origin: 'disk', params: { path: root } });
  }
  const registry = new RegistryAnswers(root);
  const isLoopback = LOOPBACK.test(address);
  const server = newServer(tls, (request, response) => {
    const answering = answerTo(request, { root, registry, isLoopback }, options);
    void answering
      .then((answer) => sendAnswer(request, response, answer, options))
      .then((status) => onAnswer(`${request.method ?? ''} ${request.url ?? ''} ${String(status)}`))
      // The client went away, or the drive failed in the middle of a file.
      .catch(() => response.destroy());
  });
  const port = await listen(server, settings);
  const host = `${isIPv6(address) ? `[${address}]` : address}:${String(port)}`;
  return {
    host,
    chartsUrl: `${tls ? 'https' : 'http'}://${host}/charts`,
    example: await registry.example(options),
    isLoopback,
    isTls: tls !== null,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Shared {
  readonly root: string;
  readonly registry: RegistryAnswers;
  readonly isLoopback: boolean;
}

async function answerTo(request: IncomingMessage, shared: Shared, options: Cancellable): Promise<Answer> {
  const close = { connection: 'close' };
  // A page of another site whose name was pointed to this computer (DNS rebinding) may not read the images.
  if (shared.isLoopback && !OWN_HOST.test(request.headers.host ?? '')) {
    return textAnswer(421, 'This name is not served here; use 127.0.0.1, or share with --listen.\n', close);
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    // An unread body would be taken for the next request of this connection.
    return registryError(405, 'UNSUPPORTED', 'This registry is read-only.', { ...close, allow: 'GET, HEAD' });
  }
  const [rawPath = '', rawQuery = ''] = (request.url ?? '').split(/\?(.*)/s);
  const path = decoded(rawPath);
  if (path === null) return textAnswer(400, 'The address cannot be read.\n');
  try {
    if (path === '/v2' || path.startsWith('/v2/')) {
      const answer = await shared.registry.answer(path, new URLSearchParams(rawQuery), options);
      return {
        ...answer,
        headers: { ...answer.headers, 'docker-distribution-api-version': 'registry/2.0' },
      };
    }
    const chart = /^\/charts\/([^/]+)$/.exec(path)?.[1];
    if (chart !== undefined) return await chartAnswer(shared.root, chart, options);
    return textAnswer(404, 'Images are under /v2/, charts under /charts/.\n');
  } catch (error) {
    const detail = error instanceof AppError ? error.code : 'failed';
    return textAnswer(500, `The folder cannot be read: ${detail}.\n`);
  }
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function newServer(
  tls: ShareSettings['tls'],
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  const limits = { headersTimeout: 10_000, requestTimeout: 30_000, maxHeaderSize: 16 * 1024 };
  if (!tls) return createServer(limits, onRequest);
  try {
    return createTlsServer({ ...limits, ...tls, minVersion: 'TLSv1.2' }, onRequest);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('share.bad-certificate', { origin: 'config', params: { detail }, cause });
  }
}

function listen(server: Server, { address, port }: ShareSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const params = { address, port, detail: cause.message };
      reject(new AppError('share.cannot-listen', { origin: 'config', params, cause }));
    });
    server.listen(port, address, () => {
      const taken = server.address();
      resolve(isAddress(taken) ? taken.port : port);
    });
  });
}

function isAddress(value: AddressInfo | string | null): value is AddressInfo {
  return value !== null && typeof value === 'object' && isIP(value.address) > 0;
}
