// Reads what a tag or digest of the target serves (platforms, child manifests, attestations) and asks for each only once.
import { isAttestation, type Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import { parseImageConfig } from '../../content/image-config.js';
import {
  parseManifest,
  type ImageIndex,
  type ImageManifest,
  type RawManifest,
} from '../../content/manifest.js';
import type { Platform } from '../../content/platform.js';
import { type AppError } from '../../errors.js';
import { isImageChild } from '../../plan/tag-state.js';
import { concernsOneItem } from '../../run/base/run-ending.js';
import type { ImageTarget } from '../../ports/image-target.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** An image or attestation under a tag. */
export interface ServedManifest {
  readonly digest: Digest;
  /** Size in bytes as the index states it; without an index, the size of the manifest itself. */
  readonly size: number;
  /** The manifest; null when the target does not have it. */
  readonly manifest: ImageManifest | null;
  readonly actualSize: number;
  /** Why it could not be read; null when it was read, or is not there. */
  readonly problem: AppError | null;
}

export interface ServedImage extends ServedManifest {
  /** From the entry of the index, or without an index from the config; null when the config cannot be read. */
  readonly platform: Platform | null;
}

export interface Served {
  readonly top: RawManifest;
  /** `unsupported`: an index or manifest in a form that is not read here; `other`: no image at all. */
  readonly kind: 'manifest' | 'index' | 'unsupported' | 'other';
  readonly images: readonly ServedImage[];
  readonly attestations: readonly ServedManifest[];
}

type ReadableTarget = Pick<ImageTarget, 'getManifest' | 'getBlob'>;

/** Reads tags and digests of one target, and remembers the answers. */
export class ServedReader {
  readonly #target: ReadableTarget;
  readonly #options: Cancellable;
  readonly #known = new Map<string, Promise<Served | null>>();

  constructor(target: ReadableTarget, options: Cancellable) {
    this.#target = target;
    this.#options = options;
  }

  /** Null when the target says that it is absent. Any other error is thrown, for each call anew. */
  read(repository: string, reference: string): Promise<Served | null> {
    const key = `${repository} ${reference}`;
    const known = this.#known.get(key) ?? this.#read(repository, reference);
    this.#known.set(key, known);
    return known;
  }

  async #read(repository: string, reference: string): Promise<Served | null> {
    const top = await this.#target.getManifest(repository, reference, this.#options);
    if (top === null) return null;
    const parsed = parseManifest(top.bytes, top.mediaType);
    switch (parsed.kind) {
      case 'other':
        return {
          top,
          kind: parsed.isUnsupported ? 'unsupported' : 'other',
          images: [],
          attestations: [],
        };
      case 'index':
        return { top, kind: 'index', ...(await this.#children(repository, parsed)) };
      case 'manifest': {
        const size = top.bytes.length;
        const one = { digest: top.digest, size, manifest: parsed, actualSize: size, problem: null };
        const image = { ...one, platform: await this.#platform(repository, parsed) };
        return { top, kind: 'manifest', images: [image], attestations: [] };
      }
    }
  }

  async #children(repository: string, index: ImageIndex): Promise<Pick<Served, 'images' | 'attestations'>> {
    const images = index.manifests.filter(isImageChild).map(async (child) => ({
      ...(await this.#child(repository, child)),
      platform: child.platform,
    }));
    const attestations = index.manifests.filter(isAttestation).map((child) => this.#child(repository, child));
    const [ofPlatforms, attached] = await Promise.all([Promise.all(images), Promise.all(attestations)]);
    return { images: ofPlatforms, attestations: attached };
  }

  async #child(repository: string, { digest, size }: Descriptor): Promise<ServedManifest> {
    try {
      const raw = await this.#target.getManifest(repository, digest, this.#options);
      const parsed = raw && parseManifest(raw.bytes, raw.mediaType);
      const manifest = parsed?.kind === 'manifest' ? parsed : null;
      return { digest, size, manifest, actualSize: raw?.bytes.length ?? 0, problem: null };
    } catch (error) {
      if (!concernsOneItem(error, this.#options)) throw error;
      return { digest, size, manifest: null, actualSize: 0, problem: error };
    }
  }

  async #platform(repository: string, image: ImageManifest): Promise<Platform | null> {
    try {
      const bytes = await this.#target.getBlob(repository, image.config.digest, this.#options);
      const platform = bytes && parseImageConfig(bytes)?.platform;
      return platform?.os && platform.architecture ? platform : null;
    } catch (error) {
      // the check of the blobs reports what is wrong with the config
      if (!concernsOneItem(error, this.#options)) throw error;
      return null;
    }
  }
}
