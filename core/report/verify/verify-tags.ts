// Reads one tag back and checks that it serves what was brought, including each blob.
import { isAttachedTag, type Problem, type ProofImage } from '../../contract.js';
import type { Descriptor } from '../../content/descriptor.js';
import { describePlatform, includesPlatform, platformKey, platformKeyOf } from '../../content/platform.js';
import { AppError, toProblem } from '../../errors.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { referenceIn } from '../../target/place.js';
import type { BlobFinding, BlobProofs } from './blob-proofs.js';
import type { ExpectedImage, ExpectedTag } from './expected.js';
import type { RunHistory } from '../reading/run-history.js';
import type { Served, ServedImage, ServedManifest, ServedReader } from '../reading/served.js';
import { concernsOneItem } from '../../run/base/run-ending.js';
import type { Cancellable } from '../../ports/cancellable.js';

export interface TagProofOptions extends Cancellable {
  readonly target: Pick<ImageTarget, 'host'>;
  readonly reader: ServedReader;
  readonly blobs: BlobProofs;
  readonly history: RunHistory;
  /** Platforms that every tag must serve. */
  readonly requirePlatforms: readonly string[];
}

export interface TagProof {
  readonly row: ProofImage;
  /** Notes: mislabelled images that the import left out, so that the tag need not serve them. */
  readonly notes: readonly AppError[];
}

/** Reads one tag with all its parts. Problems of the tag are in the answer; errors that end the whole proof are thrown. */
export async function proveTag(expected: ExpectedTag, options: TagProofOptions): Promise<TagProof> {
  const target = referenceIn(options.target, expected);
  const nothing = { target, digest: null, platforms: [], blobsChecked: 0, bytesChecked: 0, mislabelled: [] };
  let served: Served | null;
  try {
    served = await options.reader.read(expected.repository, expected.tag);
  } catch (error) {
    if (!concernsOneItem(error, options)) throw error;
    return withFindings(nothing, [error]);
  }
  if (served === null) {
    const leftOut = expected.images
      .filter((image) => image.mislabelled)
      .map((image) => isLeftOut(target, image));
    const isAsAsked = leftOut.length === expected.images.length;
    return withFindings(nothing, isAsAsked ? [] : [finding('verify.tag-absent', { target })], leftOut);
  }
  const { digest } = served.top;
  if (served.kind === 'other' || served.kind === 'unsupported') {
    const code = served.kind === 'other' ? 'verify.not-an-image' : 'verify.unsupported-manifest';
    return withFindings({ ...nothing, digest }, [finding(code, { target, digest })]);
  }
  const content = await proveContent(expected.repository, target, served, options.blobs);
  const compared = compare(expected, target, served, options);
  return withFindings(
    {
      target,
      digest,
      platforms: served.images.flatMap(({ platform }) => (platform ? [describePlatform(platform)] : [])),
      blobsChecked: content.blobs.length,
      bytesChecked: content.blobs.reduce((sum, blob) => sum + blob.size, 0),
      mislabelled: compared.mislabelled,
    },
    [...compared.findings, ...content.findings],
    compared.notes,
  );
}

function withFindings(
  row: Omit<ProofImage, 'ok' | 'problem' | 'problems'>,
  findings: readonly AppError[],
  notes: readonly AppError[] = [],
): TagProof {
  const problems: readonly Problem[] = findings.map((one) => toProblem(one));
  return { row: { ...row, ok: problems.length === 0, problem: problems[0] ?? null, problems }, notes };
}

