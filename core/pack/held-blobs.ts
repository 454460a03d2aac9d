// What an earlier version holds, so that a delta leaves it out: packages, reports of runs and inventories of targets tell it.
import { z } from 'zod';
import type { PackedSince } from '../contract.js';
import { isDigest, type Digest } from '../content/digest.js';
import { optional } from '../content/absent.js';
import { parseJson } from '../content/json-text.js';
import { AppError } from '../errors.js';
import type { AbsentBlob } from '../package/packed/pack-list.js';
import { STORES } from '../run/tags/tag-rows.js';
import type { FoundBundle, FoundImage } from './collect-bundles.js';

/** Names of images and repositories that are kept for one blob: one that can be mounted is enough. */
const PLACES = 4;

/** Actions after which the target had the image. */
const IN_TARGET: ReadonlySet<string> = new Set([...STORES, 'skip']);

/** Where a blob was in the earlier version. */
interface Holding {
  readonly images: Set<string>;
  readonly repositories: Set<string>;
  readonly from: Set<string>;
}

/** The blobs of all earlier versions together. */
export class HeldBlobs {
  readonly since: PackedSince[] = [];
  readonly #blobs = new Map<string, Holding>();
  /** Manifests of images that are there as a whole; which blobs they have is not known. */
  readonly #manifests = new Map<string, string>();

  /** Adds a package: everything that its images need, also where it is a delta itself. */
  addPackage(name: string, bundles: readonly FoundBundle[]): void {
    this.since.push({ kind: 'package', name });
    for (const image of bundles.flatMap((bundle) => bundle.images)) {
      for (const { digest } of [...image.blobs, image.config]) {
        const holding = this.#holding(digest);
        holding.from.add(name);
        for (const one of image.names) if (holding.images.size < PLACES) holding.images.add(one);
      }
    }
  }

  /** Adds a report or an inventory, as JSON. Throws `pack.since-unusable`. */
  addDocument(text: string, file: string): void {
    const json = parseJson(text);
    const reports = z.union([reportSchema.transform((one) => [one]), z.array(reportSchema)]).safeParse(json);
    if (reports.success) for (const report of reports.data) this.#addReport(report);
    else {
      const site = siteSchema.safeParse(json);
      if (!site.success) {
        const params = { file, detail: schemaOf(json) };
        throw new AppError('pack.since-unusable', { origin: 'config', params });
      }
      this.#addSite(site.data);
    }
  }

  /** True when the earlier version has the blob of this image. */
  has(digest: Digest, { manifest }: Pick<FoundImage, 'manifest'>): boolean {
    return this.#blobs.has(digest) || this.#manifests.has(manifest.digest);
  }

  /** Where the blob is, for the list of the delta. */
  absent(
    { digest, size }: { readonly digest: Digest; readonly size: number },
    image: FoundImage,
  ): AbsentBlob {
    const holding = this.#blobs.get(digest);
    const report = this.#manifests.get(image.manifest.digest);
    return {
      ...{ digest, size },
      images: holding ? [...holding.images] : image.names.slice(0, PLACES),
      repositories: [...(holding?.repositories ?? [])],
      from: [...new Set([...(holding?.from ?? []), ...(report === undefined ? [] : [report])])],
    };
  }

  #addReport({ run, images, packages }: Report): void {
    this.since.push({ kind: 'report', name: run });
    const from = packages.map(({ name }) => name).join(', ');
    for (const { digest, action } of images) {
      if (IN_TARGET.has(action)) this.#manifests.set(digest, from || run);
    }
  }

  #addSite({ target, repositories }: Site): void {
    this.since.push({ kind: 'inventory', name: target });
    for (const { name, blobs } of repositories) {
      for (const digest of blobs) {
        const { repositories: places } = this.#holding(digest);
        if (places.size < PLACES) places.add(name);
      }
    }
  }

  #holding(digest: string): Holding {
    const known = this.#blobs.get(digest);
    if (known) return known;
    const holding = {
      images: new Set<string>(),
      repositories: new Set<string>(),
      from: new Set<string>(),
    };
    this.#blobs.set(digest, holding);
    return holding;
  }
}

const digest = z.custom<Digest>(isDigest, 'not a sha256 digest');

const reportSchema = z.looseObject({
  schema: z.literal('archbridge.report/1'),
  run: z.string(),
  packages: z.array(z.looseObject({ name: z.string() })),
  images: z.array(z.looseObject({ digest: z.string(), action: z.string() })),
});
type Report = z.infer<typeof reportSchema>;

const siteSchema = z.looseObject({
  schema: z.literal('archbridge.site-inventory/1'),
  target: z.string(),
  repositories: z.array(z.looseObject({ name: z.string(), blobs: z.array(digest) })),
});
type Site = z.infer<typeof siteSchema>;

/** What a JSON value calls itself, for the message. */
function schemaOf(json: unknown): string {
  const named = z.looseObject({ schema: optional(z.string()) }).safeParse(json);
  return named.data?.schema ?? (json === undefined ? 'no JSON' : 'JSON without a known schema');
}
