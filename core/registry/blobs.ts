// Asks a registry whether a blob exists, for its size and its bytes, and mounts a blob of another repository.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#checking-if-content-exists-in-the-registry
import { Digester, digestOf, type Digest } from '../content/digest.js';
import { AppError } from '../errors.js';
import {
  apiUrl,
  mustBeReadable,
  readScope,
  refused,
  repositoryScope,
  retrying,
  type Connection,
} from './connection.js';
import { decoded } from './http/content-encoding.js';
import { Refusal } from './http/refusal.js';
import type { HttpResponse } from './http/transport-types.js';
import { uploadLocation } from './upload-location.js';
import type { Cancellable } from '../ports/cancellable.js';
import { cancelUpload } from './upload-session.js';

/** Errors that say more than that one blob is not there. */
const TELLING = new Set<string>([
  'registry.project-missing',
  'registry.credentials-needed',
  'registry.login-lost',
]);
const ABSENT = new Set(['BLOB_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND', 'MANIFEST_UNKNOWN']);

/**
 * The size of a blob in bytes, or null when the repository does not have it, or cannot tell: the blob then has to be sent. A storage
 * that was full leaves an empty link file, for which distribution answers 500 until the blob is sent again. zot looks in all repositories, so its answer does not
 * prove that this repository has the blob; a manifest PUT then fails with `registry.blob-unknown`, and the blob has to be sent.
 */
export async function blobSize(
  connection: Connection,
  repository: string,
  digest: Digest,
  { signal }: Cancellable,
): Promise<number | null> {
  mustBeReadable(connection, repository);
  let failures = 0;
  return retrying(
    connection,
    async () => {
      const ask = (method: 'HEAD' | 'GET'): Promise<HttpResponse> =>
        connection.http.send({
          method,
          url: apiUrl(connection, repository, `blobs/${digest}`),
          ...(method === 'GET' ? { headers: { range: 'bytes=0-0' } } : {}),
          scopes: [repositoryScope(repository)],
          signal,
        });
      const head = await ask('HEAD');
      await head.discard();
      const size = Number(head.headers['content-length'] ?? Number.NaN);
      if (head.status === 200 && Number.isSafeInteger(size)) return size;
      if (head.status === 404) return null;
      // The answer to a HEAD has no body. Harbor's 401 has eight meanings which only the body tells apart, so GET asks again.
      const get = await ask('GET');
      if (get.status === 200 || get.status === 206) {
        await get.discard();
        return announcedSize(get);
      }
      const refusal = await refused(connection, get, 'GET');
      // 416: an empty blob has no first byte. 404 without a code may come from a proxy; sending the blob does no harm.
      if (get.status === 416 || (get.status === 404 && !TELLING.has(refusal.code))) return null;
      failures += 1;
      const isLast = failures > Math.min(1, connection.retries.pauses.length);
      if (get.status >= 500 && isLast && (await answers(connection, signal))) return null;
      throw refusal;
    },
    { signal },
  );
}

/**
 * The bytes of a blob, checked against its digest; null when the registry says that it does not have it. Throws
 * `registry.answer-too-large` for more than `limit` bytes and `registry.blob-damaged` for bytes of another digest.
 */
export function getBlob(
  connection: Connection,
  repository: string,
  digest: Digest,
  limit: number,
  { signal }: Cancellable,
): Promise<Buffer | null> {
  return retrying(
    connection,
    async () => {
      const response = await openBlob(connection, repository, digest, signal);
      if (response === null) return null;
      const received = await response.bytes(limit);
      if (digestOf(received) === digest) return received;
      const bytes = decoded(received, response.headers, limit);
      if (digestOf(bytes) === digest) return bytes;
      throw new AppError('registry.blob-damaged', {
        origin: connection.origin,
        params: { repository: `${connection.base.host}/${repository}`, digest },
      });
    },
    { signal },
  );
}

/** Downloads a blob without keeping it: the digest and size of the bytes that came, null when the registry says that it has none. */
export function blobDigest(
  connection: Connection,
  repository: string,
  digest: Digest,
  { signal }: Cancellable,
): Promise<{ readonly digest: Digest; readonly size: number } | null> {
  return retrying(
    connection,
    async () => {
      const response = await openBlob(connection, repository, digest, signal);
      if (response === null) return null;
      const digester = new Digester();
      for await (const chunk of response.body) digester.update(chunk);
      return digester.finish();
    },
    { signal },
  );
}

/**
 * Mounts the blob of the repository `from`. False when the registry does not do it for this blob; the blob then has to be sent.
 * With 202 the registry opened an upload session instead, which is deleted here. 401 and 403 mean no right to read `from`; so does a
 * token service that gives no token for both repositories.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#mounting-a-blob-from-another-repository
 */
export function mountBlob(
  connection: Connection,
  repository: string,
  digest: Digest,
  from: string,
  { signal }: Cancellable,
): Promise<boolean> {
  return retrying(
    connection,
    async () => {
      const query = `?mount=${digest}&from=${encodeURIComponent(from)}`;
      const response = await connection.http
        .send({
          method: 'POST',
          url: apiUrl(connection, repository, `blobs/uploads/${query}`),
          scopes: [repositoryScope(repository), readScope(from)],
          signal,
        })
        .catch(withoutToken);
      if (response === null) return false;
      if ([201, 202, 401, 403, 404].includes(response.status)) await response.discard();
      if (response.status === 201) return true;
      const opened = response.status === 202 ? uploadLocation(connection.base, response, null) : null;
      if (opened !== null) await cancelUpload(connection, repository, opened, signal);
      if ([202, 401, 403, 404].includes(response.status)) return false;
      throw await refused(connection, response, 'POST');
    },
    { signal },
  );
}

/** Null where the token service refuses the scopes of a request; any other failure is thrown. */
function withoutToken(error: unknown): null {
  const isRefused = error instanceof Refusal && [400, 404].includes(error.status);
  if (isRefused || (error instanceof AppError && error.code === 'registry.forbidden')) return null;
  throw error;
}

/** True when the registry itself answers; then a failure concerns one blob. */
async function answers(connection: Connection, signal: AbortSignal): Promise<boolean> {
  try {
    const url = new URL('/v2/', connection.base).href;
    const response = await connection.http.send({ method: 'GET', url, scopes: [], signal });
    await response.discard();
    return response.status === 200;
  } catch (error) {
    if (signal.aborted) throw error;
    return false;
  }
}

/** The answer with the bytes of a blob; null when the registry says by its own error code that there is no such blob. */
async function openBlob(
  connection: Connection,
  repository: string,
  digest: Digest,
  signal: AbortSignal,
): Promise<HttpResponse | null> {
  const response = await connection.http.send({
    method: 'GET',
    url: apiUrl(connection, repository, `blobs/${digest}`),
    scopes: [repositoryScope(repository)],
    signal,
  });
  if (response.status === 200) return response;
  const refusal = await refused(connection, response, 'GET');
  if (response.status === 404 && refusal.codes.some((code) => ABSENT.has(code))) return null;
  throw refusal;
}

/** The size in bytes that the answer states; null when it states none. The caller then sends the blob again, which changes nothing. */
function announcedSize({ status, headers }: HttpResponse): number | null {
  const whole = status === 206 ? headers['content-range']?.split('/')[1] : headers['content-length'];
  const size = Number(whole ?? Number.NaN);
  return Number.isSafeInteger(size) ? size : null;
}
