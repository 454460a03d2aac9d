// Composes the list of a pack: which chart, manifest, config and layer lies where, and what a delta leaves out.
import type { Descriptor } from '../content/descriptor.js';
import type { Digest } from '../content/digest.js';
import type { PackedPackage } from '../contract.js';
import {
  FORMER_INDEX,
  PROGRAMS,
  type AbsentBlob,
  type PackedBlob,
  type PackedBundle,
  type PackList,
} from '../package/packed/pack-list.js';
import type { ArrangedBundle } from './arrange-bundles.js';
import { isChosen, isChosenAs, type NamedImages } from './choose-images.js';
import type { FoundBundle, FoundImage } from './collect-bundles.js';
import type { HeldBlobs } from './held-blobs.js';

// https://github.com/containerd/containerd/blob/main/core/images/annotations.go
const CONTAINERD_NAME = 'io.containerd.image.name';
const REF_NAME = 'org.opencontainers.image.ref.name';

/** What the second pass takes out of one bundle of one package. */
export interface Share {
  readonly found: FoundBundle;
  /** Layers to write from it, in the order in which they pass. */
  readonly layers: ReadonlySet<Digest>;
}

/** One bundle of the pack with the places where its bytes come from. */
export interface ComposedBundle {
  readonly listed: PackedBundle;
  /** Manifests and configs that are written before the layers. */
  readonly docs: readonly PackedBlob[];
  readonly shares: readonly Share[];
}

export interface ComposedPack {
  readonly list: PackList;
  readonly bundles: readonly ComposedBundle[];
  /** Images in the pack, each platform counted. */
  readonly images: number;
}

/** Composes the pack. Blobs that `held` has are left out and listed as absent; manifests and configs are in every pack. */
export function composePack(
  arranged: readonly ArrangedBundle[],
  named: readonly NamedImages[],
  packages: readonly PackedPackage[],
  held: HeldBlobs,
): ComposedPack {
  const composer = new Composer(named, held);
  const bundles = arranged.map((one) => composer.bundle(one));
  const list: PackList = {
    schema: 'archbridge.pack/1',
    packages,
    since: held.since,
    bundles: bundles.map(({ listed }) => listed),
    absent: composer.absent(),
  };
  return { list, bundles, images: composer.images };
}

class Composer {
  /** Manifests of the images in the pack. */
  readonly #images = new Set<string>();
  readonly #chosen: ReadonlyMap<string, readonly FoundImage[]>;
  readonly #held: HeldBlobs;
  readonly #written = new Set<Digest>();
  readonly #absent = new Map<Digest, AbsentBlob>();
  readonly #folders = new Set<string>();

  constructor(named: readonly NamedImages[], held: HeldBlobs) {
    this.#chosen = new Map(named.map(({ name, images }) => [name, images]));
    this.#held = held;
  }

  get images(): number {
    return this.#images.size;
  }

  /** What images need and no bundle brings, sorted by digest. */
  absent(): readonly AbsentBlob[] {
    return [...this.#absent.values()]
      .filter(({ digest }) => !this.#written.has(digest))
      .sort((a, b) => (a.digest < b.digest ? -1 : 1));
  }

  bundle({ parts }: ArrangedBundle): ComposedBundle {
    const [first] = parts;
    const { chart, folder, path, hints } = first;
    const images = parts.flatMap((part) => part.images.filter((image) => isChosen(image, this.#chosen)));
    const docs = images.flatMap((image) => this.#docs(image));
    const shares = parts.map((found) => this.#share(found));
    const layers = shares.flatMap(({ found, layers: own }) => passedOnce(found, own));
    const descriptors = new Map(
      images.flatMap((image) => this.#descriptors(image)).map((one) => [JSON.stringify(one), one]),
    );
    for (const { manifest } of images) this.#images.add(manifest.digest);
    const listed: PackedBundle = {
      ...{ folder, path, hints },
      at: chart ? this.#folderFor(folder, `${chart.name}-${chart.version}`) : '',
      chart: chart?.files ?? null,
      hasImages: parts.some((part) => part.hasImages),
      images: [...descriptors.values()],
      blobs: [...docs, ...layers],
    };
    return { listed, docs, shares };
  }

  /** The manifests and configs of an image that the pack has not got yet. */
  #docs({ manifest, config, attestations }: FoundImage): readonly PackedBlob[] {
    return [manifest, config, ...attestations.map((one) => one.manifest)]
      .map(({ digest, size }) => ({ digest, size }))
      .filter((doc) => this.#isNew(doc.digest));
  }

  #isNew(digest: Digest): boolean {
    if (this.#written.has(digest)) return false;
    this.#written.add(digest);
    return true;
  }

  #share(found: FoundBundle): Share {
    const passed = new Set(found.passed.map(({ digest }) => digest));
    const layers = new Set<Digest>();
    for (const image of found.images) {
      if (!isChosen(image, this.#chosen)) continue;
      for (const blob of image.blobs) {
        if (this.#held.has(blob.digest, image)) this.#absent.set(blob.digest, this.#held.absent(blob, image));
        else if (passed.has(blob.digest) && this.#isNew(blob.digest)) layers.add(blob.digest);
      }
    }
    return { found, layers };
  }

  /** One descriptor for each name; without a name one with the tag that the package gives, if it gives one. */
  #descriptors(image: FoundImage): readonly Descriptor[] {
    const { manifest, indexDigest, attestations, programs, tags } = image;
    const { mediaType, digest, size } = manifest;
    const former = {
      ...(indexDigest === null ? {} : { [FORMER_INDEX]: indexDigest }),
      ...(programs.verdict === 'unknown' ? {} : { [PROGRAMS]: JSON.stringify(programs) }),
    };
    const names = image.names.filter((name) => isChosenAs(name, image, this.#chosen));
    const named = names.map((name) => ({ ...former, [CONTAINERD_NAME]: name }));
    const tagged = tags.map((tag) => ({ ...former, [REF_NAME]: tag }));
    const annotated = image.names.length > 0 ? named : tagged.length > 0 ? tagged : [former];
    const attached = attestations.map(({ descriptor }) => ({
      ...{ mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size },
      ...(descriptor.platform ? { platform: descriptor.platform } : {}),
      ...(descriptor.annotations ? { annotations: descriptor.annotations } : {}),
      ...(descriptor.raw ? { raw: descriptor.raw } : {}),
    }));
    return [...annotated.map((annotations) => ({ mediaType, digest, size, annotations })), ...attached];
  }

  /** `charts/addon/almanac-23.0.0`, with a number where two different charts have the same name. */
  #folderFor(folder: string, chart: string): string {
    const path = ['charts', folder, chart].filter((part) => part !== '').join('/');
    for (let number = 1; ; number++) {
      const free = number === 1 ? path : `${path}.${String(number)}`;
      if (this.#folders.has(free)) continue;
      this.#folders.add(free);
      return free;
    }
  }
}

/** The layers in the order in which they pass, each once. */
function passedOnce({ passed }: FoundBundle, layers: ReadonlySet<Digest>): readonly PackedBlob[] {
  const once = new Map(passed.map(({ digest, size }) => [digest, { digest, size }]));
  return [...once.values()].filter(({ digest }) => layers.has(digest));
}
