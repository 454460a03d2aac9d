// Uploads blobs: in one PUT with its length, or in pieces where the digest is known only at the end.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
import { Digester, isDigest, type Digest } from '../content/digest.js';
import { AppError, isAbort } from '../errors.js';
import type { BlobBody } from '../ports/image-target.js';
import {
  apiUrl,
  isBusy,
  readScope,
  refused,
  repositoryScope,
  retrying,
  whileBusy,
  type Connection,
} from './connection.js';
import { MeteredBody } from './metered-body.js';
import { inPieces } from './pieces.js';
import { sendBody } from './send-body.js';
import { Refusal } from './http/refusal.js';
import type { HttpResponse } from './http/transport-types.js';
import type { ScopedRequest } from './login/auth.js';
import { wasAway } from './http/retry.js';
import { productOf } from './login/product.js';
import { closingLocation, uploadLocation } from './upload-location.js';
import type { Cancellable, Resting } from '../ports/cancellable.js';
import { openUpload, type OpenUpload } from './upload-session.js';

const OCTETS = 'application/octet-stream';
/** Bytes. A blob up to this size is stored at once, so the answer to its closing PUT is not slow. */
const SHORT = 64 * 1024;
const PIECE = 4 * 1024 * 1024;

/**
 * Uploads `size` bytes with POST and one PUT with Content-Length, which every registry but Artifactory accepts. After a 429 a byte array
 * is sent again in the same session, after other failures in a new one. A stream cannot be read twice: its failure is the retryable `registry.upload-interrupted`.
 */
export async function putBlob(
  connection: Connection,
  repository: string,
  digest: Digest,
  size: number,
  body: BlobBody,
  { signal, rest }: Resting,
): Promise<void> {
  let cannotOpen: unknown = null;
  const open = (): Promise<OpenUpload> =>
    retrying(connection, () => openUpload(connection, repository, signal), { signal, rest }).catch(
      (error: unknown) => {
        cannotOpen = error;
        throw error;
      },
    );
  if (body instanceof Uint8Array) {
    return retrying(
      connection,
      async () => {
        const { location } = await open();
        await sendWhole(connection, repository, location, digest, body, size, signal);
      },
      // opening has had its tries already, and so has sending after a 429
      { signal, rest, worthwhile: (error) => error !== cannotOpen && !isBusy(error) },
    );
  }
  const { location } = await open();
  const metered = new MeteredBody(body, size, digest);
  await asInterruption(connection, repository, signal, metered, () =>
    sendWhole(connection, repository, location, digest, metered, size, signal),
  );
}

/**
 * Downloads a blob of the repository `from` and uploads it to another, with little memory; the registry compares the digest. False when
 * `from` has no such blob.
 */
export function copyBlob(
  connection: Connection,
  repository: string,
  digest: Digest,
  size: number,
  from: string,
  options: Cancellable,
): Promise<boolean> {
  return retrying(
    connection,
    async () => {
      const response = await connection.http.send({
        method: 'GET',
        url: apiUrl(connection, from, `blobs/${digest}`),
        scopes: [readScope(from)],
        signal: options.signal,
      });
      if (response.status === 404) {
        await response.discard();
        return false;
      }
      if (response.status !== 200) throw await refused(connection, response, 'GET');
      await putBlob(connection, repository, digest, size, response.body, options);
      return true;
    },
    options,
  );
}

/**
 * Uploads a stream with POST, PATCHes of 4 MiB and an empty PUT; returns the digest and size of what was sent. Each PATCH has a
 * Content-Range, which distribution 2.8 ignores and zot requires.
 */
export async function putBlobOfUnknownDigest(
  connection: Connection,
  repository: string,
  body: AsyncIterable<Uint8Array>,
  { signal }: Cancellable,
): Promise<{ readonly digest: Digest; readonly size: number }> {
  const opened = await retrying(connection, () => openUpload(connection, repository, signal), { signal });
  const metered = new MeteredBody(body, null, null);
  return asInterruption(connection, repository, signal, metered, async () => {
    const digester = new Digester();
    let location = opened.location;
    let sent = 0;
    for await (const piece of inPieces(metered, Math.max(PIECE, opened.shortestPiece))) {
      digester.update(piece);
      location = await sendPiece(connection, repository, location, piece, sent, signal);
      sent += piece.length;
    }
    const { digest, size } = digester.finish();
    await closeUpload(connection, repository, location, digest, new Uint8Array(), size, signal);
    return { digest, size };
  });
}

