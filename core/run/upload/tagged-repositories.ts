// Which repositories of the target hold tags: only there is a blob looked for that lies nowhere else, and each is asked once.
import { AppError, isAbort } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ImageTarget } from '../../ports/image-target.js';

/** The repositories of one target during one run. */
export class TaggedRepositories {
  readonly #target: ImageTarget;
  readonly #signal: AbortSignal;
  readonly #asked = new Map<string, Promise<boolean>>();

  constructor(target: ImageTarget, { signal }: Cancellable) {
    this.#target = target;
    this.#signal = signal;
  }

  /** True when the repository had a tag before this run looked, or when its tags cannot be listed. */
  has(repository: string): Promise<boolean> {
    const asking = this.#asked.get(repository) ?? this.#ask(repository);
    this.#asked.set(repository, asking);
    // a failed question is asked again the next time
    asking.catch(() => this.#asked.delete(repository));
    return asking;
  }

  async #ask(repository: string): Promise<boolean> {
    try {
      return (await this.#target.listTags(repository, { signal: this.#signal })).length > 0;
    } catch (error) {
      if (isAbort(error, this.#signal) || !(error instanceof AppError)) throw error;
      // a project that does not exist holds nothing; a registry that lists no tags is asked for each blob
      return error.code !== 'registry.project-missing';
    }
  }
}
