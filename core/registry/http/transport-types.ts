// The types of the HTTP transport (transport.ts), which the chart repositories use as well.
import type { Origin } from '../../errors.js';

export interface HttpRequest {
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; a stream is sent once and needs a Content-Length header. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** The answer may take minutes: a registry on object storage copies a blob of gigabytes before it answers the closing PUT. */
  readonly slow?: boolean;
  /** Only asks for a sign of life, so that its answer is no progress of a run: storage may hang behind a server that answers. */
  readonly isProbe?: boolean;
  readonly signal: AbortSignal;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  /** The URL that answered, after redirects. */
  readonly url: string;
  /** The body, once; ends the exchange when read to the end. */
  readonly body: AsyncIterable<Buffer>;
  /** The whole body; more than `limit` bytes is an AppError. */
  bytes(limit: number): Promise<Buffer>;
  /** Reads and drops the body so that the connection can be used again. */
  discard(): Promise<void>;
}

/**
 * Sends requests to allowed hosts only and follows redirects among them (never with credentials to another origin). It does not
 * judge statuses. Failures of the network are AppErrors of the given origin, retryable where trying again makes sense.
 */
export interface Transport {
  readonly origin: Origin;
  send(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}
