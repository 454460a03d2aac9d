// The part of a target that is needed to read tags and to decide about them. It cannot write.
import type { ImageTarget } from './image-target.js';

export type TagReader = Pick<
  ImageTarget,
  'kind' | 'host' | 'blobsPerRepository' | 'namesAreIndexes' | 'getManifest' | 'getBlob' | 'blobSize'
>;
