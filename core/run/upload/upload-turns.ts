// How many uploads are running at a time. One that waits before a further try lets another one run meanwhile.
import { ByteBudget } from '../../flow/byte-budget.js';
import type { Cancellable, Resting } from '../../ports/cancellable.js';

export type Rest = NonNullable<Resting['rest']>;

/** The turns of one run. */
export class UploadTurns {
  readonly #running: ByteBudget;
  readonly #options: Cancellable;

  /** `limit`: uploads at a time. */
  constructor(limit: number, options: Cancellable) {
    this.#running = new ByteBudget(limit);
    this.#options = options;
  }

  /** Runs an upload as soon as it is its turn, and waits for its end. */
  async run(upload: (rest: Rest) => Promise<void>): Promise<void> {
    let giveBack = await this.#running.take(1, this.#options);
    const rest: Rest = async (pause) => {
      giveBack();
      await pause;
      giveBack = await this.#running.take(1, this.#options);
    };
    try {
      await upload(rest);
    } finally {
      giveBack();
    }
  }
}
