// A list beside the lock of a folder: a writer notes there what it is about to leave, so that the next one removes it if this one is killed.
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import type { Cancellable } from '../ports/cancellable.js';
import { onDisk } from './disk-error.js';
import { replaceFile } from './durable-file.js';
import { readIfPresent } from './optional-file.js';
import type { WriteAccess } from './write-access.js';

/**
 * A JSON file in the folder of the lock, to be used by the holder of the lock. It is only a hint: whoever removes what it lists looks
 * first whether a name leads there again.
 */
export class NotedList<T> {
  readonly #access: WriteAccess;
  readonly #path: string;
  readonly #items: z.ZodType<readonly T[]>;

  /** `name`: that of the file; `item`: whoever can write the file must not be able to name anything outside of the folder. */
  constructor(access: WriteAccess, name: string, item: z.ZodType<T>) {
    this.#access = access;
    this.#path = access.workPath(name);
    this.#items = z.array(item).readonly();
  }

  /** What is listed; nothing where the file is absent or is no such list. */
  async read(options: Cancellable): Promise<readonly T[]> {
    const bytes = await readIfPresent(this.#path, options);
    if (bytes === null) return [];
    try {
      return this.#items.parse(JSON.parse(bytes.toString('utf8')));
    } catch {
      return [];
    }
  }

  /** Writes the list, durably; an empty one is no file. */
  async write(items: readonly T[]): Promise<void> {
    if (items.length === 0) await onDisk(this.#path, 'write', () => rm(this.#path, { force: true }));
    else await replaceFile(this.#path, this.#access.temporaryPath(), Buffer.from(JSON.stringify(items)));
  }
}
