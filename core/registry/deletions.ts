// Taking tags and manifests away, as far as a registry lets anybody: each product has its own way, and some have none.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#content-management
import { randomBytes, randomUUID } from 'node:crypto';
import { digestOf, type Digest } from '../content/digest.js';
import { encodeDockerManifest, type RawManifest } from '../content/manifest.js';
import type { Cancellable } from '../ports/image-target.js';
import { apiUrl, refused, retrying, type Connection } from './connection.js';
import { lingering } from '../flow/lingering-signal.js';
import { getManifest, putManifest } from './manifests.js';
import { productOf } from './product.js';
import { putBlob } from './uploads.js';

/** How long what was begun may still take after its run was cancelled. */
const GRACE_MS = 30_000;
const ABSENT = new Set(['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND']);
/** distribution 2.8 and Harbor take a tag for a malformed digest. */
const NOT_A_DIGEST = new Set(['DIGEST_INVALID', 'UNSUPPORTED']);
/** Harbor's word for it; zot says 405. */
const HELD_BY_AN_INDEX = new Set(['VIOLATE_FOREIGN_KEY_CONSTRAINT']);

type Removal = 'removed' | 'absent' | 'not-offered';

/**
 * Removes a tag and no other; an absent one counts as removed. False where there is no way to. Where the registry deletes digests
 * only (distribution 2.8), that of the image must stay, for other tags and indexes may hold it: the tag is pointed at a manifest
 * made for this purpose first, whose digest then goes with it.
 */
export async function deleteTag(
  connection: Connection,
  repository: string,
  tag: string,
  { signal }: Cancellable,
): Promise<boolean> {
  const removal = await remove(connection, manifestUrl(connection, repository, tag), repository, { signal });
  if (removal !== 'not-offered') return true;
  const present = await getManifest(connection, repository, tag, { signal });
  if (present === null) return true;
  if (await isHarbor(connection, { signal })) {
    return harborDeleteTag(connection, repository, tag, present.digest, { signal });
  }
  if (!(await canDeleteDigests(connection, repository, { signal }))) return false;
  return overwriteAndDelete(connection, repository, tag, present, { signal });
}

/**
 * Removes a manifest with every tag that points at it; an absent one counts as removed. False where deleting is switched off, or
 * refused because an index holds it.
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

/** Whether {@link deleteTag} has a way; found out by deleting names that nobody has. */
export async function canDeleteTags(
  connection: Connection,
  repository: string,
  { signal }: Cancellable,
): Promise<boolean> {
  const nobody = manifestUrl(connection, repository, `nobody-${randomBytes(16).toString('hex')}`);
  if ((await remove(connection, nobody, repository, { signal })) !== 'not-offered') return true;
  if (await isHarbor(connection, { signal })) return true;
  return canDeleteDigests(connection, repository, { signal });
}

async function canDeleteDigests(
  connection: Connection,
  repository: string,
  options: Cancellable,
): Promise<boolean> {
  return deleteManifest(connection, repository, digestOf(randomBytes(32)), options);
}

/** From here on the tag is in our hands: it is brought to an end, or back to what it was, also when the run is cancelled. */
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
  const patience = lingering(signal, GRACE_MS);
  const putBack = () => putManifest(connection, repository, tag, present, patience);
  try {
    await putManifest(connection, repository, tag, substitute, patience);
    const isGone = await deleteManifest(connection, repository, substitute.digest, patience);
    if (!isGone) await putBack();
    return isGone;
  } catch (error) {
    // what failed may have come through, or not: the tag must not be left at the substitute
    const now = await getManifest(connection, repository, tag, patience).catch(() => null);
    if (now?.digest === substitute.digest) await putBack().catch(() => undefined);
    throw error;
  } finally {
    patience.release();
  }
}

/** By Harbor's own API, which wants the password and the rest of the repository's name encoded twice. https://goharbor.io/docs/2.0.0/working-with-projects/working-with-images/ */
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
      throw refusal;
    },
    { signal },
  );
}
