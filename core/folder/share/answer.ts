// What an answer of the shared folder is, and how it is written to a connection.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Cancellable } from '../../ports/cancellable.js';
import { readRange, type StoredFile } from './stored-file.js';

export type AnswerHeaders = Readonly<Record<string, string>>;

export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Bytes, or an open file, which is closed after it was sent. */
  readonly body: Uint8Array | StoredFile;
}

/** On every answer: no browser may guess a type or run anything, whatever a blob holds. */
const SAFE: AnswerHeaders = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
};

/** The codes of https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes */
export type RegistryErrorCode =
  'BLOB_UNKNOWN' | 'DIGEST_INVALID' | 'MANIFEST_UNKNOWN' | 'NAME_UNKNOWN' | 'UNSUPPORTED' | 'DENIED';

/** An error as registries answer it. */
export function registryError(
  status: number,
  code: RegistryErrorCode,
  message: string,
  headers: AnswerHeaders = {},
): Answer {
  const body = Buffer.from(`${JSON.stringify({ errors: [{ code, message, detail: {} }] })}\n`);
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** An answer in plain text. */
export function textAnswer(status: number, text: string, headers: AnswerHeaders = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    body: Buffer.from(text),
  };
}

/** Writes an answer, or the part of it that the request asks for; returns the status that was sent. */
export async function sendAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  { signal }: Cancellable,
): Promise<number> {
  const { body } = answer;
  const file = body instanceof Uint8Array ? null : body;
  try {
    const size = body instanceof Uint8Array ? body.length : body.size;
    const isPart = answer.status === 200 && file !== null;
    const headers = { ...SAFE, ...answer.headers, ...(isPart ? { 'accept-ranges': 'bytes' } : {}) };
    const etag = answer.headers['etag'];
    if (answer.status === 200 && etag !== undefined && request.headers['if-none-match'] === etag) {
      response.writeHead(304, headers).end();
      return 304;
    }
    const range = isPart ? readRange(request.headers.range, size) : 'all';
    if (range === 'outside') {
      response.writeHead(416, { ...SAFE, 'content-range': `bytes */${String(size)}` }).end();
      return 416;
    }
    const { first, last } = range === 'all' ? { first: 0, last: size - 1 } : range;
    const status = range === 'all' ? answer.status : 206;
    response.writeHead(status, {
      ...headers,
      'content-length': String(last - first + 1),
      ...(range === 'all'
        ? {}
        : { 'content-range': `bytes ${String(first)}-${String(last)}/${String(size)}` }),
    });
    if (request.method === 'HEAD' || size === 0) response.end();
    else if (body instanceof Uint8Array) response.end(body);
    else
      await pipeline(body.handle.createReadStream({ start: first, end: last, autoClose: false }), response, {
        signal,
      });
    return status;
  } finally {
    await file?.handle.close();
  }
}
