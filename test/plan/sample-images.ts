// Small images and tag states for the tests of the decision.
import {
  ATTESTATION_SUBJECT,
  ATTESTATION_TYPE,
  descriptorSchema,
  platformToJson,
  type Descriptor,
} from '../../core/content/descriptor.js';
import { digestOf } from '../../core/content/digest.js';
import { encodeGoJson } from '../../core/content/go-json.js';
import {
  encodeDockerManifest,
  parseManifest,
  rawManifest,
  type RawManifest,
} from '../../core/content/manifest.js';
import { OCI_CONFIG, OCI_MANIFEST } from '../../core/content/media-types.js';
import { parsePlatform, type Platform } from '../../core/content/platform.js';
import { fuse, type FuseOptions, type IncomingImage, type TagDecision } from '../../core/plan/fuse.js';
import { isImageChild, type ChildState, type TagState } from '../../core/plan/tag-state.js';

export const NEWER: FuseOptions = { policy: 'newer', namesAreIndexes: false };

export interface Wish {
  readonly platform: string;
  /** Images with different content have different configs. */
  readonly content?: string;
  readonly format?: 'docker' | 'oci';
  readonly created?: string | null;
  readonly version?: string | null;
  readonly attested?: boolean;
}

export function platformOf(text: string): Platform {
  const platform = parsePlatform(text);
  if (!platform) throw new Error(`no platform: ${text}`);
  return platform;
}

/** An image; the same wish gives the same digests, the other format the same config. */
export function image(wish: Wish): IncomingImage {
  const config = { digest: digestOf(`config of ${wish.platform} ${wish.content ?? ''}`), size: 100 };
  const manifest =
    wish.format === 'oci'
      ? rawManifest(
          encodeGoJson({
            schemaVersion: 2,
            mediaType: OCI_MANIFEST,
            config: { mediaType: OCI_CONFIG, ...config },
            layers: [],
          }),
          OCI_MANIFEST,
        )
      : encodeDockerManifest(config, []);
  const { mediaType, digest, bytes } = manifest;
  return {
    platform: wish.platform === '' ? { os: '', architecture: '' } : platformOf(wish.platform),
    descriptor: { mediaType, digest, size: bytes.length },
    manifest,
    config: config.digest,
    created: wish.created ?? null,
    version: wish.version ?? null,
    attestations: wish.attested ? [attestation(digest)] : [],
  };
}

export function attestation(subject: string): Descriptor {
  return descriptorSchema.parse({
    mediaType: OCI_MANIFEST,
    digest: digestOf(`attestation of ${subject}`),
    size: 50,
    annotations: { [ATTESTATION_SUBJECT]: subject, [ATTESTATION_TYPE]: 'attestation-manifest' },
    platform: { architecture: 'unknown', os: 'unknown' },
  });
}

/** What a survey finds where these bytes lie under the tag; `known` are the images whose configs and dates it can read. */
export function stateOfTag(
  manifest: RawManifest | null,
  known: readonly IncomingImage[],
  broken: ReadonlySet<string> = new Set(),
): TagState {
  if (manifest === null) return { kind: 'absent' };
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  switch (parsed.kind) {
    case 'other':
      return { kind: 'blocked', reason: 'unsupported-manifest', detail: parsed.reason };
    case 'manifest': {
      const found = known.find((one) => one.descriptor.digest === manifest.digest);
      if (!found) throw new Error('a single manifest that no test knows');
      return { kind: 'manifest', manifest, child: child(found.descriptor, found.platform, known, broken) };
    }
    case 'index': {
      const children = parsed.manifests
        .filter(isImageChild)
        .map((one) => child(one, one.platform, known, broken));
      return { kind: 'index', manifest, index: parsed, children };
    }
  }
}

function child(
  descriptor: Descriptor,
  platform: Platform,
  known: readonly IncomingImage[],
  broken: ReadonlySet<string>,
): ChildState {
  const found = known.find((one) => one.descriptor.digest === descriptor.digest);
  const { config = null, created = null, version = null } = found ?? {};
  return { descriptor, platform, config, created, version, complete: !broken.has(descriptor.digest) };
}

/** The bytes under the tag after a decision. */
export function applied(before: RawManifest | null, decision: TagDecision): RawManifest | null {
  return decision.write ?? before;
}

/** An index as another tool writes it: OCI field order, annotations, an unknown field. */
export function foreignIndex(
  images: readonly IncomingImage[],
  {
    indent = '',
    mediaType = 'application/vnd.oci.image.index.v1+json',
    more = [],
    spell = platformToJson,
  }: {
    indent?: string;
    mediaType?: string;
    more?: readonly unknown[];
    /** How the other tool writes a platform. */
    spell?: (platform: Platform) => unknown;
  } = {},
): RawManifest {
  const manifests = images.flatMap(({ descriptor, platform, attestations }) => [
    {
      mediaType: descriptor.mediaType,
      digest: descriptor.digest,
      size: descriptor.size,
      annotations: { 'com.example.built-by': 'somebody else' },
      platform: spell(platform),
    },
    ...attestations.map((one) => one.raw),
  ]);
  const json = {
    schemaVersion: 2,
    mediaType,
    'x-unknown': [1, { b: 2, a: null }],
    manifests: [...manifests, ...more],
    annotations: { 'org.opencontainers.image.title': 'caf\u00e9 <&>' },
  };
  return rawManifest(Buffer.from(JSON.stringify(json, null, indent)), mediaType);
}

/** Digests of the entries of an index, in their order. */
export function entries(manifest: RawManifest | null): readonly string[] {
  const parsed = manifest && parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed?.kind !== 'index') throw new Error('not an index');
  return parsed.manifests.map((one) => one.digest);
}

/** What an import of these images into nothing makes. */
export function own(...images: readonly IncomingImage[]): RawManifest {
  const manifest = fuse({ kind: 'absent' }, images, NEWER).write;
  if (!manifest) throw new Error('nothing written');
  return manifest;
}
