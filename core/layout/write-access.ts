// Gives a process the right to write to a folder: takes the lock at the first write and provides paths for temporary files.
import { randomBytes } from 'node:crypto';
import { readdir, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { onDisk } from './disk-error.js';
import { makeFolder } from './make-folder.js';
import { oneAtATime } from '../flow/one-at-a-time.js';
import { polled } from '../flow/poll.js';
import { heldHere, releaseWriterLock, takeWriterLock } from './writer-lock.js';

/** Name of the folder for locks and temporary files. */
export const WORK_FOLDER = '.archbridge';
/** How long to wait for another writer of this host, in milliseconds. */
export const DEFAULT_PATIENCE_MS = 30_000;

/** Locks that this process holds, by folder. Writers in this process share one lock unless one of them asked to be alone. */
const held = new Map<string, { users: number; readonly text: string }>();

export interface EnsureOptions {
  readonly signal: AbortSignal;
  /** Wait for the other writers of this process as for another process. */
  readonly alone?: boolean;
}

/** The lock with which this process alone writes into one folder. */
export class WriteAccess {
  readonly #root: string;
  readonly #work: string;
  readonly #temporary: string;
  readonly #patienceMs: number;
  #finish: (options: { signal: AbortSignal }) => Promise<void> = () => Promise.resolve();
  #taken: Promise<unknown> | null = null;

  constructor(root: string, patienceMs = DEFAULT_PATIENCE_MS) {
    this.#root = resolve(root);
    this.#work = join(this.#root, WORK_FOLDER);
    this.#temporary = join(this.#work, 'tmp');
    this.#patienceMs = patienceMs;
  }

  /** Calls `finish` whenever the lock was taken and nobody in this process writes yet: to finish what a killed writer began. */
  whenTaken(finish: (options: { signal: AbortSignal }) => Promise<void>): void {
    this.#finish = finish;
  }

  /** True from the first call of {@link ensure} to {@link release}. */
  get isAsked(): boolean {
    return this.#taken !== null;
  }

  /** Makes sure that this process may write; to be awaited before each write. Throws `folder.locked` and errors of the disk. */
  async ensure(options: EnsureOptions): Promise<void> {
    options.signal.throwIfAborted();
    this.#taken ??= options.alone ? this.#takeAlone(options) : this.#take(this.#patienceMs, options);
    try {
      await this.#taken;
    } catch (error) {
      this.#taken = null;
      throw error;
    }
  }

  /** Removes locks and temporary files of killed writers; does nothing when there are none, or while another process writes. */
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

  /** A new path for a temporary file on the file system of the folder. To be called only after {@link ensure}. */
  temporaryPath(): string {
    return join(this.#temporary, randomBytes(8).toString('hex'));
  }

  /** The path of a file of this name beside the lock, for what one writer leaves to the next one. */
  workPath(name: string): string {
    return join(this.#work, name);
  }

  /** Gives the lock back when this was its last user; may be called twice. */
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

  async #takeAlone(options: EnsureOptions): Promise<void> {
    const take = () => this.#take(this.#patienceMs, options);
    const isTaken = await polled(take, (answer) => answer, this.#patienceMs, options);
    if (!isTaken) throw await heldHere(this.#work, options);
  }

  /** False when it has to be alone and is not. */
  #take(patienceMs: number, options: EnsureOptions): Promise<boolean> {
    return oneAtATime(`lock ${this.#root}`, () =>
      onDisk(this.#root, 'write', async () => {
        const lock = held.get(this.#root);
        if (lock && options.alone) return false;
        if (lock) {
          lock.users += 1;
          return true;
        }
        await makeFolder(this.#work);
        const text = await takeWriterLock(this.#work, patienceMs, options);
        try {
          // No other process writes now, so these files are those of a killed writer.
          await rm(this.#temporary, { recursive: true, force: true });
          await makeFolder(this.#temporary);
          await this.#finish(options);
        } catch (error) {
          await releaseWriterLock(this.#work, text);
          throw error;
        }
        held.set(this.#root, { users: 1, text });
        return true;
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
