// A zot in memory: its repositories list manifests as zot's index.json does, so that it loses the same manifests as the real one.
// Answers are those of test/fixtures/recordings/zot; what happens to the list is that of zot 2.1.20 and of its commit 6d19b44:
// https://github.com/project-zot/zot/blob/6d19b44/pkg/storage/common/common.go#L209 and the two functions after it.
import { randomUUID } from 'node:crypto';
import { digestOf, type Digest } from '../../core/content/digest.js';
import { parseManifest } from '../../core/content/manifest.js';
import { isDockerType, isIndexType } from '../../core/content/media-types.js';
import { recorded, startReplay, type Answer, type Replay, type SeenRequest } from './replay.js';

export interface ZotOptions {
  /** False: Docker types are refused, as without `http.compat: ["docker2s2"]`. */
  readonly docker?: boolean;
  /** Changes an answer, or what the registry holds, around a request; by default it only passes it on. */
  readonly around?: (request: SeenRequest, pass: () => Answer) => Answer | Promise<Answer>;
}

export interface Zot extends Replay {
  /** Makes a blob known in every repository, as zot with dedupe shows it. */
  addBlob(bytes: Buffer | Digest): void;
  /** Adds a manifest, without bytes if only its digest is known. */
  addManifest(repository: string, manifest: ListedManifest, bytes?: Buffer): void;
  /** All repositories, also those without a manifest. */
  repositories(): readonly string[];
  /** The digests of every manifest that a repository serves. */
  digestsIn(repository: string): readonly string[];
  /** Takes a manifest out of a repository's list, as zot does when the only tag that holds it moves. */
  lose(repository: string, digest: string): void;
  /** Removes the manifests that neither a tag nor the index of a tag needs, as zot's garbage collection does; blobs stay. */
  collectGarbage(): void;
}

/** An entry of index.json. */
export interface ListedManifest {
  readonly digest: Digest;
  readonly type: string;
  readonly tag: string | null;
}

interface Repository {
  entries: readonly ListedManifest[];
  /** Bytes of manifests; zot keeps them when their entry is gone, until its garbage collection. */
  readonly manifests: Map<string, Buffer>;
}

const PATH = /^\/v2\/(?<name>.+)\/(?<kind>blobs\/uploads|blobs|manifests|tags)\/(?<reference>[^/]*)$/;

/** Starts the double on a port of its own. */
export async function startZot(options: ZotOptions = {}): Promise<Zot> {
  const state = new ZotState(options.docker ?? true);
  const around: NonNullable<ZotOptions['around']> = options.around ?? ((_request, pass) => pass());
  const replay = await startReplay((request) => around(request, () => state.answer(request)));
  return {
    ...replay,
    addBlob: (bytes) => state.addBlob(bytes),
    addManifest: (repository, manifest, bytes) => state.addManifest(repository, manifest, bytes),
    repositories: () => state.repositories(),
    digestsIn: (repository) => state.digestsIn(repository),
    lose: (repository, digest) => state.lose(repository, digest),
    collectGarbage: () => state.collectGarbage(),
  };
}

class ZotState {
  readonly #takesDocker: boolean;
  readonly #repositories = new Map<string, Repository>();
  readonly #blobs = new Map<string, Buffer>();
  readonly #uploads = new Map<string, Buffer>();

  constructor(takesDocker: boolean) {
    this.#takesDocker = takesDocker;
  }

  addBlob(bytes: Buffer | Digest): void {
    if (typeof bytes === 'string') this.#blobs.set(bytes, Buffer.alloc(0));
    else this.#blobs.set(digestOf(bytes), bytes);
  }

  addManifest(repository: string, manifest: ListedManifest, bytes: Buffer = Buffer.alloc(0)): void {
    const held = this.#repository(repository);
    held.manifests.set(manifest.digest, bytes);
    held.entries = [...held.entries, manifest];
  }

