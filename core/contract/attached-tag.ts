// Tags of what is attached to an image, beside the tags of that image: `sha256-HEX.sig`, `.att` and `.sbom`, as cosign writes them, and
// `sha256-HEX.ref-…` for referrers of OCI 1.1, which registries list without a tag and folders only with one.
// https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md

/** Signatures, attestations or SBOMs of an image, or a referrer with the begin of its own digest, by the ending of their tag. */
export type AttachedKind = 'sig' | 'att' | 'sbom' | `ref-${string}`;

const ATTACHED = /(?:^|:)sha256-([0-9a-f]{64})\.(sig|att|sbom|ref-[0-9a-f]{12})$/;

/**
 * Reads a tag or a reference with a tag; null when it is no such tag. `subject`: digest of the image's manifest, or of an index.
 */
export function parseAttachedTag(
  text: string,
): { readonly subject: `sha256:${string}`; readonly kind: AttachedKind } | null {
  const [, hex, kind] = ATTACHED.exec(text) ?? [];
  return hex === undefined ? null : { subject: `sha256:${hex}`, kind: kind as AttachedKind };
}

/** True for such a tag. What it holds has no platform of its own, so no tag of an image is compared with it. */
export function isAttachedTag(text: string): boolean {
  return ATTACHED.test(text);
}

/** The tag of what is attached to a manifest. */
export function attachedTag(subject: string, kind: AttachedKind): string {
  return `${subject.replace(':', '-')}.${kind}`;
}

/** The ending of the tag of a referrer, told from others of the same image by its digest. */
export function referrerKind(digest: `sha256:${string}`): AttachedKind {
  return `ref-${digest.slice('sha256:'.length).slice(0, 12)}`;
}
