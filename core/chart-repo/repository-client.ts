// Sends requests to one chart repository with its credentials and reads its error answers.
import { z } from 'zod';
import { parseJson } from '../content/json-text.js';
import { AppError } from '../errors.js';
import { parseRetryAfter, withRetries, type RetryPolicy } from '../registry/http/retry.js';
import type { HttpResponse, Transport } from '../registry/http/transport-types.js';
import type { Cancellable } from '../ports/cancellable.js';

export interface RepositoryCredentials {
  readonly username: string;
  readonly password: string;
}

export interface Upload {
  readonly bytes: Uint8Array;
  readonly type: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error answer; `detail` is what the server said, at most 300 characters. */
export interface Refusal {
  readonly status: number;
  readonly detail: string;
  /** Milliseconds that the server asks to wait, or null. */
  readonly retryAfterMs: number | null;
}

/** The failure of a request that may succeed later, with the wait that the server asked for. */
export class RepositoryFailure extends AppError {
  readonly status: number;
  readonly retryAfterMs: number | null;

  constructor(params: AppError['params'], { status, retryAfterMs }: Refusal) {
    super('chart-repo.failed', { origin: 'chart-repo', params, retryable: true });
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

export interface RepositoryClientOptions {
  readonly credentials?: RepositoryCredentials;
  /** How often and how long a request is tried again; absent: once. */
  readonly retries?: RetryPolicy;
}

const ANSWER_LIMIT = 64 * 1024 * 1024;
const ERROR_LIMIT = 64 * 1024;
const DETAIL_LIMIT = 300;

const withMessage = z.looseObject({ message: z.string() });
/** ChartMuseum's and Harbor's form, and Artifactory's. */
const errorSchema = z.union([
  z.looseObject({ error: z.union([z.string(), withMessage]) }).transform(({ error }) => error),
  z.looseObject({ errors: z.tuple([withMessage], z.unknown()) }).transform(({ errors }) => errors[0]),
]);

/** Answers of a server, or of a proxy before it, that is away or busy for a while; other errors stay until something is changed. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Requests to one chart repository, with its credentials and its kinds of refusal. */
export class RepositoryClient {
  readonly #transport: Transport;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #retries: RetryPolicy | null;
  /** Failures after the last repetition of a request. What the request was a part of is not repeated once more for them. */
  readonly #givenUp = new WeakSet<AppError>();
  /** The repository's URL for messages. */
  readonly url: string;

  constructor(transport: Transport, url: string, { credentials, retries }: RepositoryClientOptions = {}) {
    this.#transport = transport;
    this.#retries = retries ?? null;
    this.url = url;
    const pair =
      credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    this.#headers = pair === undefined ? {} : { authorization: `Basic ${pair}` };
  }

  /**
   * Sends a request that changes nothing, or nothing more when it arrives twice (GET, DELETE), and repeats it while the repository
   * is away. Throws what {@link sendOnce} throws, and `chart-repo.failed` for a passing failure that stays.
   */
  async send(method: string, url: string, options: Cancellable): Promise<HttpResponse> {
    return this.#repeating(async () => {
      const response = await this.sendOnce(method, url, options);
      if (!PASSING.has(response.status)) return response;
      throw this.failure(await refusalOf(response), url);
    }, options);
  }

  /** Sends one request. Throws `chart-repo.unauthorized` for 401 and `chart-repo.forbidden` for 403; every other status is returned. */
  async sendOnce(method: string, url: string, options: Cancellable, upload?: Upload): Promise<HttpResponse> {
    const headers = {
      ...this.#headers,
      ...upload?.headers,
      ...(upload ? { 'content-type': upload.type } : {}),
    };
    const body = upload ? { body: upload.bytes } : {};
    const response = await this.#transport.send({ method, url, headers, ...body, signal: options.signal });
    if (response.status !== 401 && response.status !== 403) return response;
    await response.discard();
    const code = response.status === 401 ? 'chart-repo.unauthorized' : 'chart-repo.forbidden';
    throw new AppError(code, { origin: 'chart-repo', params: { url: this.url } });
  }

