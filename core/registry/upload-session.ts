// Opens and ends upload sessions. A session that was opened also proves that the registry answers for its repository.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
import { AppError } from '../errors.js';
import { apiUrl, refused, repositoryScope, type Connection } from './connection.js';
import { redactedUrl } from './http/allowed-hosts.js';
import { uploadLocation } from './upload-location.js';

export interface OpenUpload {
  readonly location: URL;
  /** Bytes that a PATCH must at least have (OCI-Chunk-Min-Length); 0 when the registry does not say. */
  readonly shortestPiece: number;
}

/** Opens a session and notes that the registry takes uploads in this repository. Throws what the registry refuses with. */
export async function openUpload(
  connection: Connection,
  repository: string,
  signal: AbortSignal,
): Promise<OpenUpload> {
  const response = await connection.http.send({
    method: 'POST',
    url: apiUrl(connection, repository, 'blobs/uploads/'),
    scopes: [repositoryScope(repository)],
    // The PUT that follows uses the same token, and its body may take long.
    long: true,
    signal,
  });
  if (response.status !== 202) throw await refused(connection, response, 'POST');
  await response.discard();
  const location = uploadLocation(connection.base, response, null);
  if (location === null) {
    const params = {
      method: 'POST',
      url: redactedUrl(new URL(response.url)),
      status: response.status,
      reason: 'no Location',
    };
    throw new AppError('registry.refused', { origin: connection.origin, params });
  }
  connection.writable.add(repository);
  const shortest = Number(response.headers['oci-chunk-min-length'] ?? 0);
  return { location, shortestPiece: Number.isSafeInteger(shortest) ? shortest : 0 };
}

/** Deletes an upload session. A failure is ignored: many accounts may not delete, and registries remove abandoned sessions anyway. */
export async function cancelUpload(
  connection: Connection,
  repository: string,
  location: URL,
  signal: AbortSignal,
): Promise<void> {
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
