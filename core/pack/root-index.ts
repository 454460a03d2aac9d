// Makes the index.json of a pack, in which skopeo and other tools find each image with all its platforms under its full name.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
import { digestOf } from '../content/digest.js';
import { descriptorToJson, type Descriptor } from '../content/descriptor.js';
import { encodeGoJson } from '../content/go-json.js';
import type { RawManifest } from '../content/manifest.js';
import { OCI_INDEX } from '../content/media-types.js';
import { familiarReference, parseReference } from '../content/reference.js';
import { compareText } from '../content/text-order.js';
import { LIST_DIGEST } from '../package/packed/pack-list.js';
import type { IncomingImage } from '../plan/incoming-image.js';
import { OwnIndex } from '../plan/own-index.js';
import type { NamedImages } from './choose-images.js';
import type { FoundImage } from './collect-bundles.js';
import type { StoredDocs } from './stored-docs.js';

export interface RootIndex {
  /** The bytes of index.json. */
  readonly bytes: Buffer;
  /** One index for each name, each once: the same as an import into a folder writes. */
  readonly indexes: readonly RawManifest[];
}

/** Makes one index for each name that is a reference, and index.json with all of them. `list`: the bytes of the pack's list. */
export async function rootIndex(
  named: readonly NamedImages[],
  docs: StoredDocs,
  list: Buffer,
): Promise<RootIndex> {
  const indexes = new Map<string, RawManifest>();
  const entries: Descriptor[] = [];
  for (const { name, images } of named.toSorted((a, b) => compareText(a.name, b.name))) {
    const reference = parseReference(name);
    if (!reference || reference.digest) continue;
    let draft = OwnIndex.of([], true);
    for (const image of images) draft = draft.put(await incoming(image, docs));
    const index = draft.encode();
    indexes.set(index.digest, index);
    const full = familiarReference(reference);
    entries.push({
      ...{ mediaType: index.mediaType, digest: index.digest, size: index.bytes.length },
      annotations: { 'io.containerd.image.name': full, 'org.opencontainers.image.ref.name': full },
    });
  }
  const root = {
    ...{ schemaVersion: 2, mediaType: OCI_INDEX, manifests: entries.map(descriptorToJson) },
    annotations: { [LIST_DIGEST]: digestOf(list) },
  };
  return { bytes: encodeGoJson(root), indexes: [...indexes.values()] };
}

async function incoming(image: FoundImage, docs: StoredDocs): Promise<IncomingImage> {
  const { platform, manifest, config, created, attestations } = image;
  const { mediaType, digest, size } = manifest;
  return {
    ...{ platform, created, version: null, config: config.digest },
    descriptor: { mediaType, digest, size },
    manifest: { mediaType, digest, bytes: await docs.get(digest) },
    attestations: attestations.map((one) => one.descriptor),
  };
}
