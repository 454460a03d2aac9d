// Sends requests to one chart repository with its credentials and reads its error answers.
import { z } from 'zod';
import { parseJson } from '../content/json-text.js';
import { AppError } from '../errors.js';
import type { HttpResponse, Transport } from '../registry/http/transport-types.js';
import type { Cancellable } from '../ports/cancellable.js';

export interface RepositoryCredentials {
  readonly username: string;
  readonly password: string;
}

export interface Upload {
  readonly bytes: Uint8Array;
  readonly type: string;
}

/** An error answer; `detail` is what the server said, at most 300 characters. */
export interface Refusal {
  readonly status: number;
  readonly detail: string;
}

const ANSWER_LIMIT = 64 * 1024 * 1024;
const ERROR_LIMIT = 64 * 1024;
const DETAIL_LIMIT = 300;

const errorSchema = z.looseObject({ error: z.union([z.string(), z.looseObject({ message: z.string() })]) });

/** Requests to one chart repository, with its credentials and its kinds of refusal. */
export class RepositoryClient {
  readonly #transport: Transport;
  readonly #headers: Readonly<Record<string, string>>;
  /** The repository's URL for messages. */
  readonly url: string;

  constructor(transport: Transport, url: string, credentials?: RepositoryCredentials) {
    this.#transport = transport;
    this.url = url;
    const pair =
      credentials && Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    this.#headers = pair === undefined ? {} : { authorization: `Basic ${pair}` };
  }

  /** Throws `chart-repo.unauthorized` for 401 and `chart-repo.forbidden` for 403; every other status is returned. */
  async send(method: string, url: string, options: Cancellable, upload?: Upload): Promise<HttpResponse> {
    const headers = { ...this.#headers, ...(upload ? { 'content-type': upload.type } : {}) };
    const body = upload ? { body: upload.bytes } : {};
    const response = await this.#transport.send({ method, url, headers, ...body, signal: options.signal });
    if (response.status !== 401 && response.status !== 403) return response;
    await response.discard();
    const code = response.status === 401 ? 'chart-repo.unauthorized' : 'chart-repo.forbidden';
    throw new AppError(code, { origin: 'chart-repo', params: { url: this.url } });
  }

  /** The JSON of a 200; null for a 404 that is JSON. Throws `chart-repo.not-a-repository` for an HTML page, also with 200. */
  async getJson(url: string, options: Cancellable): Promise<unknown> {
    const response = await this.send('GET', url, options);
    if (response.status === 404 && isJson(response)) return (await response.discard(), null);
    if (response.status !== 200) throw this.failure(await refusalOf(response), url);
    const json = parseJson((await response.bytes(ANSWER_LIMIT)).toString('utf8'));
    if (json === undefined) throw this.notARepository('the answer is no JSON');
    return json;
  }

  /** The bytes of a file, at most `limit`; null for 404. */
  async getFile(url: string, limit: number, options: Cancellable): Promise<Buffer | null> {
    const response = await this.send('GET', url, options);
    if (response.status === 404) return (await response.discard(), null);
    if (response.status !== 200) throw this.failure(await refusalOf(response), url);
    return response.bytes(limit);
  }

  /** The error for a status that the caller does not handle; `subject` is what was asked for. */
  failure({ status, detail }: Refusal, subject: string): AppError {
    if (status === 404 || status < 400) return this.notARepository(`${status} ${detail}`.trim());
    const retryable = status >= 500 || status === 429 || status === 408;
    const params = { url: this.url, chart: subject, status, detail };
    return new AppError(retryable ? 'chart-repo.failed' : 'chart-repo.refused', {
      origin: 'chart-repo',
      params,
      retryable,
    });
  }

  notARepository(detail: string): AppError {
    return new AppError('chart-repo.not-a-repository', {
      origin: 'chart-repo',
      params: { url: this.url, detail },
    });
  }
}

/** Reads the body of an error answer: ChartMuseum's `{"error": …}`, Harbor's, or plain text. */
export async function refusalOf(response: HttpResponse): Promise<Refusal> {
  const { status } = response;
  const text = await response.bytes(ERROR_LIMIT).then(String, () => '');
  const error = errorSchema.safeParse(parseJson(text)).data?.error;
  const said = error === undefined ? plainText(text) : typeof error === 'string' ? error : error.message;
  return { status, detail: said.slice(0, DETAIL_LIMIT) };
}

function plainText(text: string): string {
  return /<(?:!doctype|html)/i.test(text) ? 'an HTML page' : text.trim().replace(/\s+/g, ' ');
}

function isJson(response: HttpResponse): boolean {
  return (response.headers['content-type'] ?? '').includes('json');
}
