// The right to write to a folder: the lock, taken at the first write, and a place for files that are not finished.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { onDisk } from './disk-error.js';
import { oneAtATime } from '../flow/one-at-a-time.js';
import { releaseWriterLock, takeWriterLock } from './writer-lock.js';

/** Name of the folder for locks and temporary files. */
export const WORK_FOLDER = '.archbridge';
/** How long another writer of this host is waited for. */
export const DEFAULT_PATIENCE_MS = 30_000;

/** Locks that this process holds: its own writers of one folder share one. */
const held = new Map<string, { users: number; readonly text: string }>();

export class WriteAccess {
  readonly #root: string;
  readonly #work: string;
  readonly #temporary: string;
  readonly #patienceMs: number;
  #taken: Promise<void> | null = null;

  constructor(root: string, patienceMs = DEFAULT_PATIENCE_MS) {
    this.#root = resolve(root);
    this.#work = join(this.#root, WORK_FOLDER);
    this.#temporary = join(this.#work, 'tmp');
    this.#patienceMs = patienceMs;
  }

  /** Makes sure that this process may write; to be awaited before each write. Throws `folder.locked` and errors of the disk. */
  async ensure(options: { signal: AbortSignal }): Promise<void> {
    options.signal.throwIfAborted();
    this.#taken ??= this.#take(this.#patienceMs, options);
    try {
      await this.#taken;
    } catch (error) {
      this.#taken = null;
      throw error;
    }
  }

  /** Removes what writers that were killed have left behind; does nothing when there is nothing, or while somebody writes. */
  async cleanUp(options: { signal: AbortSignal }): Promise<void> {
    const left = await readdir(this.#work).catch(() => []);
    if (left.length === 0 || held.has(this.#root)) return;
    try {
      await this.#take(0, options);
    } catch {
      options.signal.throwIfAborted();
      return;
    }
    await this.#giveBack();
  }

  /** A path for a file that is not finished; unique, on the file system of the folder. Only after {@link ensure}. */
  temporaryPath(): string {
    return join(this.#temporary, randomBytes(8).toString('hex'));
  }

  /** Safe to call twice. */
  async release(): Promise<void> {
    const taken = this.#taken;
    this.#taken = null;
    if (taken === null) return;
    if (
      await taken.then(
        () => true,
        () => false,
      )
    )
      await this.#giveBack();
  }

  async #take(patienceMs: number, options: { signal: AbortSignal }): Promise<void> {
    await oneAtATime(`lock ${this.#root}`, () =>
      onDisk(this.#root, 'write', async () => {
        const lock = held.get(this.#root);
        if (lock) {
          lock.users += 1;
          return;
        }
        await mkdir(this.#work, { recursive: true });
        const text = await takeWriterLock(this.#work, patienceMs, options);
        try {
          // Nobody else writes now, so all that lies here was left behind.
          await rm(this.#temporary, { recursive: true, force: true });
          await mkdir(this.#temporary, { recursive: true });
        } catch (error) {
          await releaseWriterLock(this.#work, text);
          throw error;
        }
        held.set(this.#root, { users: 1, text });
      }),
    );
  }

  async #giveBack(): Promise<void> {
    await oneAtATime(`lock ${this.#root}`, () =>
      onDisk(this.#root, 'write', async () => {
        const lock = held.get(this.#root);
        if (!lock) return;
        lock.users -= 1;
        if (lock.users > 0) return;
        held.delete(this.#root);
        await rmdir(this.#temporary).catch(() => undefined);
        await releaseWriterLock(this.#work, lock.text);
      }),
    );
  }
}
