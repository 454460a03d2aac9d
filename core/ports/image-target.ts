// The image side of a target: what a run needs from a registry or a folder, and nothing more.
import type { Digest } from '../content/digest.js';
import type { RawManifest } from '../content/manifest.js';
import type { Cancellable } from './cancellable.js';

/** Bytes on their way to a target: all at once (may be sent again after a failure) or piece by piece (once). */
export type BlobBody = Uint8Array | AsyncIterable<Uint8Array>;

/** The file in which a target on disk lists all its names, so that it can get its former bytes back. */
export interface NameList {
  /** As it is stored; null when there is none. */
  read(options: Cancellable): Promise<Buffer | null>;
  /** Puts a former file back where it names what is named now, in other bytes; null: removes it where nothing is named any more. */
  restore(former: Buffer | null, options: Cancellable): Promise<void>;
}

/** What only a folder can do: all of it lies in files of its own. */
export interface FolderUpkeep {
  readonly names: NameList;
  /** Tells of everything that is stored from now on and was not there: blobs and manifests. */
  watch(onStored: (digest: Digest) => void): void;
  /**
   * Removes those of these blobs and manifests that no name, and none of `kept`, leads to. Does nothing where a name cannot be
   * followed to its end.
   */
  removeUnused(digests: readonly Digest[], kept: readonly RawManifest[], options: Cancellable): Promise<void>;
}

/**
 * A registry or a folder. `repository` is the path under the target's host, without tag.
 * Failures are AppErrors of origin `registry` or `disk`. "Absent" is an answer, never an error; an answer that does not say
 * clearly that something is absent is an error.
 */
export interface ImageTarget {
  readonly kind: 'registry' | 'folder';
  /** What stands before the repository in a reference: `host[:port]`; '' in a folder, whose names hold the host themselves. */
  readonly host: string;
  /** True where a repository must not be assumed to see the blobs of another one. */
  readonly blobsPerRepository: boolean;
  /** True where each name must hold an index, for one platform too (the folder). */
  readonly namesAreIndexes: boolean;

  /** The manifest under a tag or digest, as its stored bytes; null when it is absent. The digest is computed from the bytes. */
  getManifest(repository: string, reference: string, options: Cancellable): Promise<RawManifest | null>;
  /** A small blob (config); null when absent. More than 8 MiB is an error; the bytes are checked against the digest. */
  getBlob(repository: string, digest: Digest, options: Cancellable): Promise<Buffer | null>;
  /** Bytes of the blob in this repository, or null when it is not there. */
  blobSize(repository: string, digest: Digest, options: Cancellable): Promise<number | null>;
  /** Reads a blob to its end and hashes it, with bounded memory: what its bytes really are; null when it is not there. */
  blobDigest(
    repository: string,
    digest: Digest,
    options: Cancellable,
  ): Promise<{ readonly digest: Digest; readonly size: number } | null>;
  /** All tags of a repository, in the target's order; none where the repository is not there. */
  listTags(repository: string, options: Cancellable): Promise<readonly string[]>;
  /** All repositories; null where the target does not list them, or not for this account. */
  repositories(options: Cancellable): Promise<readonly string[] | null>;
  /** Makes a blob of one repository visible in another; false when the target does not, which is no failure. */
  mountBlob(repository: string, digest: Digest, from: string, options: Cancellable): Promise<boolean>;
  /** Stores bytes whose digest and size are known. Does not look whether they are there already. */
  putBlob(
    repository: string,
    digest: Digest,
    size: number,
    body: BlobBody,
    options: Cancellable,
  ): Promise<void>;
  /** Stores bytes whose digest is known only after the last one; answers what they were. */
  putBlobOfUnknownDigest(
    repository: string,
    body: AsyncIterable<Uint8Array>,
    options: Cancellable,
  ): Promise<{ readonly digest: Digest; readonly size: number }>;
  /**
   * Stores a manifest under its digest or a tag. Children and blobs must be there. Resolves when the target has confirmed it.
   * `asItWas`: it lay there before, so a single manifest may get its name back where names are indexes.
   */
  putManifest(
    repository: string,
    reference: string,
    manifest: RawManifest,
    options: Cancellable & { readonly asItWas?: boolean },
  ): Promise<void>;
  /** Removes this tag and no other; an absent one counts as removed. False where the target offers no way to; then nothing has changed. */
  deleteTag(repository: string, tag: string, options: Cancellable): Promise<boolean>;
  /** Whether `deleteTag` has a way in this repository; changes nothing. */
  canDeleteTags(repository: string, options: Cancellable): Promise<boolean>;
  /** Removes a manifest with every tag that points at it; an absent one counts as removed. False where deleting is not offered. */
  deleteManifest(repository: string, digest: Digest, options: Cancellable): Promise<boolean>;
  /** Null in a registry. */
  readonly upkeep: FolderUpkeep | null;
  /** Makes everything durable and visible that was held back for a batch. */
  flush(options: Cancellable): Promise<void>;
  /** Gives back locks and connections; safe to call twice. */
  close(): Promise<void>;
}
