// Keeps on disk which charts of a folder are about to lose their entry, so that the next writer removes their files if this one is killed.
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { onDisk } from '../layout/disk-error.js';
import { replaceFile } from '../layout/durable-file.js';
import { readIfPresent } from '../layout/optional-file.js';
import type { WriteAccess } from '../layout/write-access.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { ListedChart } from '../ports/chart-target.js';

/** Names of files, because whoever can write the list must not be able to name a file elsewhere. */
const part = z.string().regex(/^[^/\\]+$/);
const listSchema = z.array(z.object({ name: part, version: part }));

/** A list in the folder of the lock. It is a hint: whoever removes what it lists looks first whether the index has an entry again. */
export class LeavingCharts {
  readonly #access: WriteAccess;
  readonly #path: string;

  constructor(access: WriteAccess) {
    this.#access = access;
    this.#path = access.workPath('leaving-charts.json');
  }

  /** What is listed; nothing where the file is absent or is no such list. */
  async list(options: Cancellable): Promise<readonly ListedChart[]> {
    const bytes = await readIfPresent(this.#path, options);
    if (bytes === null) return [];
    try {
      return listSchema.parse(JSON.parse(bytes.toString('utf8')));
    } catch {
      return [];
    }
  }

  /** Writes the list, durably; an empty one is no file. */
  async write(charts: readonly ListedChart[]): Promise<void> {
    const named = charts.map(({ name, version }) => ({ name, version }));
    if (named.length > 0)
      await replaceFile(this.#path, this.#access.temporaryPath(), Buffer.from(JSON.stringify(named)));
    else await onDisk(this.#path, 'write', () => rm(this.#path, { force: true }));
  }
}
