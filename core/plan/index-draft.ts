// The interface of an index that is being changed, for indexes that Archbridge made and for those of other tools.
import type { RawManifest } from '../content/manifest.js';
import type { Platform } from '../content/platform.js';
import type { IncomingImage } from './incoming-image.js';
import type { ChildState } from './tag-state.js';

/** Immutable: `put` returns a new draft. */
export interface IndexDraft {
  /** All images for a platform, in their order; clients get the first one, or one that they prefer. Keys are those of `childKey`. */
  childrenFor(key: string): readonly ChildState[];
  /** True when an entry for this platform has a form that Archbridge cannot follow, so that it must not replace it. */
  hasUnsupported(key: string): boolean;
  /** The draft with this image added, or in the place of all those of its platform; attestations come and go with their image. */
  put(image: IncomingImage): IndexDraft;
  /** The index with its bytes and digest. */
  encode(): RawManifest;
  /** The platforms that the index serves, each once. */
  platforms(): readonly Platform[];
}
