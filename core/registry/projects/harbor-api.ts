// Sends requests to Harbor's API beside /v2/, which takes the password and not the tokens of /v2/.
// https://goharbor.io/docs/2.10.0/working-with-projects/ and the API's own description at /api/v2.0/swagger.json
import { parseJson } from '../../content/json-text.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { refused, retrying, type Connection } from '../connection.js';
import { decoded } from '../http/content-encoding.js';

/** The most entries that Harbor sends in one page. */
export const PAGE = 100;

const BODY_LIMIT = 1024 * 1024;

export interface ApiAnswer {
  readonly status: number;
  /** Null for what is no JSON. */
  readonly json: unknown;
}

/** Answers with these statuses are read; any other is thrown as the error that it stands for. */
export function askHarbor(
  connection: Connection,
  method: 'HEAD' | 'GET' | 'POST',
  path: string,
  expected: readonly number[],
  { signal, body }: Cancellable & { readonly body?: unknown },
): Promise<ApiAnswer> {
  const url = new URL(`/api/v2.0/${path}`, connection.base).href;
  const sent = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) };
  const headers = {
    // Without this header Harbor reads a project name made of digits as an id.
    'x-is-resource-name': 'true',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return retrying(
    connection,
    async () => {
      const response = await connection.http.send({
        method,
        url,
        headers,
        ...sent,
        scopes: [],
        once: true,
        withPassword: true,
        signal,
      });
      const { status } = response;
      if (!expected.includes(status)) throw await refused(connection, response, method);
      const bytes = decoded(await response.bytes(BODY_LIMIT), response.headers, BODY_LIMIT);
      return { status, json: parseJson(bytes.toString('utf8')) };
    },
    { signal },
  );
}
