// Deletes tags and manifests. Each registry product has its own way to delete a tag, and some have none.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#content-management
import { randomBytes, randomUUID } from 'node:crypto';
import { digestOf, type Digest } from '../content/digest.js';
import { AppError } from '../errors.js';
import { encodeDockerManifest, type RawManifest } from '../content/manifest.js';
import { apiUrl, refused, retrying, type Connection } from './connection.js';
import { lingering } from '../flow/lingering-signal.js';
import { putManifest } from './manifest-put.js';
import { getManifest } from './manifests.js';
import { productOf } from './login/product.js';
import { putBlob } from './uploads.js';
import type { Cancellable } from '../ports/cancellable.js';

/** After a cancel, a deletion that has begun may take this long to finish (milliseconds). */
const GRACE_MS = 30_000;
const ABSENT = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND']);
/** distribution 2.8 and Harbor delete by digest only, and answer a tag as if it were a malformed digest. */
const NOT_A_DIGEST = new Set(['DIGEST_INVALID', 'UNSUPPORTED']);
/** Harbor's code for a manifest that an index refers to; zot answers 405. */
const HELD_BY_AN_INDEX = new Set(['VIOLATE_FOREIGN_KEY_CONSTRAINT']);

type Removal = 'removed' | 'absent' | 'not-offered';

/**
 * Deletes one tag and keeps every other tag; an absent tag counts as deleted. False where the registry offers no way. distribution 2.8
 * deletes digests only, and other tags or indexes may refer to the digest of the image. There the tag is first pointed at a new
 * manifest made for this purpose, and then the digest of that manifest is deleted together with the tag.
 */
export async function deleteTag(
  connection: Connection,
  repository: string,
  tag: string,
  { signal }: Cancellable,
): Promise<boolean> {
  if (await isHarbor(connection, { signal })) {
    const held = await getManifest(connection, repository, tag, { signal });
    return held === null || harborDeleteTag(connection, repository, tag, held.digest, { signal });
  }
  const removal = await remove(connection, manifestUrl(connection, repository, tag), repository, { signal });
  if (removal !== 'not-offered') return true;
  const present = await getManifest(connection, repository, tag, { signal });
  if (present === null) return true;
  if (!(await canDeleteDigests(connection, repository, { signal }))) return false;
  return overwriteAndDelete(connection, repository, tag, present, { signal });
}

/**
 * Deletes a manifest and every tag that points at it; an absent manifest counts as deleted. False where deleting is switched off, or
 * where the registry refuses because an index refers to the manifest.
 */
export async function deleteManifest(
  connection: Connection,
  repository: string,
  digest: Digest,
  { signal }: Cancellable,
): Promise<boolean> {
  const url = manifestUrl(connection, repository, digest);
  return (await remove(connection, url, repository, { signal })) !== 'not-offered';
}

/**
 * Whether {@link deleteTag} can delete here. Found out by deleting a tag and a digest that do not exist. Throws
 * `registry.delete-forbidden` where the registry offers it and this account has no right to it.
 */
export async function canDeleteTags(
  connection: Connection,
  repository: string,
  { signal }: Cancellable,
): Promise<boolean> {
  const tag = `nobody-${randomBytes(16).toString('hex')}`;
  if (await isHarbor(connection, { signal })) {
    return harborDeleteTag(connection, repository, tag, digestOf(randomBytes(32)), { signal });
  }
  const nobody = manifestUrl(connection, repository, tag);
  if ((await remove(connection, nobody, repository, { signal })) !== 'not-offered') return true;
  return canDeleteDigests(connection, repository, { signal });
}

async function canDeleteDigests(
  connection: Connection,
  repository: string,
  options: Cancellable,
): Promise<boolean> {
  return deleteManifest(connection, repository, digestOf(randomBytes(32)), options);
}

