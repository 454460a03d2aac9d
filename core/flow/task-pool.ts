// Runs a limited number of tasks at a time and waits for all of them.

/** Starts tasks in the given order, at most `limit` at a time. `drain` throws the first error that a task threw. */
export class TaskPool {
  readonly #limit: number;
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | null = null;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when the task was started, so that callers wait while `limit` tasks run. */
  async start(task: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#limit) await Promise.race(this.#running);
    const running: Promise<void> = task()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** True when a task has thrown; `drain` will throw its error. */
  get hasFailed(): boolean {
    return this.#failure !== null;
  }

  /** Waits for all tasks that were started. */
  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.race(this.#running);
    if (this.#failure) {
      const { error } = this.#failure;
      this.#failure = null;
      throw error;
    }
  }
}

/** Runs `work` for each item, at most `limit` at a time. After the first failure no more are started; it is thrown when all have ended. */
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
