// Keeps what was found in the layers of one bundle for the bundles after it: most images share their base layers.
import type { Digest } from '../../content/digest.js';
import type { LayerFiles } from './layer-files.js';

/** Files of all kept layers, about 200 bytes each. */
const MOST_FILES = 30_000;

/** Layers that were read to their end, by their proven digest. */
export class SeenLayers {
  readonly #layers = new Map<Digest, LayerFiles>();
  #files = 0;

  get(digest: Digest): LayerFiles | null {
    return this.#layers.get(digest) ?? null;
  }

  /** Keeps a layer, as long as there is room. One that was not read to its end says too little to another image. */
  put(digest: Digest, layer: LayerFiles): void {
    if (!layer.complete || this.#layers.has(digest)) return;
    if (this.#files + layer.files.length > MOST_FILES) return;
    this.#layers.set(digest, layer);
    this.#files += layer.files.length + 1;
  }
}
