// Finds out whether a manifest is absent where the registry answered 404 without a registry's error code: a proxy or a login page
// answers 404 as well, and a tag that only seems to be absent must not be written.
import { isDigest } from '../content/digest.js';
import { AppError } from '../errors.js';
import type { Cancellable } from '../ports/cancellable.js';
import { retrying, type Connection } from './connection.js';
import { Refusal } from './http/refusal.js';
import { listTags } from './listings.js';
import { cancelUpload, openUpload } from './upload-session.js';

/**
 * `absent`: the list of the repository's tags does not have this tag, or the registry takes uploads in the repository, so its 404
 * is that of a registry. `unproven`: nothing speaks against it, and a connection that may write could prove it. `present`: the list
 * of tags has it, or the registry refuses uploads there. Throws what makes the project or the registry unusable.
 */
export async function absenceOf(
  connection: Connection,
  repository: string,
  reference: string,
  { signal }: Cancellable,
): Promise<'absent' | 'unproven' | 'present'> {
  const tags = isDigest(reference) ? null : await knownTags(connection, repository, { signal });
  if (tags !== null) return tags.includes(reference) ? 'present' : 'absent';
  if (connection.writable.has(repository)) return 'absent';
  if (connection.readOnly) return 'unproven';
  return (await takesUploads(connection, repository, signal)) ? 'absent' : 'present';
}

/** Null where the registry does not answer with a list, nor says by a code that it does not know the repository. */
async function knownTags(
  connection: Connection,
  repository: string,
  options: Cancellable,
): Promise<readonly string[] | null> {
  try {
    return await listTags(connection, repository, options);
  } catch (error) {
    const isNoList = error instanceof Refusal || (error instanceof AppError && error.code === NO_REGISTRY);
    if (isNoList && error.code !== 'registry.project-missing') return null;
    throw error;
  }
}

const NO_REGISTRY = 'registry.not-a-registry';

async function takesUploads(
  connection: Connection,
  repository: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const { location } = await retrying(connection, () => openUpload(connection, repository, signal), {
      signal,
    });
    await cancelUpload(connection, repository, location, signal);
    return true;
  } catch (error) {
    const isNo = error instanceof Refusal && !error.retryable && error.code !== 'registry.project-missing';
    if (isNo) return false;
    throw error;
  }
}
