// What one package offers for one tag: the image as it was read, and what is still needed before it may get its name.
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import type { RawManifest } from '../../content/manifest.js';
import type { Platform } from '../../content/platform.js';
import type { AppError } from '../../errors.js';
import type { ProgramsFinding } from '../../package/programs/programs.js';
import type { PackageImage } from '../../package/stream/package-stream.js';
import { isLeftOut } from '../../plan/mislabelled.js';
import { isAboutProject } from './project-gate.js';
import type { Spool, SpoolRef } from './spool.js';

/** A manifest whose bytes are in the spool. */
export interface SpooledManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly at: SpoolRef;
}

/** An image of a package under one name, as it was read. It does not change. */
export interface OfferedImage {
  /** Position of the package in the request. */
  readonly packageAt: number;
  readonly repository: string;
  readonly tag: string;
  readonly platform: Platform;
  readonly created: string | null;
  readonly programs: ProgramsFinding;
  readonly manifest: SpooledManifest;
  /** Digest of its manifest in the package, where it was converted to OCI; else null. */
  readonly convertedFrom: Digest | null;
  readonly config: Descriptor;
  /** The config's bytes in the spool. */
  readonly configAt: SpoolRef;
  readonly layers: readonly Descriptor[];
  /** Layers that the package does not hold. */
  readonly absentLayers: readonly Digest[];
  readonly attestations: readonly {
    readonly descriptor: Descriptor;
    readonly manifest: SpooledManifest;
    readonly blobs: readonly Descriptor[];
  }[];
}

/** One image of one package under one name. Its state (sources, missing blobs, problem) changes through the methods only. */
export class Offer implements OfferedImage {
  readonly packageAt: number;
  readonly repository: string;
  readonly tag: string;
  readonly platform: Platform;
  readonly created: string | null;
  readonly programs: ProgramsFinding;
  readonly manifest: SpooledManifest;
  readonly convertedFrom: Digest | null;
  readonly config: Descriptor;
  readonly configAt: SpoolRef;
  readonly layers: readonly Descriptor[];
  readonly absentLayers: readonly Digest[];
  readonly attestations: OfferedImage['attestations'];
  readonly #sources = new Set<string>();
  readonly #bundles = new Set<string>();
  #missing: readonly Descriptor[];
  #failure: AppError | null = null;
  #problem: AppError | null;

  /** All layers count as missing until the target was asked. `problem`: why the image as it was read gets no name. */
  constructor(image: OfferedImage, problem: AppError | null) {
    this.packageAt = image.packageAt;
    this.repository = image.repository;
    this.tag = image.tag;
    this.platform = image.platform;
    this.created = image.created;
    this.programs = image.programs;
    this.manifest = image.manifest;
    this.convertedFrom = image.convertedFrom;
    this.config = image.config;
    this.configAt = image.configAt;
    this.layers = image.layers;
    this.absentLayers = image.absentLayers;
    this.attestations = image.attestations;
    this.#missing = image.layers;
    this.#problem = problem;
  }

  /** Source names under which charts of the package name the image. */
  get sources(): ReadonlySet<string> {
    return this.#sources;
  }

  /** Charts whose bundles hold the image, as `folder/name@version`; '' for a bundle without a chart. */
  get bundles(): ReadonlySet<string> {
    return this.#bundles;
  }

  /** Blobs that the repository still lacks. */
  get missing(): readonly Descriptor[] {
    return this.#missing;
  }

  /** The last failure to store one of its blobs; another pass over the package may succeed. */
  get failure(): AppError | null {
    return this.#failure;
  }

  /** Why this image gets no name; null when nothing is against it. */
  get problem(): AppError | null {
    return this.#problem;
  }

  /** All blobs that the repository must hold. Layers that the package does not hold are left out: clients fetch them from their `urls`. */
  get blobs(): readonly Descriptor[] {
    const attached = this.attestations.flatMap((attestation) => attestation.blobs);
    const absent = new Set(this.absentLayers);
    return [...this.layers, ...attached, this.config].filter(({ digest }) => !absent.has(digest));
  }

