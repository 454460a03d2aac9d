// The image side of a target: what runs and reports need from a registry or a folder.
import type { Digest } from '../content/digest.js';
import type { RawManifest } from '../content/manifest.js';
import type { Cancellable, Resting } from './cancellable.js';

/** The body of an upload: whole (it can be sent again after a failure), or piece by piece (it can be read once). */
export type BlobBody = Uint8Array | AsyncIterable<Uint8Array>;

/** The file in which a target on disk lists all its names (index.json, index.yaml). An undo restores its former bytes. */
export interface NameList {
  /** The bytes of the file; null when it does not exist. */
  read(options: Cancellable): Promise<Buffer | null>;
  /**
   * Restores the former bytes if they name exactly what is named now, else does nothing. `null`: removes the file if it names
   * nothing any more.
   */
  restore(former: Buffer | null, options: Cancellable): Promise<void>;
}

/** What only a folder target offers, because all its content lies in files of its own. */
export interface FolderUpkeep {
  readonly names: NameList;
  /** From now on `onStored` is called for each blob and manifest that is stored and was not there before. */
  watch(onStored: (digest: Digest) => void): void;
  /**
   * To be called before names go: what of these no name leads to afterwards is removed by the next writer if this process is killed
   * before {@link removeUnused}. What one of `kept` leads to stays then as well.
   */
  expectUnused(digests: readonly Digest[], kept: readonly RawManifest[], options: Cancellable): Promise<void>;
  /**
   * Removes those of these blobs and manifests that are reachable neither from a name nor from one of `kept`. Removes nothing when
   * a manifest on the way cannot be read.
   */
  removeUnused(digests: readonly Digest[], kept: readonly RawManifest[], options: Cancellable): Promise<void>;
}

/**
 * A registry or a folder. `repository` is the path under the target's host, without tag.
 * Failures are AppErrors of origin `registry` or `disk`. "Absent" is an answer, not an error; an answer of the target that leaves
 * open whether something is absent is an error.
 */
export interface ImageTarget {
  readonly kind: 'registry' | 'folder';
  /** `host[:port]` of a registry; '' for a folder, where the host is part of each name. */
  readonly host: string;
  /** True where each repository has its own blobs (registries); false where all names share them (folders). */
  readonly blobsPerRepository: boolean;
  /** True where each name must lead to an index, also for a single platform (folders). */
  readonly namesAreIndexes: boolean;

  /** The manifest under a tag or digest, as its stored bytes; null when it is absent. The digest is computed from the bytes. */
  getManifest(repository: string, reference: string, options: Cancellable): Promise<RawManifest | null>;
  /** A small blob (config); null when absent. Throws for more than 8 MiB and for bytes of another digest. */
  getBlob(repository: string, digest: Digest, options: Cancellable): Promise<Buffer | null>;
  /** Bytes of the blob in this repository, or null when it is not there. */
  blobSize(repository: string, digest: Digest, options: Cancellable): Promise<number | null>;
  /** Reads a blob to its end, with little memory, and gives the digest and size of what was read; null when it is absent. */
  blobDigest(
    repository: string,
    digest: Digest,
    options: Cancellable,
  ): Promise<{ readonly digest: Digest; readonly size: number } | null>;
  /** All tags of a repository, in the target's order; none when the repository is absent. */
  listTags(repository: string, options: Cancellable): Promise<readonly string[]>;
  /** All repositories; null where the target does not list them, or not for this account. */
  repositories(options: Cancellable): Promise<readonly string[] | null>;
  /** Makes a blob of one repository visible in another, without sending it; false when the target does not do so. */
  mountBlob(repository: string, digest: Digest, from: string, options: Cancellable): Promise<boolean>;
  /** Reads a blob of one repository and stores it in another, for a target that does not mount it; false when `from` has none. */
  copyBlob(
    repository: string,
    digest: Digest,
    size: number,
    from: string,
    options: Cancellable,
  ): Promise<boolean>;
  /**
   * Stores bytes whose digest and size are known. Does not ask whether they are there already. `proof`: the digest of the body as who
   * reads it has computed it, so that a folder need not hash the bytes once more.
   */
  putBlob(
    repository: string,
    digest: Digest,
    size: number,
    body: BlobBody,
    options: Resting & { readonly proof?: Promise<Digest> },
  ): Promise<void>;
  /** Stores bytes whose digest is known only after the last one; gives digest and size. */
  putBlobOfUnknownDigest(
    repository: string,
    body: AsyncIterable<Uint8Array>,
    options: Cancellable,
  ): Promise<{ readonly digest: Digest; readonly size: number }>;
  /**
   * Stores a manifest under its digest or a tag, and reads it back. Children and blobs must be there. Gives what the reference leads
   * to then: the digest of `manifest`, or of what somebody else put under the tag meanwhile; null where it leads nowhere.
   * `asItWas`: an undo restores it, so a single manifest may get a name also where names lead to indexes. `replaces`: what the tag
   * held before; a registry of several nodes may show that for a while, and is asked again for some seconds.
   */
  putManifest(
    repository: string,
    reference: string,
    manifest: RawManifest,
    options: Cancellable & { readonly asItWas?: boolean; readonly replaces?: Digest | null },
  ): Promise<Digest | null>;
  /** Removes this tag and no other; an absent tag counts as removed. False, with nothing changed, where the target does not offer this. */
  deleteTag(repository: string, tag: string, options: Cancellable): Promise<boolean>;
  /** True when `deleteTag` is possible in this repository; changes nothing. */
  canDeleteTags(repository: string, options: Cancellable): Promise<boolean>;
  /** Removes a manifest with every tag that points to it; an absent one counts as removed. False where deleting is not offered. */
  deleteManifest(repository: string, digest: Digest, options: Cancellable): Promise<boolean>;
  /** Null in a registry. */
  readonly upkeep: FolderUpkeep | null;
  /** Makes all that was written durable and visible; a folder writes its list of names only now. */
  flush(options: Cancellable): Promise<void>;
  /** Releases locks and connections; may be called twice. */
  close(): Promise<void>;
}
