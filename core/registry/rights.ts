// What this account may do in repositories, found out before anything is sent: from its token, else by an upload that is opened and cancelled.
import { AppError } from '../errors.js';
import { forEachLimited } from '../flow/task-pool.js';
import { QUESTIONS_AT_A_TIME } from '../flow/limits.js';
import type { Cancellable } from '../ports/cancellable.js';
import { readScope, repositoryScope, retrying, type Connection } from './connection.js';
import { Refusal } from './http/refusal.js';
import { productOf } from './login/product.js';
import { cancelUpload, openUpload } from './upload-session.js';

/** Null: not known. */
export interface Rights {
  readonly pull: boolean | null;
  readonly push: boolean | null;
}

/** The rights in each of these repositories. */
export type RightsByRepository = ReadonlyMap<string, Rights>;

/**
 * The rights in these repositories, as far as the login tells them: Harbor's tokens tell what they grant, and so do those of most
 * services. One token is fetched for all repositories, which also serves what is done there later. From then on nothing is read in
 * repositories that this account may not read.
 */
export async function rightsIn(
  connection: Connection,
  repositories: readonly string[],
  options: Cancellable,
): Promise<RightsByRepository> {
  const names = [...new Set(repositories)];
  const { http, unreadable } = connection;
  await http.announce(names.map(repositoryScope), options);
  const rights = new Map<string, Rights>();
  for (const name of names) {
    const pull = await http.grants([readScope(name)], options);
    const push = await http.grants([repositoryScope(name)], options);
    if (pull === false) unreadable.add(name);
    else unreadable.delete(name);
    rights.set(name, { pull, push });
  }
  return rights;
}

/**
 * Those of these repositories that the registry refuses uploads in, where the login does not tell (Basic, tokens without claims): an
 * upload is opened and cancelled in one repository of each project (first segment of the name). A registry without a login is asked
 * once, and by a connection for reading not at all. Throws what is no refusal.
 */
export async function refusedIn(
  connection: Connection,
  repositories: readonly string[],
  options: Cancellable,
): Promise<readonly string[]> {
  const { auth, headers } = await connection.http.greet(options);
  if (auth === 'none' && connection.readOnly) return [];
  // A zot makes a repository of an upload that is opened there.
  if (connection.readOnly && productOf(headers) === 'zot') return [];
  const places = new Map<string, string[]>();
  for (const [name, { push }] of await rightsIn(connection, repositories, options)) {
    const place = auth === 'none' ? '' : (name.split('/')[0] ?? '');
    if (push === null) places.set(place, [...(places.get(place) ?? []), name]);
  }
  const refused: string[] = [];
  await forEachLimited(places.values(), QUESTIONS_AT_A_TIME, async (names) => {
    if (!(await takesUploads(connection, names[0] ?? '', options))) refused.push(...names);
  });
  return refused;
}

/** False where the registry says that this account may not write. Throws other refusals. */
async function takesUploads(
  connection: Connection,
  repository: string,
  { signal }: Cancellable,
): Promise<boolean> {
  try {
    const { location } = await retrying(connection, () => openUpload(connection, repository, signal), {
      signal,
    });
    await cancelUpload(connection, repository, location, signal);
    return true;
  } catch (error) {
    if (error instanceof AppError && NO_RIGHT.has(error.code)) return false;
    // What else keeps a repository from taking uploads shows, with its own words, when it is written to.
    if (error instanceof Refusal && !error.retryable) return true;
    throw error;
  }
}

const NO_RIGHT = new Set<string>(['registry.forbidden', 'registry.credentials-needed']);