  /** Notes that a bundle holds the image, and how its chart names it. */
  addSource(source: string, bundle: string): void {
    this.#sources.add(source);
    this.#bundles.add(bundle);
  }

  /** Another bundle of the package holds the same image undamaged, so its damage in a bundle before does not count. */
  isWholeInAnotherBundle(): void {
    if (this.#problem?.origin === 'package' && !isLeftOut(this.#problem)) this.#problem = null;
  }

  /** Another bundle of the package brings the same image, and the target has the project for its chart. */
  isAdmittedInAnotherBundle(): void {
    if (isAboutProject(this.#problem)) this.#problem = null;
  }

  /** Says why the image gets no name. The first reason is kept. */
  exclude(problem: AppError): void {
    this.#problem ??= problem;
  }

  /**
   * What the repository lacks after it was asked, and the failures on the way. A failure that will not pass by itself excludes the
   * image: reading the package again would not help.
   */
  setMissing(missing: readonly Descriptor[], failures: readonly AppError[]): void {
    this.#missing = missing;
    for (const failure of failures) {
      this.#failure = failure;
      if (!failure.retryable) this.exclude(failure);
    }
  }

  /** The tag keeps what it has, so none of the blobs has to be sent. */
  needsNoBlobs(): void {
    this.#missing = [];
  }

  /** The target refused the manifest for a blob that it had confirmed, so all blobs are sent whatever it says. */
  needsAllBlobs(): void {
    this.#missing = this.blobs;
  }
}

/** The key under which equal images of several charts of a package become one offer. */
export function offerKey(one: {
  readonly packageAt: number;
  readonly repository: string;
  readonly tag: string;
  readonly manifest: Pick<RawManifest, 'digest'>;
}): string {
  return `${String(one.packageAt)} ${one.repository}:${one.tag} ${one.manifest.digest}`;
}

/** Makes an offer of an image that was just read, and puts its manifests and config into the spool. */
export async function newOffer(
  where: Pick<OfferedImage, 'packageAt' | 'repository' | 'tag' | 'convertedFrom'>,
  image: PackageImage,
  spool: Spool,
): Promise<Offer> {
  const attestations = [];
  for (const { descriptor, manifest, blobs } of image.attestations) {
    attestations.push({ descriptor, blobs, manifest: await spooled(manifest, spool) });
  }
  const offered = {
    ...where,
    platform: image.platform,
    created: image.created,
    programs: image.programs,
    manifest: await spooled(image.manifest, spool),
    config: image.config,
    configAt: await spool.put(image.configBytes),
    layers: image.layers,
    absentLayers: image.absentLayers,
    attestations,
  };
  return new Offer(offered, image.problem);
}

async function spooled({ mediaType, digest, bytes }: RawManifest, spool: Spool): Promise<SpooledManifest> {
  return { mediaType, digest, size: bytes.length, at: await spool.put(bytes) };
}

/** A blob that a package is read for although no image of it needs the blob, and the repository that lacks it. */
export interface LentBlob {
  readonly digest: Digest;
  readonly repository: string;
}

/** The blobs that another pass has to send, with the repositories that lack them. Excluded images want nothing. */
export function wantedBlobs(
  offers: Iterable<Offer>,
  lent: readonly LentBlob[] = [],
): ReadonlyMap<Digest, ReadonlySet<string>> {
  const wanted = new Map<Digest, Set<string>>();
  const want = (digest: Digest, repository: string): void => {
    const repositories = wanted.get(digest) ?? new Set<string>();
    wanted.set(digest, repositories.add(repository));
  };
  for (const offer of offers) {
    if (!offer.problem) for (const { digest } of offer.missing) want(digest, offer.repository);
  }
  for (const { digest, repository } of lent) want(digest, repository);
  return wanted;
}
