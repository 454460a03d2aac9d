// Writes manifests over HTTP and reads back what was written.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests
import { isDigest, type Digest } from '../content/digest.js';
import { spellings, type RawManifest } from '../content/manifest.js';
import { AppError } from '../errors.js';
import { lingering } from '../flow/lingering-signal.js';
import { polled } from '../flow/poll.js';
import type { Cancellable } from '../ports/cancellable.js';
import { apiUrl, refused, repositoryScope, retrying, type Connection } from './connection.js';
import { explainRefusedLayers } from './foreign-layers.js';
import { Refusal } from './http/refusal.js';
import { getManifest, imageName } from './manifests.js';

/** After a cancel, a PUT that has begun may take this long to finish (milliseconds). */
const GRACE_MS = 30_000;

/** Codes about what was sent; other refusals of a manifest under an existing tag are about overwriting it. */
const ABOUT_CONTENT = new Set([
  'BLOB_UNKNOWN',
  'DIGEST_INVALID',
  'MANIFEST_BLOB_UNKNOWN',
  'MANIFEST_INVALID',
  'MANIFEST_UNVERIFIED',
  'NAME_INVALID',
  'NAME_UNKNOWN',
  'SIZE_INVALID',
  'TAG_INVALID',
]);

/** Errors that a refusal to overwrite is taken for when only its status is known. */
const UNCLEAR = new Set<string>([
  'registry.credentials-needed',
  'registry.forbidden',
  'registry.read-only',
  'registry.refused',
]);

/**
 * Stores a manifest under a tag or digest, and reads it back: distribution answers 201 where an earlier PUT, perhaps of an earlier
 * run, met a full storage and left an empty manifest; every read of it is 500 then. No request mends that but one with other bytes, so
 * a tag gets the same manifest respelled; under a digest it is `registry.manifest-broken`. Gives the digest that the reference leads
 * to. A PUT that has begun may finish after a cancel, so that it is known what the tag holds. Throws
 * `registry.tag-immutable` where the tag exists and may not be overwritten.
 */
export async function putManifest(
  connection: Connection,
  repository: string,
  reference: string,
  manifest: RawManifest,
  { signal, replaces = null }: Cancellable & { readonly replaces?: Digest | null },
): Promise<Digest | null> {
  const grace = lingering(signal, GRACE_MS);
  try {
    let broken: unknown = null;
    for (const next of isDigest(reference) ? [manifest] : spellings(manifest)) {
      const put = (): Promise<void> => putOnce(connection, repository, reference, next, grace.signal);
      await retrying(connection, put, { signal });
      connection.writable.add(repository);
      if (isDigest(reference)) return await readBack(connection, repository, reference, next, grace.signal);
      try {
        return await readTag(connection, repository, reference, next, replaces, grace.signal, signal);
      } catch (error) {
        if (!isBroken(error)) throw error;
        broken ??= error;
      }
    }
    throw broken;
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
    if (await isAboutOverwriting(connection, repository, reference, manifest, refusal, signal)) {
      throw overwritingRefused(connection, repository, reference, refusal);
    }
    throw explainRefusedLayers(refusal, imageName(connection, repository, reference), manifest);
  }
  await response.discard();
  const stored = response.headers['docker-content-digest'];
  if (isDigest(stored) && stored !== manifest.digest) throw altered(connection, repository, reference);
}

/**
 * True where the registry lets this account write in the repository and the tag holds another manifest: then it is overwriting that it
 * refuses. Nexus says 400, others 403, 405 or 409.
 */
async function isAboutOverwriting(
  connection: Connection,
  repository: string,
  reference: string,
  manifest: RawManifest,
  refusal: Refusal,
  signal: AbortSignal,
): Promise<boolean> {
  const { code, status, codes } = refusal;
  if (isDigest(reference) || ![400, 403, 405, 409].includes(status)) return false;
  if (codes.some((one) => ABOUT_CONTENT.has(one))) return false;
  if (!UNCLEAR.has(code) || ((status === 403 || status === 405) && !connection.writable.has(repository)))
    return false;
  const present = await getManifest(connection, repository, reference, { signal }).catch(() => null);
  return present !== null && present.digest !== manifest.digest;
}

/** Reads the tag until it does not lead to what it held before, or the run is cancelled. */
async function readTag(
  connection: Connection,
  repository: string,
  tag: string,
  manifest: RawManifest,
  replaces: Digest | null,
  signal: AbortSignal,
  cancelled: AbortSignal,
): Promise<Digest | null> {
  const read = async (): Promise<Digest | null> => {
    try {
      return (await getManifest(connection, repository, tag, { signal }))?.digest ?? null;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'registry.unreadable-manifest') throw error;
      // by its digest it can be told whether it is this manifest that cannot be read
      await readBack(connection, repository, tag, manifest, signal);
      return replaces;
    }
  };
  const isOver = (found: Digest | null): boolean => found !== replaces || cancelled.aborted;
  const held = await polled(read, isOver, connection.visibleWithinMs, { signal });
  // still what it was: this throws where the registry does not have the manifest
  if (held === replaces && !cancelled.aborted) await readBack(connection, repository, tag, manifest, signal);
  return held;
}

/** Reads by digest, which no other writer moves. */
async function readBack(
  connection: Connection,
  repository: string,
  reference: string,
  manifest: RawManifest,
  signal: AbortSignal,
): Promise<Digest> {
  const { origin, visibleWithinMs } = connection;
  const image = imageName(connection, repository, reference);
  const read = (): Promise<RawManifest | null> =>
    getManifest(connection, repository, manifest.digest, { signal }).catch((cause: unknown) => {
      if (!(cause instanceof AppError) || cause.code !== 'registry.unreadable-manifest') throw cause;
      // other bytes than those that were sent come from something on the way; an empty file is an error of the server
      if (!(cause.cause instanceof Refusal) || cause.cause.status < 500) throw cause;
      const params = { image, digest: manifest.digest };
      throw new AppError('registry.manifest-broken', { origin, params, cause });
    });
  const stored = await polled(read, (found) => found !== null, visibleWithinMs, { signal });
  if (stored !== null) return stored.digest;
  const params = { image, seconds: visibleWithinMs / 1_000 };
  throw new AppError('registry.manifest-not-visible', { origin, params, retryable: true });
}

/** True for the failure of a manifest that the registry accepted and holds as an empty file. */
function isBroken(error: unknown): boolean {
  return error instanceof AppError && error.code === 'registry.manifest-broken';
}

function altered(connection: Connection, repository: string, reference: string): AppError {
  const image = imageName(connection, repository, reference);
  return new AppError('registry.manifest-altered', { origin: connection.origin, params: { image } });
}

function overwritingRefused(
  connection: Connection,
  repository: string,
  reference: string,
  cause: Refusal,
): AppError {
  const url = apiUrl(connection, repository, `manifests/${reference}`);
  const params = { url, reason: `HTTP ${cause.status}, ${String(cause.params['reason'])}` };
  return new AppError('registry.tag-immutable', { origin: connection.origin, params, cause });
}
