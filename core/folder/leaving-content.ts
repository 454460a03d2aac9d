// Keeps on disk what is about to lose its last name, so that the next writer removes it if this one is killed before it does.
import { z } from 'zod';
import { isDigest, type Digest } from '../content/digest.js';
import { NotedList } from '../layout/noted-list.js';
import type { WriteAccess } from '../layout/write-access.js';
import type { Cancellable } from '../ports/cancellable.js';

/** A list of digests in the folder of the lock, durable before the names change. To be used by the holder of the lock. */
export class LeavingContent {
  readonly #noted: NotedList<Digest>;

  constructor(access: WriteAccess) {
    this.#noted = new NotedList(access, 'leaving.json', z.custom<Digest>(isDigest));
  }

  list(options: Cancellable): Promise<readonly Digest[]> {
    return this.#noted.read(options);
  }

  /** Adds digests to the list, durably. */
  async add(digests: readonly Digest[], options: Cancellable): Promise<void> {
    if (digests.length === 0) return;
    await this.#noted.write([...new Set([...(await this.list(options)), ...digests])]);
  }

  /** Takes digests from the list, because they are removed or stay. */
  async settle(digests: readonly Digest[], options: Cancellable): Promise<void> {
    const settled = new Set(digests);
    const listed = await this.list(options);
    if (settled.size > 0) await this.#noted.write(listed.filter((digest) => !settled.has(digest)));
  }
}
