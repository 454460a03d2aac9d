// What looking at tags and deciding about them needs of a target: it reads, and writes nothing.
import type { ImageTarget } from './image-target.js';

export type TagReader = Pick<
  ImageTarget,
  'kind' | 'host' | 'blobsPerRepository' | 'namesAreIndexes' | 'getManifest' | 'getBlob' | 'blobSize'
>;