  repositories(): readonly string[] {
    return [...this.#repositories.keys()].sort();
  }

  digestsIn(repository: string): readonly string[] {
    return (this.#repositories.get(repository)?.entries ?? []).map((entry) => entry.digest);
  }

  lose(repository: string, digest: string): void {
    const held = this.#repositories.get(repository);
    if (held) held.entries = held.entries.filter((entry) => entry.digest !== digest);
  }

  collectGarbage(): void {
    for (const held of this.#repositories.values()) {
      const tagged = held.entries.filter(({ tag }) => tag !== null);
      const listed = new Set(tagged.flatMap((entry) => childrenOf(held, entry)));
      held.entries = held.entries.filter(({ tag, digest }) => tag !== null || listed.has(digest));
      const kept = new Set<string>(held.entries.map(({ digest }) => digest));
      for (const digest of held.manifests.keys()) if (!kept.has(digest)) held.manifests.delete(digest);
    }
  }

  answer(request: SeenRequest): Answer {
    const { pathname, searchParams } = new URL(request.path, 'http://zot.test');
    if (pathname === '/v2/') return recorded('zot/01-ping');
    if (pathname === '/v2/_catalog') return json({ repositories: this.repositories() });
    const { name = '', kind = '', reference = '' } = PATH.exec(pathname)?.groups ?? {};
    switch (kind) {
      case 'blobs/uploads':
        return this.#upload(request, name, reference, searchParams);
      case 'blobs':
        return this.#blob(reference);
      case 'tags':
        return this.#tags(name);
      case 'manifests':
        return this.#manifest(request, name, reference);
      default:
        return { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found\n' };
    }
  }

  #upload({ method, body }: SeenRequest, name: string, id: string, search: URLSearchParams): Answer {
    this.#repository(name);
    if (method === 'POST') {
      const mount = search.get('mount') ?? '';
      if (mount === '' && search.has('from')) return { status: 405 };
      // the source does not count: a blob that is anywhere is mounted
      if (this.#blobs.has(mount)) return created(`/v2/${name}/blobs/${mount}`);
      const session = randomUUID();
      this.#uploads.set(session, Buffer.alloc(0));
      return { status: 202, headers: { Location: `/v2/${name}/blobs/uploads/${session}`, Range: '0-0' } };
    }
    const sent = this.#uploads.get(id);
    if (!sent) return changed('zot/03-upload-session', 10, { session_id: id });
    const bytes = Buffer.concat([sent, body]);
    if (method === 'PATCH') {
      this.#uploads.set(id, bytes);
      return { status: 202, headers: { Location: `/v2/${name}/blobs/uploads/${id}` } };
    }
    this.#uploads.delete(id);
    if (method === 'DELETE') return { status: 204 };
    const digest = digestOf(bytes);
    if (search.get('digest') !== digest) return problem(400, 'DIGEST_INVALID');
    this.#blobs.set(digest, bytes);
    return created(`/v2/${name}/blobs/${digest}`, digest);
  }

  #blob(digest: string): Answer {
    const bytes = this.#blobs.get(digest);
    if (!bytes) return problem(404, 'BLOB_UNKNOWN');
    return content('application/octet-stream', digest, bytes);
  }

  #tags(name: string): Answer {
    const held = this.#repositories.get(name);
    if (!held) return changed('zot/29-manifest-oci', 13, { name });
    const tags = held.entries.flatMap((entry) => entry.tag ?? []).sort();
    return json({ name, tags });
  }

  #manifest(request: SeenRequest, name: string, reference: string): Answer {
    if (request.method === 'PUT') return this.#put(request, name, reference);
    const held = this.#repositories.get(name);
    if (!held) {
      const unknown = changed('zot/29-manifest-oci', 13, { name });
      return request.method === 'DELETE' ? { ...unknown, status: 400 } : unknown;
    }
    const entry = held.entries.find(({ digest, tag }) => tag === reference || digest === reference);
    if (!entry) return changed('zot/29-manifest-oci', 11, { reference });
    if (request.method === 'DELETE') return remove(held, entry, reference);
    return content(entry.type, entry.digest, held.manifests.get(entry.digest) ?? Buffer.alloc(0));
  }

  #put({ headers, body }: SeenRequest, name: string, reference: string): Answer {
    const type = headers['content-type'] ?? '';
    const digest = digestOf(body);
    const isByDigest = reference.startsWith('sha256:');
    if (isDockerType(type) && !this.#takesDocker)
      return changed('zot/30-manifest-docker', 0, { mediaType: type });
    // no folder can have such a name
    if (name.split('/').some((segment) => segment.length > 255)) return recorded('zot/44-names', 15);
    const held = this.#repository(name);
    const isBad = (isByDigest && reference !== digest) || !this.#hasParts(held, body, type);
    if (isBad) return changed('zot/33-manifest-missing-blob', 0, { reference });
    held.manifests.set(digest, body);
    store(held, { digest, type, tag: isByDigest ? null : reference });
    return created(`/v2/${name}/manifests/${digest}`, digest);
  }

