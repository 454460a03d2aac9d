// Finds out, before anything is sent, that a registry takes no manifests with Docker's media types: a zot without `http.compat: ["docker2s2"]`.
import { DOCKER_MANIFEST } from '../content/media-types.js';
import type { Cancellable } from '../ports/cancellable.js';
import { apiUrl, repositoryScope, type Connection } from './connection.js';
import { productOf } from './login/product.js';

/**
 * No storage can hold a repository of this name: a folder's name has at most 255 bytes in most file systems, and a key of S3 1,024.
 * zot looks at the media type first (415), so the question leaves nothing behind, whatever the answer is.
 */
const NOWHERE = Array.from({ length: 5 }, () => 'a'.repeat(256)).join('/');

/** True where the registry says so. Only zot is known to refuse them, so no other product is asked. Throws what ends a run. */
export async function refusesDockerTypes(connection: Connection, options: Cancellable): Promise<boolean> {
  const { headers } = await connection.http.greet(options);
  if (productOf(headers) !== 'zot') return false;
  const response = await connection.http.send({
    method: 'PUT',
    url: apiUrl(connection, NOWHERE, 'manifests/none'),
    headers: { 'content-type': DOCKER_MANIFEST },
    body: Buffer.from('{}'),
    scopes: [repositoryScope(NOWHERE)],
    once: true,
    ...options,
  });
  await response.discard();
  return response.status === 415;
}
