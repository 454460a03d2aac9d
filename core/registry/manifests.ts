// Reads and writes manifests over HTTP. What was read is checked against its digest, what was written is read back.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
import { digestOf, isDigest } from '../content/digest.js';
import { rawManifest, type RawManifest } from '../content/manifest.js';
import { MANIFEST_TYPES } from '../content/media-types.js';
import { AppError } from '../errors.js';
import { apiUrl, refused, repositoryScope, retrying, type Connection } from './connection.js';
import { explainRefusedLayers } from './foreign-layers.js';
import { parseErrorBody } from './http/error-body.js';
import { lingering } from '../flow/lingering-signal.js';
import { Refusal } from './http/refusal.js';
import type { HttpResponse } from './http/transport-types.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Bytes. Registries accept manifests of up to 4 MiB; some accept a little more. */
const MANIFEST_LIMIT = 4 * 1024 * 1024 + 64 * 1024;
/** After a cancel, a PUT that has begun may take this long to finish (milliseconds). */
const GRACE_MS = 30_000;

const ABSENT = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND']);
/** Errors that are reported as they are, because they say more than `registry.unreadable-manifest` would. */
const TELLING = new Set<string>([
  'registry.project-missing',
  'registry.credentials-needed',
  'registry.login-lost',
]);

/**
 * The bytes under a tag or digest, null only when the registry says in its own words that there are none. Everything else that is
 * not the stored bytes is `registry.unreadable-manifest`: a bare 404 of a proxy, and distribution 2.8's conversion to schema 1, whose
 * digest fits neither the header nor what a later read by digest would find.
 */
export async function getManifest(
  connection: Connection,
  repository: string,
  reference: string,
  { signal }: Cancellable,
): Promise<RawManifest | null> {
  const image = imageName(connection, repository, reference);
  const unreadable = (reason: string, retryable = false, cause?: unknown): AppError =>
    new AppError('registry.unreadable-manifest', {
      origin: connection.origin,
      params: { image, reason },
      retryable,
      cause,
    });
  try {
    return await retrying(
      connection,
      async () => {
        const response = await connection.http.send({
          method: 'GET',
          url: apiUrl(connection, repository, `manifests/${reference}`),
          headers: { accept: MANIFEST_TYPES.join(', ') },
          scopes: [repositoryScope(repository)],
          signal,
        });
        if (response.status !== 200) return await absentOrThrow(connection, response);
        const bytes = await response.bytes(MANIFEST_LIMIT);
        const mismatch = whyNotStoredBytes(response, bytes, reference);
        if (mismatch !== null) throw unreadable(mismatch);
        return rawManifest(bytes, mediaTypeOf(response));
      },
      { signal },
    );
  } catch (error) {
    if (error instanceof Refusal && !TELLING.has(error.code)) {
      throw unreadable(String(error.params['reason']), error.retryable, error);
    }
    throw error;
  }
}

/** Null when the registry says by its own error code that there is no such manifest; else throws what it says. */
async function absentOrThrow(connection: Connection, response: HttpResponse): Promise<null> {
  const refusal = await refused(connection, response, 'GET');
  if (response.status === 404 && refusal.codes.some((code) => ABSENT.has(code))) return null;
  throw refusal;
}

/** Why an answer of 200 is not the manifest that was asked for, in English; null when it is. */
function whyNotStoredBytes(response: HttpResponse, bytes: Buffer, reference: string): string | null {
  const digest = digestOf(bytes);
  const claimed = response.headers['docker-content-digest'];
  if (parseErrorBody(bytes.toString('utf8', 0, 1024), response.headers['content-type'] ?? '').isHtml) {
    return 'the answer is a web page';
  }
  if (isDigest(claimed) && claimed !== digest) return `the answer has the digest ${digest}, not ${claimed}`;
  if (isDigest(reference) && reference !== digest) return `the answer has the digest ${digest}`;
  return null;
}

function mediaTypeOf(response: HttpResponse): string {
  return response.headers['content-type']?.split(';', 1)[0]?.trim() ?? '';
}

/**
 * Stores a manifest under a tag or digest, and reads it back by digest. distribution answers 201 where an earlier PUT, perhaps of an
 * earlier run, met a full storage and left an empty manifest; every read of it is 500 then. A PUT that has begun may finish after
 * a cancel, so that it is known what the tag holds.
 */
export async function putManifest(
  connection: Connection,
  repository: string,
  reference: string,
  manifest: RawManifest,
  { signal }: Cancellable,
): Promise<void> {
  const grace = lingering(signal, GRACE_MS);
  try {
    const put = (): Promise<void> => putOnce(connection, repository, reference, manifest, grace.signal);
    await retrying(connection, put, { signal });
    await readBack(connection, repository, reference, manifest, grace.signal);
  } finally {
    grace.release();
  }
}

async function putOnce(
  connection: Connection,
  repository: string,
  reference: string,
  manifest: RawManifest,
  signal: AbortSignal,
): Promise<void> {
  const response = await connection.http.send({
    method: 'PUT',
    url: apiUrl(connection, repository, `manifests/${reference}`),
    headers: { 'content-type': manifest.mediaType },
    body: manifest.bytes,
    scopes: [repositoryScope(repository)],
    signal,
  });
  if (![200, 201, 202].includes(response.status)) {
    const refusal = await refused(connection, response, 'PUT');
    throw explainRefusedLayers(refusal, imageName(connection, repository, reference), manifest);
  }
  await response.discard();
  const stored = response.headers['docker-content-digest'];
  if (isDigest(stored) && stored !== manifest.digest) throw altered(connection, repository, reference);
}

/** Reads by digest, because another writer may have moved the tag in the meantime. */
async function readBack(
  connection: Connection,
  repository: string,
  reference: string,
  manifest: RawManifest,
  signal: AbortSignal,
): Promise<void> {
  const image = imageName(connection, repository, reference);
  const stored = await getManifest(connection, repository, manifest.digest, { signal }).catch(
    (cause: unknown) => {
      if (!(cause instanceof AppError) || cause.code !== 'registry.unreadable-manifest') throw cause;
      throw new AppError('registry.manifest-broken', {
        origin: connection.origin,
        params: { image, digest: manifest.digest },
        cause,
      });
    },
  );
  if (stored === null) throw altered(connection, repository, reference);
}

function altered(connection: Connection, repository: string, reference: string): AppError {
  const image = imageName(connection, repository, reference);
  return new AppError('registry.manifest-altered', { origin: connection.origin, params: { image } });
}

function imageName(connection: Connection, repository: string, reference: string): string {
  return `${connection.base.host}/${repository}${isDigest(reference) ? '@' : ':'}${reference}`;
}