async function sendPiece(
  connection: Connection,
  repository: string,
  location: URL,
  piece: Uint8Array,
  start: number,
  signal: AbortSignal,
): Promise<URL> {
  const extra = { 'content-range': `${start}-${start + piece.length - 1}` };
  const sent = { extra, body: piece, size: piece.length, slow: true };
  return patch(connection, repository, location, sent, signal);
}

/** Sends a PATCH with `size` bytes; returns where the session goes on. */
async function patch(
  connection: Connection,
  repository: string,
  location: URL,
  {
    extra,
    body,
    size,
    slow,
  }: {
    /** Further headers. */
    readonly extra: Readonly<Record<string, string>>;
    readonly body: BlobBody;
    readonly size: number;
    readonly slow: boolean;
  },
  signal: AbortSignal,
): Promise<URL> {
  const request = {
    ...{ method: 'PATCH', url: location.href, body, slow, signal },
    headers: { 'content-type': OCTETS, ...extra },
    scopes: [repositoryScope(repository)],
  };
  const response = await sendToSession(connection, request, size, [201, 202, 204]);
  return uploadLocation(connection.base, response, location) ?? location;
}

/**
 * Sends a whole blob and closes its session. Artifactory gets a PATCH and an empty PUT: issue reports say that it failed at a PUT with a
 * body, as the docker client never sends it.
 */
async function sendWhole(
  connection: Connection,
  repository: string,
  location: URL,
  digest: Digest,
  body: BlobBody,
  size: number,
  signal: AbortSignal,
): Promise<void> {
  const { headers } = await connection.http.greet({ signal });
  if (productOf(headers) !== 'jfrog') {
    return closeUpload(connection, repository, location, digest, body, size, signal);
  }
  const sent = { extra: { 'content-length': String(size) }, body, size, slow: size > SHORT };
  const next = await patch(connection, repository, location, sent, signal);
  return closeUpload(connection, repository, next, digest, new Uint8Array(), size, signal);
}

async function closeUpload(
  connection: Connection,
  repository: string,
  location: URL,
  digest: Digest,
  body: BlobBody,
  size: number,
  signal: AbortSignal,
): Promise<void> {
  // the closing PUT of an upload in pieces has an empty body
  const length = body instanceof Uint8Array ? body.length : size;
  const request = {
    method: 'PUT',
    url: closingLocation(location, digest).href,
    headers: { 'content-type': OCTETS, 'content-length': String(length) },
    body,
    slow: size > SHORT,
    scopes: [repositoryScope(repository)],
    signal,
  };
  const response = await sendToSession(connection, request, length, [200, 201, 202, 204]);
  const stored = response.headers['docker-content-digest'];
  if (isDigest(stored) && stored !== digest) {
    const params = { host: connection.base.host, reason: `${stored} instead of ${digest}` };
    throw new AppError('registry.digest-refused', { origin: connection.origin, params });
  }
}

/**
 * Sends a request of an upload session. After a 429 the registry has taken nothing of it, so bytes are sent again; after any other
 * failure it is not known what it has taken. A stream cannot be sent again.
 */
async function sendToSession(
  connection: Connection,
  request: ScopedRequest,
  size: number,
  accepted: readonly number[],
): Promise<HttpResponse> {
  const send = async (): Promise<HttpResponse> => {
    const response = await sendBody(connection, request, size);
    if (!accepted.includes(response.status)) throw await refused(connection, response, request.method);
    await response.discard();
    return response;
  };
  return request.body instanceof Uint8Array ? whileBusy(connection, send, request) : send();
}

/**
 * Runs an upload. Errors of the body's source, a cancel and permanent refusals are thrown as they are, others as
 * `registry.upload-interrupted`; where the registry is away, after it has come back.
 */
async function asInterruption<T>(
  connection: Connection,
  repository: string,
  signal: AbortSignal,
  body: MeteredBody,
  upload: () => Promise<T>,
): Promise<T> {
  try {
    return await upload();
  } catch (error) {
    if (body.failure !== null) throw body.failure.error;
    if (isAbort(error, signal) || !(error instanceof AppError)) throw error;
    // The token expired. The next request gets a new one, but this body cannot be sent again.
    const loginEnded = error instanceof Refusal && error.status === 401;
    if (!error.retryable && !loginEnded) throw error;
    await wasAway(connection.retries, error, { signal });
    throw new AppError('registry.upload-interrupted', {
      origin: connection.origin,
      retryable: true,
      params: {
        repository: `${connection.base.host}/${repository}`,
        reason: String(error.params['reason'] ?? error.code),
      },
      cause: error,
    });
  }
}
