// Tags that cosign gives to what it attaches to an image, beside the tags of that image: `sha256-HEX.sig`, `.att` and `.sbom`.
// https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md

/** Signatures, attestations or SBOMs of an image, by the ending of their tag. */
export type AttachedKind = 'sig' | 'att' | 'sbom';

const ATTACHED = /(?:^|:)sha256-([0-9a-f]{64})\.(sig|att|sbom)$/;

/**
 * Reads a tag or a reference with a tag; null when it is no tag of cosign. `subject`: digest of the image's manifest, or of an index.
 */
export function parseAttachedTag(
  text: string,
): { readonly subject: `sha256:${string}`; readonly kind: AttachedKind } | null {
  const [, hex, kind] = ATTACHED.exec(text) ?? [];
  return hex === undefined ? null : { subject: `sha256:${hex}`, kind: kind as AttachedKind };
}

/** True for a tag of cosign. What it holds has no platform of its own, so no tag of an image is compared with it. */
export function isAttachedTag(text: string): boolean {
  return ATTACHED.test(text);
}

/** The tag of what is attached to a manifest. */
export function attachedTag(subject: string, kind: AttachedKind): string {
  return `${subject.replace(':', '-')}.${kind}`;
}
