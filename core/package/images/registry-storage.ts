// Reads the storage folder of a registry (distribution), which mindthegap packs into its bundles: tags lie in files of their own, and the
// names of the registries that the images came from in an images.yaml beside it.
// https://distribution.github.io/distribution/about/architecture/ https://github.com/mesosphere/mindthegap
import { z } from 'zod';
import { digestFromHex, isDigest, type Digest } from '../../content/digest.js';
import { parseManifest } from '../../content/manifest.js';
import { OCI_INDEX, OCI_MANIFEST } from '../../content/media-types.js';
import { isRepository, isTag } from '../../content/reference.js';
import type { PassBudget } from '../../flow/pass-budget.js';
import { plainData } from '../bytes/yaml-documents.js';
import type { ImageArchive } from './image-archive.js';

/** What a file of the storage is; `root` is the folder that holds `docker/registry/v2`. */
export type StoragePart =
  | { readonly kind: 'blob'; readonly root: string; readonly claim: Digest }
  | { readonly kind: 'tag'; readonly root: string; readonly repository: string; readonly tag: string };

const STORAGE = /^((?:[^/]+\/)*?)docker\/registry\/v2\/(.+)$/;
const BLOB = /^blobs\/sha256\/[0-9a-f]{2}\/([0-9a-f]{64})\/data$/;
const TAG = /^repositories\/(.+)\/_manifests\/tags\/([^/]+)\/current\/link$/;
/** A digest as text. */
export const LINK_BYTES = 1024;

/** The part of a storage that a file is; null for every other file, and for those that only repeat what these tell. */
export function storagePart(path: string): StoragePart | null {
  const [, root = '', inside = ''] = STORAGE.exec(path) ?? [];
  const claim = digestFromHex(BLOB.exec(inside)?.[1] ?? '');
  if (claim) return { kind: 'blob', root, claim };
  const [, repository = '', tag = ''] = TAG.exec(inside) ?? [];
  return isRepository(repository) && isTag(tag) ? { kind: 'tag', root, repository, tag } : null;
}

interface StoredTag {
  readonly repository: string;
  readonly tag: string;
  readonly digest: Digest;
}

const imagesSchema = z.record(
  z.string(),
  z.looseObject({ images: z.record(z.string(), z.array(z.string())) }),
);

/** The tags of one storage, while it is read. */
export class RegistryStorage {
  readonly #tags: StoredTag[] = [];

  /** Adds a tag; `link` is the content of its file. */
  add({ repository, tag }: Omit<StoredTag, 'digest'>, link: string): void {
    const digest = link.trim();
    if (isDigest(digest)) this.#tags.push({ repository, tag, digest });
  }

  /**
   * The index.json that an OCI layout with the same images would have. Throws `package.limit`.
   * @param imagesYaml the list of mindthegap, which names the registry of each image; null where there is none
   */
  indexJson(archive: ImageArchive, imagesYaml: string | null): Buffer {
    const { budget, label } = archive;
    const registries = registriesIn(imagesYaml ?? '', budget, label);
    const manifests = this.#tags.flatMap(({ repository, tag, digest }) => {
      const bytes = archive.blob(digest)?.bytes;
      if (!bytes) return [];
      const parsed = parseManifest(bytes, '');
      const mediaType = parsed.mediaType || (parsed.kind === 'index' ? OCI_INDEX : OCI_MANIFEST);
      const from = registries.get(`${repository}:${tag}`) ?? new Set(['']);
      budget.spend('images', from.size, label);
      return [...from].map((registry) => {
        const name = `${registry === '' ? '' : `${registry}/`}${repository}:${tag}`;
        const annotations = { 'io.containerd.image.name': name };
        return { mediaType, digest, size: bytes.length, annotations };
      });
    });
    return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }));
  }
}

/** The registries that each `repository:tag` came from. */
function registriesIn(
  imagesYaml: string,
  budget: PassBudget,
  label: string,
): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const list = imagesSchema.safeParse(plainData(imagesYaml, budget, `${label}/images.yaml`));
  for (const [registry, { images }] of Object.entries(list.data ?? {})) {
    for (const [repository, tags] of Object.entries(images))
      for (const tag of tags) {
        const key = `${repository}:${tag}`;
        found.set(key, (found.get(key) ?? new Set()).add(registry));
      }
  }
  return found;
}
