// Reads what a tag holds and decides what becomes of it. Writes nothing: plans, looks ahead and writing share it.
import type { ChangePolicy, Decision } from '../../contract.js';
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import type { Platform } from '../../content/platform.js';
import { fuse, type IncomingImage } from '../../plan/fuse.js';
import { surveyTag } from '../../plan/survey.js';
import type { TagReader } from '../../ports/tag-reader.js';
import type { BlobPresence } from '../upload/blob-presence.js';
import type { TagForecast } from './tag-rows.js';

export interface TagDeciderOptions {
  readonly target: TagReader;
  readonly presence: BlobPresence;
  readonly policy: ChangePolicy;
  /** What a person decided for one platform of a tag; null where nobody did. */
  readonly decided?: (repository: string, tag: string, platform: Platform) => Decision | null;
  /** Lets images in whose config names no platform; otherwise they are blocked. */
  readonly allowUnknownPlatform?: boolean;
  /** Package version that brought a manifest, from the journals of former runs. */
  readonly versionOf: (digest: Digest) => string | null;
  readonly signal: AbortSignal;
}

export class TagDecider {
  readonly #options: TagDeciderOptions;

  constructor(options: TagDeciderOptions) {
    this.#options = options;
  }

  /** Throws what concerns the whole target; a tag that cannot be read is a state. */
  async decide(
    repository: string,
    tag: string,
    inputs: readonly { readonly incoming: IncomingImage }[],
  ): Promise<TagForecast> {
    const { target, presence, policy, allowUnknownPlatform = false, versionOf, signal } = this.#options;
    const incoming = inputs.map((input) => input.incoming);
    // what this run brought meanwhile was missing when it began
    const hasBlob = (name: string, blob: Descriptor) => presence.wasThere(name, blob);
    const state = await surveyTag(target, repository, tag, incoming, { hasBlob, versionOf, signal });
    const { namesAreIndexes } = target;
    const decided = (platform: Platform) => this.#options.decided?.(repository, tag, platform) ?? null;
    const decision = fuse(state, incoming, { policy, decided, namesAreIndexes, allowUnknownPlatform });
    return { state, decision };
  }
}
