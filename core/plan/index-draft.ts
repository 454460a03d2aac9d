// The interface of an index that is being changed, for indexes that Archbridge made and for those of other tools.
import type { RawManifest } from '../content/manifest.js';
import type { Platform } from '../content/platform.js';
import type { IncomingImage } from './incoming-image.js';
import type { ChildState } from './tag-state.js';

/** Immutable: `put` returns a new draft. */
export interface IndexDraft {
  /** The image that clients get for a platform, which is the first one. The key is one of `childKey`. */
  childFor(key: string): ChildState | undefined;
  /** The draft with this image added, or in the place of the one of its platform; the attestations of both follow their image. */
  put(image: IncomingImage): IndexDraft;
  /** The index with its bytes and digest. */
  encode(): RawManifest;
  /** The platforms that the index serves, each once. */
  platforms(): readonly Platform[];
}
