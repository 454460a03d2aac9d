// Sends a request with a body, and finds out why a server broke the connection before it had taken the whole body.
import { AppError } from '../errors.js';
import { refused, type Connection } from './connection.js';
import type { Refusal } from './http/refusal.js';
import type { HttpResponse } from './http/transport-types.js';
import type { ScopedRequest } from './login/auth.js';

/** How long a server may take to refuse a body of which it got the first byte only (milliseconds). */
const EARLY_ANSWER_MS = 2_000;
/** Bytes. A shorter body is written at once, so that no write can fail before the answer is read. */
const SHORT_BODY = 64 * 1024;

/**
 * Sends `request`, whose body has `length` bytes. A proxy or registry that refuses a body by its length, or for want of rights or
 * space, answers before it has read all of it and closes; the answer is often lost then, because writing fails first. So the same
 * request is begun once more after a broken connection, with one byte of its body, and an early refusal is thrown in place of the
 * network's error. The upload session is of no use any more in either case.
 */
export async function sendBody(
  connection: Connection,
  request: ScopedRequest,
  length: number,
): Promise<HttpResponse> {
  try {
    return await sendWhileAlive(connection, request);
  } catch (error) {
    const isBroken = error instanceof AppError && error.code === 'registry.unreachable-reset';
    if (!isBroken || length <= SHORT_BODY) throw error;
    throw (await earlyRefusal(connection, request, length)) ?? error;
  }
}

/**
 * Sends a request whose answer may take minutes, and asks the server for a sign of life meanwhile: one that hangs is noticed after
 * half a minute, and not after the longest time that an answer may take.
 */
async function sendWhileAlive(connection: Connection, request: ScopedRequest): Promise<HttpResponse> {
  const { http, retries, aliveEveryMs } = connection;
  const { watch } = retries;
  if (!watch || !request.slow) return http.send(request);
  const hung = new AbortController();
  const timer = setInterval(() => {
    watch.ask(request).then(
      (failure) => {
        if (failure) hung.abort(failure);
      },
      () => undefined,
    );
  }, aliveEveryMs);
  try {
    return await http.send({ ...request, signal: AbortSignal.any([request.signal, hung.signal]) });
  } catch (error) {
    throw hung.signal.aborted && !request.signal.aborted ? hung.signal.reason : error;
  } finally {
    clearInterval(timer);
  }
}

async function earlyRefusal(
  connection: Connection,
  request: ScopedRequest,
  length: number,
): Promise<Refusal | null> {
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(), EARLY_ANSWER_MS);
  const signal = AbortSignal.any([request.signal, end.signal]);
  const body = firstByteOnly();
  const headers = { ...request.headers, 'content-length': String(length) };
  try {
    const response = await connection.http.send({ ...request, headers, body, signal });
    return response.status < 400 ? null : await refused(connection, response, request.method);
  } catch (error) {
    if (request.signal.aborted) throw error;
    return null;
  } finally {
    clearTimeout(timer);
    body.end();
    end.abort();
  }
}

/** One byte, and then nothing until `end` is called. */
function firstByteOnly(): AsyncIterable<Uint8Array> & { readonly end: () => void } {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let sent = false;
  return {
    end,
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        if (!sent) {
          sent = true;
          return { done: false, value: new Uint8Array(1) };
        }
        await ended;
        return { done: true, value: undefined };
      },
      return: () => {
        end();
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
}
