// An index that is being changed: one shape for the indexes that Archbridge made and for those of others.
import type { RawManifest } from '../content/manifest.js';
import type { Platform } from '../content/platform.js';
import type { IncomingImage } from './incoming-image.js';
import type { ChildState } from './tag-state.js';

/** Never changes itself: `put` answers the next draft. */
export interface IndexDraft {
  /** The image that readers get for a platform: the first one. Keys as `childKey` gives them. */
  childFor(key: string): ChildState | undefined;
  /** Adds the image, or puts it in the place of the one of its platform; attestations go with their child. */
  put(image: IncomingImage): IndexDraft;
  encode(): RawManifest;
  /** Platforms that the index serves, each once. */
  platforms(): readonly Platform[];
}
