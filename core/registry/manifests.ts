// Reads manifests over HTTP and checks what came against its digest.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
import { digestOf, isDigest } from '../content/digest.js';
import { rawManifest, type RawManifest } from '../content/manifest.js';
import { MANIFEST_TYPES } from '../content/media-types.js';
import { AppError } from '../errors.js';
import { absenceOf } from './absence.js';
import { apiUrl, mustBeReadable, refused, repositoryScope, retrying, type Connection } from './connection.js';
import { productOf } from './login/product.js';
import { decoded } from './http/content-encoding.js';
import { parseErrorBody } from './http/error-body.js';
import { Refusal } from './http/refusal.js';
import type { HttpResponse } from './http/transport-types.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Bytes. Registries accept manifests of up to 4 MiB; some accept a little more. */
const MANIFEST_LIMIT = 4 * 1024 * 1024 + 64 * 1024;

const ABSENT = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND']);
/** Errors that are reported as they are, because they say more than `registry.unreadable-manifest` would. */
const TELLING = new Set<string>([
  'registry.project-missing',
  'registry.credentials-needed',
  'registry.login-lost',
]);

/**
 * The bytes under a tag or digest; null when there are none. The registry says so by its own error code, or answers 404 and
 * {@link absenceOf} proves it. Throws `registry.absence-unproven` where only a connection that may write could prove it. Everything
 * else that is not the stored bytes is `registry.unreadable-manifest`, also distribution 2.8's conversion to schema 1, whose digest
 * fits neither the header nor what a later read by digest would find.
 */
export async function getManifest(
  connection: Connection,
  repository: string,
  reference: string,
  { signal }: Cancellable,
): Promise<RawManifest | null> {
  mustBeReadable(connection, repository);
  try {
    const answer = await retrying(connection, () => readOnce(connection, repository, reference, signal), {
      signal,
    });
    if (!(answer instanceof Refusal)) return answer;
    const absence = await absenceOf(connection, repository, reference, { signal });
    if (absence === 'absent') return null;
    throw absence === 'present' ? answer : unproven(connection, repository, reference, answer);
  } catch (error) {
    if (!(error instanceof Refusal) || TELLING.has(error.code)) throw error;
    const reason = String(error.params['reason']);
    throw unreadable(connection, imageName(connection, repository, reference), reason, error);
  }
}

/**
 * One GET. The refusal is returned, not thrown, for a 404 without one of the codes that mean "absent", and for the 403 with which
 * virtual repositories of JFrog answer for a manifest that they do not have: whether it is absent is then found out another way.
 */
async function readOnce(
  connection: Connection,
  repository: string,
  reference: string,
  signal: AbortSignal,
): Promise<RawManifest | Refusal | null> {
  const response = await connection.http.send({
    method: 'GET',
    url: apiUrl(connection, repository, `manifests/${reference}`),
    headers: { accept: MANIFEST_TYPES.join(', ') },
    scopes: [repositoryScope(repository)],
    signal,
  });
  if (response.status !== 200) {
    const refusal = await refused(connection, response, 'GET');
    const isOpen =
      response.status === 404 || (response.status === 403 && (await isJfrog(connection, signal)));
    if (!isOpen || TELLING.has(refusal.code)) throw refusal;
    return refusal.codes.some((code) => ABSENT.has(code)) ? null : refusal;
  }
  const received = await response.bytes(MANIFEST_LIMIT);
  const bytes = decoded(received, response.headers, MANIFEST_LIMIT);
  const mismatch = whyNotStoredBytes(response, bytes, reference);
  if (mismatch === null) return rawManifest(bytes, mediaTypeOf(response));
  // Some servers name an encoding that the bytes do not have.
  if (whyNotStoredBytes(response, received, reference) === null) {
    return rawManifest(received, mediaTypeOf(response));
  }
  throw unreadable(connection, imageName(connection, repository, reference), mismatch);
}

async function isJfrog({ http }: Connection, signal: AbortSignal): Promise<boolean> {
  return productOf((await http.greet({ signal })).headers) === 'jfrog';
}

function unreadable(connection: Connection, image: string, reason: string, cause?: Refusal): AppError {
  const { origin } = connection;
  const retryable = cause?.retryable ?? false;
  return new AppError('registry.unreadable-manifest', {
    origin,
    params: { image, reason },
    retryable,
    cause,
  });
}

function unproven(connection: Connection, repository: string, reference: string, cause: Refusal): AppError {
  const image = imageName(connection, repository, reference);
  const params = { image, host: connection.base.host, reason: String(cause.params['reason']) };
  return new AppError('registry.absence-unproven', { origin: connection.origin, params, cause });
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

/** `host/repository:tag` or `host/repository@digest`, for messages. */
export function imageName(connection: Connection, repository: string, reference: string): string {
  return `${connection.base.host}/${repository}${isDigest(reference) ? '@' : ':'}${reference}`;
}
