// Keeps on disk what is about to lose its last name, so that the next writer removes it if this one is killed before it does.
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { isDigest, type Digest } from '../content/digest.js';
import { onDisk } from '../layout/disk-error.js';
import { replaceFile } from '../layout/durable-file.js';
import { readIfPresent } from '../layout/optional-file.js';
import type { WriteAccess } from '../layout/write-access.js';
import type { Cancellable } from '../ports/cancellable.js';

const listSchema = z.array(z.custom<Digest>(isDigest));

/**
 * A list of digests in the folder of the lock. It is durable before the names change, and it is only a hint: whoever removes what it
 * lists looks first whether a name still leads there. To be used by the holder of the lock.
 */
export class LeavingContent {
  readonly #access: WriteAccess;
  readonly #path: string;

  constructor(access: WriteAccess) {
    this.#access = access;
    this.#path = access.workPath('leaving.json');
  }

  /** What is listed; nothing where the file is absent or is no such list. */
  async list(options: Cancellable): Promise<readonly Digest[]> {
    const bytes = await readIfPresent(this.#path, options);
    if (bytes === null) return [];
    try {
      return listSchema.parse(JSON.parse(bytes.toString('utf8')));
    } catch {
      return [];
    }
  }

  /** Adds digests to the list, durably. */
  async add(digests: readonly Digest[], options: Cancellable): Promise<void> {
    if (digests.length > 0) await this.#write(new Set([...(await this.list(options)), ...digests]));
  }

  /** Takes digests from the list, because they are removed or stay. */
  async settle(digests: readonly Digest[], options: Cancellable): Promise<void> {
    const settled = new Set(digests);
    const listed = await this.list(options);
    if (settled.size > 0) await this.#write(new Set(listed.filter((digest) => !settled.has(digest))));
  }

  async #write(digests: ReadonlySet<Digest>): Promise<void> {
    if (digests.size === 0) await onDisk(this.#path, 'write', () => rm(this.#path, { force: true }));
    else {
      const text = JSON.stringify([...digests]);
      await replaceFile(this.#path, this.#access.temporaryPath(), Buffer.from(text));
    }
  }
}
