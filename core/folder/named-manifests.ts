// The names of a folder target. Changes are collected in memory, so that index.json is not rewritten for each of thousands of images.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../content/digest.js';
import { isIndexType } from '../content/media-types.js';
import { replaceFile } from '../layout/durable-file.js';
import { oneAtATime } from '../flow/one-at-a-time.js';
import {
  blobPath,
  EMPTY_INDEX,
  encodeLayoutIndex,
  entryNamed,
  namesOf,
  parseLayoutIndex,
  readLayoutIndex,
  withNames,
  type LayoutIndex,
  type NamedContent,
} from '../layout/layout-index.js';
import { readIfPresent, stampIfPresent } from '../layout/optional-file.js';
import type { WriteAccess } from '../layout/write-access.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { LeavingContent } from './leaving-content.js';

const MOST_PENDING = 500;
const LONGEST_PENDING_MS = 5_000;

interface Pending {
  /** Null removes the name. */
  readonly content: NamedContent | null;
  /** What the name referred to in the file when it was first changed here; null when it was absent. */
  readonly base: Digest | null;
}

/** The names in the index.json of a folder target; changes are pending until `flush` writes them. */
export class NamedManifests {
  readonly #layout: string;
  readonly #path: string;
  readonly #access: WriteAccess;
  readonly #leaving: LeavingContent;
  readonly #pending = new Map<string, Pending>();
  #oldest = 0;
  #seen: { readonly stamp: string | null; readonly index: LayoutIndex } | null = null;

  constructor(layout: string, access: WriteAccess, leaving: LeavingContent) {
    this.#layout = layout;
    this.#path = join(layout, 'index.json');
    this.#access = access;
    this.#leaving = leaving;
  }

  /** True when there are many pending changes or an old one, so that `flush` should be called. */
  get isDue(): boolean {
    if (this.#pending.size === 0) return false;
    return this.#pending.size >= MOST_PENDING || Date.now() - this.#oldest >= LONGEST_PENDING_MS;
  }

  /** What a name refers to, pending changes included; null when it is absent. Throws `folder.ambiguous-name`. */
  async get(name: string, options: Cancellable): Promise<NamedContent | null> {
    const pending = this.#pending.get(name);
    return pending ? pending.content : this.#onDisk(name, options);
  }

  /** Every name, pending changes included. */
  async all(options: Cancellable): Promise<readonly string[]> {
    const names = new Set([...namesOf(await this.#index(options)), ...this.#pending.keys()]);
    return [...names].filter((name) => this.#pending.get(name)?.content !== null);
  }

  /** Changes a name in memory; null removes it. */
  async put(name: string, content: NamedContent | null, options: Cancellable): Promise<void> {
    const before = this.#pending.get(name);
    const base = before ? before.base : ((await this.#onDisk(name, options))?.digest ?? null);
    if (this.#pending.size === 0) this.#oldest = Date.now();
    this.#pending.set(name, { content, base });
  }

  /** The bytes of index.json without pending changes; null when it is absent. */
  read(options: Cancellable): Promise<Buffer | null> {
    return readIfPresent(this.#path, options);
  }

  /**
   * Writes former bytes of index.json again if they give every name the same content as now, and answers whether they do. With null
   * (there was no file) nothing is written; true then means that no name is left, and the caller may remove the file.
   */
  async restore(former: Buffer | null, { signal }: Cancellable): Promise<boolean> {
    return oneAtATime(this.#path, async () => {
      const present = await readLayoutIndex(this.#layout, { signal });
      const wanted = former === null ? EMPTY_INDEX : parseLayoutIndex(former, this.#path);
      if (contentOf(present) !== contentOf(wanted)) return false;
      if (former) await replaceFile(this.#path, this.#access.temporaryPath(), former);
      return true;
    });
  }

  /**
   * Writes the pending changes into the present index.json. A name that another program changed in the meantime keeps the content that
   * the program gave it, as if the program had written right after us. The check at the end of a run reads the name again and adds
   * what is missing, so nothing of either is lost.
   */
  async flush({ signal }: Cancellable): Promise<void> {
    if (this.#pending.size === 0) return;
    await oneAtATime(this.#path, async () => {
      signal.throwIfAborted();
      const batch = new Map(this.#pending);
      const index = await readLayoutIndex(this.#layout, { signal });
      const changes = new Map<string, NamedContent | null>();
      for (const [name, { content, base }] of batch) {
        if (stillPointsAt(index, name, base)) changes.set(name, content);
      }
      const next = withNames(index, changes);
      const bytes = encodeLayoutIndex(next);
      if (!bytes.equals(encodeLayoutIndex(index))) {
        const superseded = this.#superseded(index, next);
        await this.#leaving.add(superseded, { signal });
        await replaceFile(this.#path, this.#access.temporaryPath(), bytes);
        for (const digest of superseded) await rm(blobPath(this.#layout, digest), { force: true });
        await this.#leaving.settle(superseded, { signal });
      }
      for (const [name, written] of batch) {
        const now = this.#pending.get(name);
        if (now === written) this.#pending.delete(name);
        // Changed again while the file was written: the new change starts from what was written.
        else if (now && changes.has(name))
          this.#pending.set(name, { ...now, base: written.content?.digest ?? null });
      }
    });
  }

  /**
   * Indexes that no name refers to any more. They are removed, so that the same images give the same folder in whatever order they were
   * imported. The journal of the run keeps their bytes for an undo.
   */
  #superseded(before: LayoutIndex, after: LayoutIndex): readonly Digest[] {
    const named = new Set(after.entries.map((entry) => entry.descriptor?.digest));
    for (const { content } of this.#pending.values()) if (content) named.add(content.digest);
    return before.entries.flatMap(({ descriptor }) => {
      // a single manifest, which another program named, is now a child of an index and stays
      const isGone = descriptor && isIndexType(descriptor.mediaType) && !named.has(descriptor.digest);
      return isGone ? [descriptor.digest] : [];
    });
  }

  async #onDisk(name: string, options: Cancellable): Promise<NamedContent | null> {
    return entryNamed(await this.#index(options), name, this.#path);
  }

  /** Reads the file again only when it was replaced: every writer replaces the whole file. */
  async #index(options: Cancellable): Promise<LayoutIndex> {
    const stamp = await stampIfPresent(this.#path, options);
    if (this.#seen === null || this.#seen.stamp !== stamp) {
      this.#seen = { stamp, index: await readLayoutIndex(this.#layout, options) };
    }
    return this.#seen.index;
  }
}

/** A text that is equal for two indexes exactly when they give the same names the same content. */
function contentOf({ entries }: LayoutIndex): string {
  return entries
    .map(({ names, descriptor }) => `${names[0] ?? ''} ${descriptor?.digest ?? ''}`)
    .sort()
    .join('\n');
}

function stillPointsAt(index: LayoutIndex, name: string, base: Digest | null): boolean {
  const found = index.entries.filter((entry) => entry.names.includes(name));
  return base === null ? found.length === 0 : found.length === 1 && found[0]?.descriptor?.digest === base;
}