/** Points the tag at a substitute and deletes that. On a failure or a cancel in between, the tag is pointed back at `present`. */
async function overwriteAndDelete(
  connection: Connection,
  repository: string,
  tag: string,
  present: RawManifest,
  { signal }: Cancellable,
): Promise<boolean> {
  const config = Buffer.from(
    JSON.stringify({ 'archbridge.removes': `${repository}:${tag}`, id: randomUUID() }),
  );
  const digest = digestOf(config);
  await putBlob(connection, repository, digest, config.length, config, { signal });
  const substitute = encodeDockerManifest({ digest, size: config.length }, []);
  const grace = lingering(signal, GRACE_MS);
  const putBack = () => putManifest(connection, repository, tag, present, grace);
  try {
    await putManifest(connection, repository, tag, substitute, grace);
    const isGone = await deleteManifest(connection, repository, substitute.digest, grace);
    if (!isGone) await putBack();
    return isGone;
  } catch (error) {
    // The registry may have done what it answered with an error; the tag must not stay at the substitute.
    const now = await getManifest(connection, repository, tag, grace).catch(() => null);
    if (now?.digest === substitute.digest) await putBack().catch(() => undefined);
    throw error;
  } finally {
    grace.release();
  }
}

/** Deletes a tag by Harbor's own API, which asks for the right `tag:delete` only; `/v2/` deletes digests and asks for `repository:delete`. It needs the password instead of a token, and the repository below the project encoded twice. https://goharbor.io/docs/2.0.0/working-with-projects/working-with-images/ */
async function harborDeleteTag(
  connection: Connection,
  repository: string,
  tag: string,
  digest: Digest,
  { signal }: Cancellable,
): Promise<boolean> {
  const [project = '', ...rest] = repository.split('/');
  const name = encodeURIComponent(encodeURIComponent(rest.join('/')));
  const path = `/api/v2.0/projects/${project}/repositories/${name}/artifacts/${digest}/tags/${tag}`;
  const url = new URL(path, connection.base).href;
  return (await remove(connection, url, repository, { signal, withPassword: true })) !== 'not-offered';
}

async function isHarbor({ http }: Connection, { signal }: Cancellable): Promise<boolean> {
  return productOf((await http.greet({ signal })).headers) === 'harbor';
}

function manifestUrl(connection: Connection, repository: string, reference: string): string {
  return apiUrl(connection, repository, `manifests/${reference}`);
}

function remove(
  connection: Connection,
  url: string,
  repository: string,
  { signal, withPassword = false }: Cancellable & { readonly withPassword?: boolean },
): Promise<Removal> {
  return retrying(
    connection,
    async () => {
      const scopes = [`repository:${repository}:delete`];
      const response = await connection.http.send({ method: 'DELETE', url, scopes, withPassword, signal });
      const { status } = response;
      if (status === 200 || status === 202 || status === 204) return (await response.discard(), 'removed');
      const refusal = await refused(connection, response, 'DELETE');
      const says = (codes: ReadonlySet<string>) => refusal.codes.some((code) => codes.has(code));
      if ((status === 404 || status === 400) && says(ABSENT)) return 'absent';
      if (status === 405 || (status === 400 && says(NOT_A_DIGEST))) return 'not-offered';
      if (status === 412 && says(HELD_BY_AN_INDEX)) return 'not-offered';
      throw refusal.code === 'registry.forbidden'
        ? noRight(connection, repository, refusal, withPassword)
        : refusal;
    },
    { signal },
  );
}

/** Names the right that is missing. */
function noRight(
  { base, origin }: Connection,
  repository: string,
  cause: AppError,
  isTag: boolean,
): AppError {
  const { reason = '' } = cause.params;
  const right = isTag ? 'tag:delete' : 'delete';
  const params = {
    repository: `${base.host}/${repository}`,
    project: repository.split('/')[0] ?? '',
    right,
    reason,
  };
  return new AppError('registry.delete-forbidden', { origin, params, cause });
}
