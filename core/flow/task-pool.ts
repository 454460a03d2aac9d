// Runs a bounded number of things at a time and waits for all of them.

/** Starts tasks in the order given, at most `limit` at a time. A task must handle its own failures; the first that does not is thrown by `drain`. */
export class TaskPool {
  readonly #limit: number;
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when the task was started, so that a caller cannot run ahead. */
  async start(task: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#limit) await Promise.race(this.#running);
    const running: Promise<void> = task()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** True when a task has failed; `drain` will throw. */
  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  /** Waits for everything that was started. */
  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
    if (this.#failure) {
      const { error } = this.#failure;
      this.#failure = null;
      throw error;
    }
  }
}

/** Runs `work` for each item, at most `limit` at a time; the first failure ends it after what runs has ended. */
export async function forEachLimited<T>(
  items: Iterable<T>,
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const pool = new TaskPool(limit);
  for (const item of items) {
    if (pool.hasFailed) break;
    await pool.start(() => work(item));
  }
  await pool.drain();
}