/** Compares the platforms that were brought with those that are served. */
function compare(
  expected: ExpectedTag,
  target: string,
  served: Served,
  { history, requirePlatforms }: TagProofOptions,
): Pick<TagProof, 'notes'> & {
  readonly findings: readonly AppError[];
  readonly mislabelled: readonly string[];
} {
  const findings: AppError[] = [];
  const notes: AppError[] = [];
  const mislabelled: string[] = [];
  const missing = new Set<string>();
  for (const image of expected.images) {
    const held = imageFor(served, image);
    if (image.mislabelled) {
      if (held && isImage(held, image)) mislabelled.push(image.platform);
      else notes.push(isLeftOut(target, image));
    } else if (!held) {
      missing.add(image.platform);
    } else {
      const wanted = image.mayDiffer ? history.served(target, image.platform) : image;
      const now = { tag: served.top.digest, image: held.digest };
      if (!wanted || isImage(held, wanted) || history.explains(target, image, now)) continue;
      const params = { target, platform: image.platform, digest: held.digest, expected: wanted.digest };
      findings.push(finding('verify.tag-moved', params));
    }
  }
  const platforms = served.images.flatMap(({ platform }) => (platform ? [describePlatform(platform)] : []));
  for (const text of isAttachedTag(target) ? [] : requirePlatforms)
    if (!includesPlatform(platforms, text)) missing.add(text);
  for (const platform of missing) findings.push(finding('verify.platform-missing', { target, platform }));
  return { findings, notes, mislabelled };
}

function isLeftOut(target: string, { platform }: ExpectedImage): AppError {
  return new AppError('verify.left-out', { origin: 'package', params: { target, platform } });
}

function imageFor(served: Served, image: ExpectedImage): ServedImage | undefined {
  const key = platformKeyOf(image.platform);
  return (
    served.images.find(({ platform }) => platform !== null && platformKey(platform) === key) ??
    // the config cannot be read or names no platform: then the digest of the image decides
    served.images.find((one) => one.platform === null && isImage(one, image))
  );
}

/** True for the same manifest, or the same config in another manifest. */
function isImage(
  { digest, manifest }: ServedManifest,
  image: Pick<ExpectedImage, 'digest' | 'config'>,
): boolean {
  return digest === image.digest || manifest?.config.digest === image.config;
}

/** Checks every child manifest of the tag and every blob of it. */
async function proveContent(
  repository: string,
  target: string,
  served: Served,
  proofs: BlobProofs,
): Promise<{ readonly findings: readonly AppError[]; readonly blobs: readonly Descriptor[] }> {
  const findings: AppError[] = [];
  const blobs = new Map<string, Descriptor>();
  const parts = [
    ...served.images.map((one) => ({ ...one, name: one.platform ? describePlatform(one.platform) : '-' })),
    ...served.attestations.map((one) => ({ ...one, name: '-' })),
  ];
  for (const { digest, manifest, size, actualSize, problem, name } of parts) {
    if (problem) findings.push(problem);
    else if (!manifest) findings.push(finding('verify.manifest-missing', { target, digest, platform: name }));
    // an index of another tool may leave the size out
    else if (size !== actualSize && size > 0)
      findings.push(finding('verify.blob-size', { target, digest, expected: size, actual: actualSize }));
    for (const blob of manifest ? [manifest.config, ...manifest.layers] : []) {
      // foreign layers lie elsewhere: https://github.com/opencontainers/image-spec/blob/main/layer.md#non-distributable-layers
      if (!blob.urls?.length) blobs.set(`${blob.digest} ${String(blob.size)}`, blob);
    }
  }
  const wrong = await Promise.all(
    [...blobs.values()].map(async (blob) => ({ blob, found: await proofs.check(repository, blob) })),
  );
  for (const { blob, found } of wrong) if (found) findings.push(blobFinding(target, blob, found));
  return { findings, blobs: [...blobs.values()] };
}

function blobFinding(target: string, { digest, size }: Descriptor, found: BlobFinding): AppError {
  switch (found.kind) {
    case 'missing':
      return finding('verify.blob-missing', { target, digest });
    case 'size':
      return finding('verify.blob-size', { target, digest, expected: size, actual: found.actual });
    case 'damaged':
      return finding('verify.blob-damaged', { target, digest, actual: found.actual });
    case 'unreadable':
      return found.problem;
  }
}

type TagFinding =
  | 'verify.blob-damaged'
  | 'verify.blob-missing'
  | 'verify.blob-size'
  | 'verify.manifest-missing'
  | 'verify.not-an-image'
  | 'verify.platform-missing'
  | 'verify.tag-absent'
  | 'verify.tag-moved'
  | 'verify.unsupported-manifest';

function finding(code: TagFinding, params: Readonly<Record<string, string | number>>): AppError {
  return new AppError(code, { origin: 'registry', params });
}
