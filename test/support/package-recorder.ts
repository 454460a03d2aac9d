// Reads a package and keeps everything that a visitor gets, so that tests can look at it.
import { openPackage } from '../../core/package/source/open-package.js';
import type {
  BundleContent,
  BundleHead,
  BundleId,
  PackageFacts,
  PackageImage,
} from '../../core/package/stream/package-stream.js';
import { readPackage } from '../../core/package/read-package.js';
import { digestOf, type Digest } from '../../core/content/digest.js';
import { AppError } from '../../core/errors.js';

export interface SeenBlob {
  readonly claimed: Digest | null;
  readonly size: number | null;
  readonly bytes: Buffer;
  /** Set once the package was proven. */
  proven: { readonly digest: Digest; readonly size: number; readonly problem: string | null } | null;
}

export interface SeenBundle {
  readonly id: BundleId;
  head: BundleHead | null;
  readonly blobs: SeenBlob[];
  /** Null when the bundle was not finished. */
  content: BundleContent | null;
}

export interface Recording {
  readonly bundles: readonly SeenBundle[];
  readonly facts: PackageFacts | null;
  /** Code of the AppError with which the pass ended. */
  readonly error: AppError | null;
}

/** One pass over the package; `take: false` leaves the blobs unread. */
export async function record(
  path: string,
  options: { readonly sha512?: boolean; readonly take?: boolean; readonly signal?: AbortSignal } = {},
): Promise<Recording> {
  const signal = options.signal ?? new AbortController().signal;
  const bundles: SeenBundle[] = [];
  const at = (id: BundleId): SeenBundle => {
    const bundle = bundles[id.ordinal];
    if (bundle?.id !== id) throw new Error(`bundle ${id.ordinal} was not started`);
    return bundle;
  };
  try {
    const source = await openPackage(path, { signal });
    const facts = await readPackage(
      source,
      {
        bundleStart: async (id) => {
          if (id.ordinal !== bundles.length) throw new Error('ordinals must count up');
          bundles.push({ id, head: null, blobs: [], content: null });
        },
        bundleHead: async (id, head) => {
          if (at(id).head !== null || at(id).blobs.length > 0) throw new Error('one head, before the blobs');
          at(id).head = head;
        },
        blob: async (id, { claimed, size, body }) => {
          if (at(id).head === null) throw new Error('the head comes first');
          const pieces: Buffer[] = [];
          if (options.take !== false) for await (const piece of body) pieces.push(Buffer.from(piece));
          at(id).blobs.push({ claimed, size, bytes: Buffer.concat(pieces), proven: null });
        },
        blobProven: async (id, { digest, size }, problem) => {
          const blob = at(id).blobs.at(-1);
          if (!blob || blob.proven) throw new Error('proven without a blob');
          blob.proven = { digest, size, problem: problem?.code ?? null };
        },
        bundleEnd: async (id, content) => {
          if (at(id).content !== null) throw new Error('a bundle ends once');
          at(id).content = content;
        },
      },
      { ...(options.sha512 === undefined ? {} : { sha512: options.sha512 }), signal },
    );
    return { bundles, facts, error: null };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { bundles, facts: null, error };
  }
}

export function imagesOf(recording: Recording): readonly PackageImage[] {
  return recording.bundles.flatMap((bundle) => bundle.content?.images ?? []);
}

/** Codes of the problems of finished bundles. */
export function problemsOf(recording: Recording): readonly (string | null)[] {
  return recording.bundles.map((bundle) => bundle.content?.problem?.code ?? null);
}

/** Problems of images that were delivered as good: every byte of them must have come and be right. */
export function wronglyGood(recording: Recording): readonly string[] {
  return recording.bundles.flatMap(({ content, blobs }) => {
    if (content === null || content.problem !== null) return [];
    const sent = new Set(
      blobs.filter((blob) => blob.proven?.problem === null).map((blob) => digestOf(blob.bytes)),
    );
    return content.images
      .filter((image) => image.problem === null)
      .flatMap((image) => [
        ...(digestOf(image.configBytes) === image.config.digest ? [] : [`config of ${image.names.join()}`]),
        ...(digestOf(image.manifest.bytes) === image.manifest.digest
          ? []
          : [`manifest of ${image.names.join()}`]),
        ...image.layers
          .filter((layer) => !layer.urls && !sent.has(layer.digest))
          .map((layer) => layer.digest),
      ]);
  });
}
