// Answers the pulling half of the distribution protocol from a folder target.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull
import { join } from 'node:path';
import { digestOf, isDigest, type Digest } from '../../content/digest.js';
import { isTag } from '../../content/reference.js';
import { compareText } from '../../content/text-order.js';
import { blobPath, parseLayoutIndex } from '../../layout/layout-index.js';
import { manifestTypeOf } from '../../layout/manifest-type.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { LAYOUT_FOLDER } from '../store-check.js';
import { registryError, type Answer } from './answer.js';
import { sharedNames, type SharedNames, type SharedTags } from './shared-names.js';
import { openStored } from './stored-file.js';

const MANIFEST_LIMIT = 4 * 1024 * 1024;
const INDEX_LIMIT = 256 * 1024 * 1024;
/** Names in one answer, also when the client asks for more. */
const PAGE = 1000;

/** The images of one folder target, by the paths under `/v2/`. */
export class RegistryAnswers {
  readonly #layout: string;
  #seen: { readonly bytes: Buffer; readonly names: SharedNames } | null = null;

  /** @param root the real path of the folder target */
  constructor(root: string) {
    this.#layout = join(root, LAYOUT_FOLDER);
  }

  /** The answer to a GET or HEAD of `path`, which begins with `/v2`. Blobs belong to the folder, so every repository has all of them. */
  async answer(path: string, query: URLSearchParams, options: Cancellable): Promise<Answer> {
    if (path === '/v2' || path === '/v2/') return json({});
    const names = await this.#names(options);
    if (path === '/v2/_catalog') return page('repositories', names.catalog, path, query);
    const [, repository = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs|tags|referrers)\/([^/]+)$/.exec(path) ?? [];
    const tags = kind === '' ? null : names.find(repository, query.get('ns'));
    if (!tags) return registryError(404, 'NAME_UNKNOWN', 'There is no such repository here.');
    if (kind === 'tags' && reference === 'list') {
      return page('tags', [...tags.keys()].sort(compareText), path, query, { name: repository });
    }
    if (kind === 'manifests') return this.#manifest(tags, reference, options);
    if (kind === 'blobs') return this.#blob(reference, options);
    // 404 tells a client that this registry has no list of referrers; it then asks for the tag `sha256-…`
    return registryError(404, 'UNSUPPORTED', 'This registry does not answer this request.');
  }

  /** `repository:tag` of the first image; null when there is none. */
  async example(options: Cancellable): Promise<string | null> {
    const names = await this.#names(options);
    const [repository] = names.catalog;
    const tag = repository === undefined ? undefined : names.find(repository, null)?.keys().next().value;
    return repository === undefined || tag === undefined ? null : `${repository}:${tag}`;
  }

  async #manifest(tags: SharedTags, reference: string, options: Cancellable): Promise<Answer> {
    const named = isTag(reference) ? tags.get(reference)?.digest : reference;
    const bytes = isDigest(named) ? await this.#read(named, MANIFEST_LIMIT, options) : null;
    const type = bytes && manifestTypeOf(bytes);
    // A damaged file is not passed on: a client that asked for a tag could not notice it.
    if (!isDigest(named) || !bytes || type === null || digestOf(bytes) !== named) {
      return registryError(404, 'MANIFEST_UNKNOWN', 'There is no such manifest here.');
    }
    return { status: 200, headers: { ...contentHeaders(named), 'content-type': type }, body: bytes };
  }

  async #blob(digest: string, options: Cancellable): Promise<Answer> {
    if (!isDigest(digest)) return registryError(400, 'DIGEST_INVALID', 'Only digests of SHA-256 are served.');
    const file = await openStored(blobPath(this.#layout, digest), options);
    if (!file) return registryError(404, 'BLOB_UNKNOWN', 'There is no such blob here.');
    return {
      status: 200,
      headers: { ...contentHeaders(digest), 'content-type': 'application/octet-stream' },
      body: file,
    };
  }

  async #read(digest: Digest, limit: number, options: Cancellable): Promise<Buffer | null> {
    return this.#readFile(blobPath(this.#layout, digest), limit, options);
  }

  async #readFile(path: string, limit: number, options: Cancellable): Promise<Buffer | null> {
    const file = await openStored(path, options);
    if (!file) return null;
    try {
      return file.size > limit ? null : await file.handle.readFile();
    } finally {
      await file.handle.close();
    }
  }

  /** The names as they are now: an import into the folder may go on meanwhile. */
  async #names(options: Cancellable): Promise<SharedNames> {
    const path = join(this.#layout, 'index.json');
    const bytes = (await this.#readFile(path, INDEX_LIMIT, options)) ?? Buffer.from('{"schemaVersion":2}');
    if (!this.#seen?.bytes.equals(bytes))
      this.#seen = { bytes, names: sharedNames(parseLayoutIndex(bytes, path)) };
    return this.#seen.names;
  }
}

/** What does not change as long as the digest is the same. */
function contentHeaders(digest: Digest): Readonly<Record<string, string>> {
  return { 'docker-content-digest': digest, etag: `"${digest}"` };
}

/** One page of a list. https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags */
function page(
  key: 'repositories' | 'tags',
  all: readonly string[],
  path: string,
  query: URLSearchParams,
  fields: Readonly<Record<string, string>> = {},
): Answer {
  const last = query.get('last') ?? '';
  const asked = /^\d{1,6}$/.test(query.get('n') ?? '') ? Number(query.get('n')) : PAGE;
  const rest = last === '' ? all : all.filter((name) => compareText(name, last) > 0);
  const shown = rest.slice(0, Math.min(asked, PAGE));
  const answer = json({ ...fields, [key]: shown });
  const end = shown.at(-1);
  if (end === undefined || shown.length === rest.length) return answer;
  const next = new URLSearchParams({ last: end, n: String(shown.length) });
  const ns = query.get('ns');
  if (ns !== null) next.set('ns', ns);
  return {
    ...answer,
    headers: { ...answer.headers, link: `<${encodeURI(path)}?${next.toString()}>; rel="next"` },
  };
}

function json(value: unknown): Answer {
  const body = Buffer.from(`${JSON.stringify(value)}\n`);
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}
