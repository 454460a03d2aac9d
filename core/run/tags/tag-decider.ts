// Reads what a tag holds and decides what is done with it. It writes nothing: plans, forecasts and the writer of tags share it.
import { isAttachedTag, type ChangePolicy, type Decision } from '../../contract.js';
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import type { Platform } from '../../content/platform.js';
import { toProblem, type Problem } from '../../errors.js';
import type { FormerImages } from '../../journal/known-versions.js';
import { fuse, type IncomingImage } from '../../plan/fuse.js';
import { surveyTag } from '../../plan/survey.js';
import type { ChildState } from '../../plan/tag-state.js';
import type { TagReader } from '../../ports/tag-reader.js';
import type { BlobPresence } from '../upload/blob-presence.js';
import { referenceIn } from '../../target/place.js';
import { heldOfOtherSource, shareSource } from './disputes.js';
import type { TagForecast } from './tag-rows.js';

export interface TagDeciderOptions {
  readonly target: TagReader;
  readonly presence: BlobPresence;
  readonly policy: ChangePolicy;
  /** The decision of a person, from a plan, for one platform of a tag; null where there is none. */
  readonly decided?: (repository: string, tag: string, platform: Platform) => Decision | null;
  /** Images whose config names no platform may be written; otherwise they are blocked. */
  readonly allowUnknownPlatform?: boolean;
  /** Version of the package that brought a manifest, from the journals of former runs; null when none tells. */
  readonly versionOf: (digest: Digest) => string | null;
  /** Source references of an image under a tag of the target, from the journals of former runs. */
  readonly sourcesOf: FormerImages['sourcesOf'];
  readonly signal: AbortSignal;
}

/** Decides about tags one at a time. */
export class TagDecider {
  readonly #options: TagDeciderOptions;

  constructor(options: TagDeciderOptions) {
    this.#options = options;
  }

  /** Throws failures of the whole target. That this one tag cannot be read is part of the answer. */
  async decide(
    repository: string,
    tag: string,
    inputs: readonly { readonly incoming: IncomingImage; readonly sources: readonly string[] }[],
  ): Promise<TagForecast> {
    const { target, presence, policy, allowUnknownPlatform = false, versionOf, signal } = this.#options;
    const incoming = inputs.map((input) => input.incoming);
    // blobs that this run stored count as missing, so that the decision is the one before the run
    const hasBlob = (name: string, blob: Descriptor) => presence.wasThere(name, blob);
    // in a folder no manifest goes away when a name changes
    const everyChild = target.kind === 'registry';
    const looking = { hasBlob, versionOf, everyChild, signal };
    const state = await surveyTag(target, repository, tag, incoming, looking);
    // what is attached to an image is looked for as a manifest, in a folder, too
    const isAttached = isAttachedTag(tag);
    const namesAreIndexes = target.namesAreIndexes && !isAttached;
    const decided = (platform: Platform) => this.#options.decided?.(repository, tag, platform) ?? null;
    const reference = referenceIn(target, { repository, tag });
    const disputes = new Map<IncomingImage, Problem>();
    const isOfOtherSource = (held: ChildState, image: IncomingImage): boolean => {
      const digest = held.descriptor.digest;
      const known = this.#options.sourcesOf(reference, { digest, config: held.config });
      const sources = inputs.find((input) => input.incoming === image)?.sources ?? [];
      if (known.length === 0 || sources.length === 0 || shareSource(sources, known)) return false;
      disputes.set(image, toProblem(heldOfOtherSource(sources, known, reference)));
      return true;
    };
    const rules = { policy, decided, isOfOtherSource, allowUnknownPlatform };
    const decision = fuse(state, incoming, { ...rules, namesAreIndexes, isAttached });
    return { state, decision, disputes: incoming.map((image) => disputes.get(image) ?? null) };
  }
}
