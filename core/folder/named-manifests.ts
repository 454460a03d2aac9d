// The names of a folder target: kept in memory for a while, so that thousands of images do not rewrite index.json each.
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

const MOST_PENDING = 500;
const LONGEST_PENDING_MS = 5_000;

interface Cancellable {
  readonly signal: AbortSignal;
}

interface Pending {
  /** Null: the name goes. */
  readonly content: NamedContent | null;
  /** What the name pointed at in the file when it was first changed here. */
  readonly base: Digest | null;
}

export class NamedManifests {
  readonly #layout: string;
  readonly #path: string;
  readonly #access: WriteAccess;
  readonly #pending = new Map<string, Pending>();
  #oldest = 0;
  #seen: { readonly stamp: string | null; readonly index: LayoutIndex } | null = null;

  constructor(layout: string, access: WriteAccess) {
    this.#layout = layout;
    this.#path = join(layout, 'index.json');
    this.#access = access;
  }

  /** True when what is pending has become too much or too old. */
  get isDue(): boolean {
    if (this.#pending.size === 0) return false;
    return this.#pending.size >= MOST_PENDING || Date.now() - this.#oldest >= LONGEST_PENDING_MS;
  }

  /** What a name points at, pending or in the file; null when it is absent. */
  async get(name: string, options: Cancellable): Promise<NamedContent | null> {
    const pending = this.#pending.get(name);
    return pending ? pending.content : this.#onDisk(name, options);
  }

  /** Every name, pending ones included. */
  async all(options: Cancellable): Promise<readonly string[]> {
    const names = new Set([...namesOf(await this.#index(options)), ...this.#pending.keys()]);
    return [...names].filter((name) => this.#pending.get(name)?.content !== null);
  }

  /** Points a name at content or takes it out (null), in memory. */
  async put(name: string, content: NamedContent | null, options: Cancellable): Promise<void> {
    const before = this.#pending.get(name);
    const base = before ? before.base : ((await this.#onDisk(name, options))?.digest ?? null);
    if (this.#pending.size === 0) this.#oldest = Date.now();
    this.#pending.set(name, { content, base });
  }

  /** The file as it is stored, without what is pending. */
  read(options: Cancellable): Promise<Buffer | null> {
    return readIfPresent(this.#path, options);
  }

  /**
   * Puts former bytes back where they give every name what it has now, and true then. Null, for no file at all, is left to the
   * caller: only true says that no name is left.
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
   * Writes what is pending into index.json as it is now. A name that another program changed meanwhile stays as that program
   * left it, as if it had come right after us: who looks again sees it and can add to it, and nothing of it is lost.
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
      const bytes = encodeLayoutIndex(withNames(index, changes));
      if (!bytes.equals(encodeLayoutIndex(index))) {
        await replaceFile(this.#path, this.#access.temporaryPath(), bytes);
        await this.#removeSuperseded(index, withNames(index, changes));
      }
      for (const [name, written] of batch) {
        const now = this.#pending.get(name);
        if (now === written) this.#pending.delete(name);
        // Changed again while the file was being written: what was written is what it changes.
        else if (now && changes.has(name))
          this.#pending.set(name, { ...now, base: written.content?.digest ?? null });
      }
    });
  }

  /**
   * The index that a name pointed at before leads to nothing any more: without it, the same images give the same folder in
   * whatever order they came. A run's journal keeps its bytes for the way back.
   */
  async #removeSuperseded(before: LayoutIndex, after: LayoutIndex): Promise<void> {
    const named = new Set(after.entries.map((entry) => entry.descriptor?.digest));
    for (const { descriptor } of before.entries) {
      // a lone manifest, by another program, has become a child: it stays
      if (!descriptor || !isIndexType(descriptor.mediaType) || named.has(descriptor.digest)) continue;
      await rm(blobPath(this.#layout, descriptor.digest), { force: true });
    }
  }

  async #onDisk(name: string, options: Cancellable): Promise<NamedContent | null> {
    return entryNamed(await this.#index(options), name, this.#path);
  }

  /** The file is read again only when it is another one: each writer replaces it as a whole. */
  async #index(options: Cancellable): Promise<LayoutIndex> {
    const stamp = await stampIfPresent(this.#path, options);
    if (this.#seen === null || this.#seen.stamp !== stamp) {
      this.#seen = { stamp, index: await readLayoutIndex(this.#layout, options) };
    }
    return this.#seen.index;
  }
}

/** Equal for indexes that give the same names the same content. */
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
