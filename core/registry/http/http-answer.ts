// Wraps an answer of undici: its body is read once and within bounds, and failures while reading are AppErrors.
import type { Dispatcher } from 'undici';
import { AppError, type Origin } from '../../errors.js';
import { hostAndPort, redactedUrl } from './allowed-hosts.js';
import { networkFailure } from './network-failure.js';
import type { HttpResponse } from './transport-types.js';

/** Bytes. A body that nobody wants is read up to this size to keep the connection; a longer one closes the connection. */
const WORTH_READING = 128 * 1024;

/** Milliseconds for the whole of a small answer; between two pieces of it there is another, shorter bound. */
const SLOWEST_ANSWER_MS = 300_000;
/** Pieces of a body that are kept apart. */
const MOST_PIECES = 4_096;

/** An answer of undici to a request that was sent to `from`. */
export class HttpAnswer implements HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly url: string;
  readonly #answer: Dispatcher.ResponseData;
  readonly #from: URL;
  readonly #origin: Origin;
  readonly #signal: AbortSignal;

  constructor(answer: Dispatcher.ResponseData, from: URL, origin: Origin, signal: AbortSignal) {
    this.status = answer.statusCode;
    this.headers = joinedHeaders(answer.headers);
    this.url = from.href;
    this.#answer = answer;
    this.#from = from;
    this.#origin = origin;
    this.#signal = signal;
  }

  get body(): AsyncIterable<Buffer> {
    return this.#read();
  }

  async bytes(limit: number): Promise<Buffer> {
    let chunks: Buffer[] = [];
    let size = 0;
    const start = performance.now();
    for await (const chunk of this.#read()) {
      size += chunk.length;
      if (performance.now() - start > SLOWEST_ANSWER_MS) throw tooSlow(this.#from, this.#origin);
      // a server that sends one byte at a time must not cost a hundred times its bytes
      if (chunks.length === MOST_PIECES) chunks = [Buffer.concat(chunks)];
      if (size > limit) {
        throw new AppError('registry.answer-too-large', {
          origin: this.#origin,
          params: { url: redactedUrl(this.#from), limit },
        });
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks, size);
  }

  async discard(): Promise<void> {
    try {
      await this.#answer.body.dump({ limit: WORTH_READING, signal: this.#signal });
    } catch (cause) {
      // The body is not needed, so its failure does not matter. A cancel does.
      if (this.#signal.aborted) throw cause;
    }
  }

  async *#read(): AsyncGenerator<Buffer, void, undefined> {
    const chunks: AsyncIterable<Buffer> = this.#answer.body;
    try {
      for await (const chunk of chunks) yield chunk;
    } catch (cause) {
      if (this.#signal.aborted || cause instanceof AppError) throw cause;
      throw networkFailure(cause, hostAndPort(this.#from), this.#origin);
    }
  }
}

function tooSlow(from: URL, origin: Origin): AppError {
  const params = { host: hostAndPort(from), reason: `${SLOWEST_ANSWER_MS / 1000} s for one answer` };
  return new AppError('registry.unreachable-timeout', { origin, params, retryable: true });
}

function joinedHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) joined[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return joined;
}