  #hasParts(held: Repository, body: Buffer, type: string): boolean {
    const parsed = parseManifest(body, type);
    if (parsed.kind === 'other') return false;
    // bytes are looked for, not entries: a lost child may be listed again
    if (parsed.kind === 'index') return parsed.manifests.every(({ digest }) => held.manifests.has(digest));
    return [parsed.config, ...parsed.layers].every(({ digest }) => this.#blobs.has(digest));
  }

  #repository(name: string): Repository {
    const held = this.#repositories.get(name) ?? { entries: [], manifests: new Map<string, Buffer>() };
    this.#repositories.set(name, held);
    return held;
  }
}

/** `CheckIfIndexNeedsUpdate` and `UpdateIndexWithPrunedImageManifests`. */
function store(held: Repository, next: ListedManifest): void {
  const { tag, digest } = next;
  const former = tag === null ? null : held.entries.find((entry) => entry.tag === tag);
  // a PUT by digest of what is listed already, under a tag too, changes nothing
  if (tag === null ? held.entries.some((entry) => entry.digest === digest) : former?.digest === digest)
    return;
  const others = held.entries.filter((entry) => entry !== former);
  held.entries = [...(former && isIndexType(next.type) ? pruned(held, others, former, next) : others), next];
}

/** `PruneImageManifestsFromIndex`: children of the former index leave that have no tag and are in no other index. */
function pruned(
  held: Repository,
  entries: readonly ListedManifest[],
  former: ListedManifest,
  next: ListedManifest,
): readonly ListedManifest[] {
  const children = new Set(childrenOf(held, former));
  const used = new Set([...entries, next].flatMap((entry) => childrenOf(held, entry)));
  return entries.filter(
    ({ digest, tag, type }) => isIndexType(type) || tag !== null || !children.has(digest) || used.has(digest),
  );
}

/** `RemoveManifestDescByReference`: a manifest that loses its last tag stays without one. */
function remove(held: Repository, entry: ListedManifest, reference: string): Answer {
  if (entry.tag === reference) {
    const others = held.entries.filter((one) => one !== entry);
    const isLast = !others.some(({ digest }) => digest === entry.digest);
    held.entries = isLast ? [...others, { ...entry, tag: null }] : others;
    return { status: 202, headers: { 'Access-Control-Allow-Origin': '*' } };
  }
  const others = held.entries.filter(({ digest }) => digest !== entry.digest);
  if (others.some((one) => childrenOf(held, one).includes(entry.digest)))
    return changed('zot/45-delete-on', 4, { reference });
  held.entries = others;
  held.manifests.delete(entry.digest);
  return { status: 202, headers: { 'Access-Control-Allow-Origin': '*' } };
}

function childrenOf(held: Repository, { digest, type }: ListedManifest): readonly string[] {
  const bytes = held.manifests.get(digest);
  const parsed = bytes && parseManifest(bytes, type);
  return parsed?.kind === 'index' ? parsed.manifests.map((child) => child.digest) : [];
}

function created(location: string, digest?: string): Answer {
  const headers = { Location: location };
  return { status: 201, headers: digest ? { 'Docker-Content-Digest': digest, ...headers } : headers };
}

function content(type: string, digest: string, bytes: Buffer): Answer {
  const headers = { 'Content-Type': type, 'Docker-Content-Digest': digest };
  return { status: 200, headers: { ...headers, 'Content-Length': String(bytes.length) }, bytes };
}

function json(value: unknown): Answer {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
  };
}

function problem(status: number, code: string): Answer {
  const body = JSON.stringify({ errors: [{ code, message: code.toLowerCase().replace('_', ' ') }] });
  return { status, headers: { 'Content-Type': 'application/json' }, body };
}

/** A recorded error with other values in its detail. */
function changed(file: string, at: number, detail: Readonly<Record<string, string>>): Answer {
  const answer = recorded(file, at);
  let body = answer.body ?? '';
  for (const [key, value] of Object.entries(detail))
    body = body.replace(new RegExp(`"${key}":"[^"]*"`), `"${key}":${JSON.stringify(value)}`);
  return { ...answer, body };
}
