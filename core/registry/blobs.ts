// Asks a registry whether a blob exists, for its size and its bytes, and mounts a blob of another repository.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#checking-if-content-exists-in-the-registry
import { Digester, digestOf, type Digest } from '../content/digest.js';
import { AppError } from '../errors.js';
import { apiUrl, readScope, refused, repositoryScope, retrying, type Connection } from './connection.js';
import type { HttpResponse } from './http/transport-types.js';
import { uploadLocation } from './upload-location.js';
import type { Cancellable } from '../ports/cancellable.js';

const ABSENT = new Set(['BLOB_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND', 'MANIFEST_UNKNOWN']);

/**
 * The size of a blob in bytes, or null when the repository does not have it. zot looks in all repositories, so its answer does not
 * prove that this repository has the blob; a manifest PUT then fails with `registry.blob-unknown`, and the blob has to be sent.
 */
export function blobSize(
  connection: Connection,
  repository: string,
  digest: Digest,
  { signal }: Cancellable,
): Promise<number | null> {
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
      if (get.status === 404) return absentOrThrow(connection, get);
      if (get.status !== 200 && get.status !== 206) throw await refused(connection, get, 'GET');
      await get.discard();
      return announcedSize(get);
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
      const response = await connection.http.send({
        method: 'GET',
        url: apiUrl(connection, repository, `blobs/${digest}`),
        scopes: [repositoryScope(repository)],
        signal,
      });
      if (response.status === 404) return absentOrThrow(connection, response);
      if (response.status !== 200) throw await refused(connection, response, 'GET');
      const bytes = await response.bytes(limit);
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
      const response = await connection.http.send({
        method: 'GET',
        url: apiUrl(connection, repository, `blobs/${digest}`),
        scopes: [repositoryScope(repository)],
        signal,
      });
      if (response.status === 404) return absentOrThrow(connection, response);
      if (response.status !== 200) throw await refused(connection, response, 'GET');
      const digester = new Digester();
      for await (const chunk of response.body) digester.update(chunk);
      return digester.finish();
    },
    { signal },
  );
}

/**
 * Mounts the blob of the repository `from`. False when the registry does not do it for this blob; the blob then has to be sent.
 * With 202 the registry opened an upload session instead, which is deleted here. 401 and 403 mean no right to read `from`.
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
      const response = await connection.http.send({
        method: 'POST',
        url: apiUrl(connection, repository, `blobs/uploads/${query}`),
        scopes: [repositoryScope(repository), readScope(from)],
        signal,
      });
      if ([201, 202, 401, 403, 404].includes(response.status)) await response.discard();
      if (response.status === 201) return true;
      if (response.status === 202) await cancelUpload(connection, repository, response, signal);
      if ([202, 401, 403, 404].includes(response.status)) return false;
      throw await refused(connection, response, 'POST');
    },
    { signal },
  );
}

/** Deletes an upload session. A failure is ignored: many accounts may not delete, and registries remove abandoned sessions anyway. */
async function cancelUpload(
  connection: Connection,
  repository: string,
  opened: HttpResponse,
  signal: AbortSignal,
): Promise<void> {
  const location = uploadLocation(connection.base, opened, null);
  if (location === null) return;
  try {
    const scopes = [repositoryScope(repository)];
    const response = await connection.http.send({
      method: 'DELETE',
      url: location.href,
      scopes,
      once: true,
      signal,
    });
    await response.discard();
  } catch (error) {
    if (signal.aborted) throw error;
  }
}

async function absentOrThrow(connection: Connection, response: HttpResponse): Promise<null> {
  const refusal = await refused(connection, response, 'GET');
  if (refusal.codes.some((code) => ABSENT.has(code))) return null;
  throw refusal;
}

/** The size in bytes that the answer states; null when it states none. The caller then sends the blob again, which changes nothing. */
function announcedSize({ status, headers }: HttpResponse): number | null {
  const whole = status === 206 ? headers['content-range']?.split('/')[1] : headers['content-length'];
  const size = Number(whole ?? Number.NaN);
  return Number.isSafeInteger(size) ? size : null;
}