  /**
   * Does something that must not be repeated blindly, an upload. After a failure that may pass, `isDone` asks the repository whether
   * it happened all the same, because an answer can be lost after the work; only where it did not, `attempt` is called again.
   */
  async untilDone(
    attempt: () => Promise<void>,
    isDone: () => Promise<boolean>,
    options: Cancellable,
  ): Promise<void> {
    let isRepeated = false;
    await this.#repeating(async () => {
      if (isRepeated && (await isDone())) return;
      isRepeated = true;
      await attempt();
    }, options);
  }

  /** The JSON of a 200; null for a 404 that is JSON. Throws `chart-repo.not-a-repository` for an HTML page, also with 200. */
  async getJson(url: string, options: Cancellable): Promise<unknown> {
    return this.#reading(url, options, async (response) => {
      if (response.status === 404 && isJson(response)) return (await response.discard(), null);
      if (response.status !== 200) throw this.failure(await refusalOf(response), url);
      const json = parseJson((await response.bytes(ANSWER_LIMIT)).toString('utf8'));
      if (json === undefined) throw this.notARepository('the answer is no JSON');
      return json;
    });
  }

  /** The bytes of a file, at most `limit`; null for 404. */
  async getFile(url: string, limit: number, options: Cancellable): Promise<Buffer | null> {
    return this.#reading(url, options, async (response) => {
      if (response.status === 404) return (await response.discard(), null);
      if (response.status !== 200) throw this.failure(await refusalOf(response), url);
      return response.bytes(limit);
    });
  }

  /** The error for a status that the caller does not handle; `subject` is what was asked for. */
  failure(refusal: Refusal, subject: string): AppError {
    const { status, detail } = refusal;
    if (status === 404 || status < 400) return this.notARepository(`${status} ${detail}`.trim());
    const { host } = new URL(this.url);
    const params = { url: this.url, host, chart: subject, status, detail, reason: `HTTP ${status}` };
    if (PASSING.has(status)) return new RepositoryFailure(params, refusal);
    return new AppError(status < 500 ? 'chart-repo.refused' : 'chart-repo.failed', {
      origin: 'chart-repo',
      params,
    });
  }

  notARepository(detail: string): AppError {
    return new AppError('chart-repo.not-a-repository', {
      origin: 'chart-repo',
      params: { url: this.url, detail },
    });
  }

  /** Reads an answer to its end; a connection that breaks in the middle counts as a failed request. */
  #reading<T>(url: string, options: Cancellable, read: (response: HttpResponse) => Promise<T>): Promise<T> {
    return this.#repeating(async () => read(await this.sendOnce('GET', url, options)), options);
  }

  async #repeating<T>(attempt: () => Promise<T>, { signal }: Cancellable): Promise<T> {
    if (!this.#retries) return attempt();
    const worthwhile = (error: AppError): boolean => !this.#givenUp.has(error);
    try {
      return await withRetries(this.#retries, attempt, { signal, worthwhile });
    } catch (error) {
      if (error instanceof AppError) this.#givenUp.add(error);
      throw error;
    }
  }
}

/** Reads the body of an error answer: ChartMuseum's `{"error": …}`, Harbor's, Artifactory's, or plain text. */
export async function refusalOf(response: HttpResponse): Promise<Refusal> {
  const { status, headers } = response;
  const text = await response.bytes(ERROR_LIMIT).then(String, () => '');
  const error = errorSchema.safeParse(parseJson(text)).data;
  const said = error === undefined ? plainText(text) : typeof error === 'string' ? error : error.message;
  const retryAfterMs = parseRetryAfter(headers['retry-after'], Date.now());
  return { status, detail: said.slice(0, DETAIL_LIMIT), retryAfterMs };
}

/** The error of a refused upload of `size` bytes; `subject` is the chart's name and version. */
export function uploadFailure(
  client: RepositoryClient,
  refusal: Refusal,
  subject: string,
  size: number,
): AppError {
  const { status, detail } = refusal;
  const params = { url: client.url, chart: subject, detail, size };
  if (status === 413) return new AppError('chart-repo.too-large', { origin: 'chart-repo', params });
  if (status === 507 || (status >= 500 && /no space left|quota exceeded/i.test(detail)))
    return new AppError('chart-repo.no-space', { origin: 'chart-repo', params });
  return client.failure(refusal, subject);
}

function plainText(text: string): string {
  return /<(?:!doctype|html)/i.test(text) ? 'an HTML page' : text.trim().replace(/\s+/g, ' ');
}

function isJson(response: HttpResponse): boolean {
  return (response.headers['content-type'] ?? '').includes('json');
}
