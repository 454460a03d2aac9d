// Finds out which image of a layout a signature, an attestation or an SBOM belongs to, and names it after that image.
import { z } from 'zod';
import { attachedTag, parseAttachedTag, referrerKind, type AttachedKind } from '../../contract.js';
import type { Descriptor } from '../../content/descriptor.js';
import { isDigest, type Digest } from '../../content/digest.js';
import { parseJson } from '../../content/json-text.js';
import type { RawManifest } from '../../content/manifest.js';
import { formatReference, parseReference } from '../../content/reference.js';
import { AppError } from '../../errors.js';
import { IMAGE_NAME, REF_NAME } from '../../layout/layout-index.js';
import { NOT_LOOKED_AT } from '../programs/programs.js';
import type { PackageImage } from '../stream/package-stream.js';

/** An artifact of a layout, as an image without a name and a platform. */
export interface LayoutArtifact {
  readonly descriptor: Descriptor;
  /** Digest of the index that lists it; null for an entry of index.json. */
  readonly index: Digest | null;
  /** How messages name it. */
  readonly label: string;
  /** The media type that shows that it is no image. */
  readonly type: string;
  readonly content: Pick<PackageImage, 'manifest' | 'config' | 'configBytes' | 'layers' | 'problem'>;
}

/**
 * Gives an artifact the names `REPOSITORY:sha256-HEX.sig` (`.att`, `.sbom`, or `.ref-…` for a referrer of OCI 1.1) for each repository of
 * its image, and the platform of that image, so that both are chosen together. What belongs to an index is left out with a note, because the index of a tag is made anew in
 * the target; so is an artifact of which nothing tells whose it is.
 */
export function attach(
  artifact: LayoutArtifact,
  images: readonly PackageImage[],
): { readonly image: PackageImage } | { readonly note: AppError } {
  const { label, type, content } = artifact;
  const told = artifact.index === null ? attachmentOf(artifact.descriptor, images) : null;
  const found = told ?? referenceOf(content.manifest);
  const subjects = found ? images.filter(({ manifest }) => manifest.digest === found.subject) : [];
  const tag = found && attachedTag(found.subject, found.kind);
  const names = subjects.flatMap((subject) => subject.names).flatMap((name) => siblingOf(name, tag ?? ''));
  const [subject] = subjects;
  if (!found || !subject || names.length === 0) {
    const isOfIndex = found && images.some(({ indexDigest }) => indexDigest === found.subject);
    const params = { image: label, ...(isOfIndex ? { subject: found.subject } : { type }) };
    const code = isOfIndex ? 'package.attached-left-out' : 'package.artifact-skipped';
    return { note: new AppError(code, { origin: 'package', params }) };
  }
  const nothing = { tags: [], indexDigest: null, created: null, absentLayers: [], attestations: [] };
  const image = { ...nothing, ...content, names: [...new Set(names)], programs: NOT_LOOKED_AT };
  return { image: { ...image, platform: subject.platform } };
}

/** https://github.com/hauler-dev/hauler/blob/main/pkg/consts/consts.go; the second prefix is that of stores of Hauler before 1.5. */
const KIND = /^dev\.(?:hauler|cosignproject\.cosign)\/(sigs|atts|sboms)(?:\/([0-9a-f]{64}))?$/;
const KINDS: Readonly<Record<string, AttachedKind>> = { sigs: 'sig', atts: 'att', sboms: 'sbom' };

/** What an entry is attached to: its name tells it, or the annotation `kind` beside the name of the image. */
function attachmentOf(
  { annotations = {} }: Descriptor,
  images: readonly PackageImage[],
): { readonly subject: Digest; readonly kind: AttachedKind } | null {
  const name = annotations[IMAGE_NAME] ?? '';
  const tag = parseAttachedTag(annotations[REF_NAME] ?? '') ?? parseAttachedTag(name);
  if (tag) return tag;
  const [, word = '', hex] = KIND.exec(annotations['kind'] ?? '') ?? [];
  const kind = KINDS[word];
  if (kind === undefined) return null;
  const child = `sha256:${hex ?? ''}`;
  if (isDigest(child)) return { subject: child, kind };
  const image = images.find(({ names }) => names.includes(name));
  return image ? { subject: image.indexDigest ?? image.manifest.digest, kind } : null;
}

const referrer = z.looseObject({ subject: z.looseObject({ digest: z.custom<Digest>(isDigest) }) });

/** What a manifest itself says that it belongs to. https://github.com/opencontainers/image-spec/blob/main/manifest.md */
function referenceOf({
  bytes,
  digest,
}: RawManifest): { readonly subject: Digest; readonly kind: AttachedKind } | null {
  const { data } = referrer.safeParse(parseJson(bytes.toString()));
  return data ? { subject: data.subject.digest, kind: referrerKind(digest) } : null;
}

/** Another tag in the repository of an image; none where the image has a name that is no reference. */
function siblingOf(name: string, tag: string): readonly string[] {
  const reference = parseReference(name);
  if (reference === null) return [];
  const { registry, repository } = reference;
  return [formatReference({ registry, repository, tag })];
}
