// Decides what becomes of a tag when images for some platforms come in. Pure: it reads and writes nothing.
// Laws (test/plan/fuse-laws.test.ts): the platforms of a tag never become fewer; the same import twice changes nothing the
// second time; images of different platforms give the same bytes in any order; what could not be read is not written.
import type { ChangePolicy, Decision, ImageAction } from '../contract.js';
import type { Digest } from '../content/digest.js';
import type { RawManifest } from '../content/manifest.js';
import type { Platform } from '../content/platform.js';
import { changeDecided, decideChange } from './change-policy.js';
import { ForeignIndex } from './foreign-index.js';
import { attestationsOf, childOf, type IncomingImage } from './incoming-image.js';
import type { IndexDraft } from './index-draft.js';
import { OwnIndex } from './own-index.js';
import type { Reason } from './reasons.js';
import { childKey, NO_PLATFORM, type ChildState, type TagState } from './tag-state.js';

export type { IncomingImage } from './incoming-image.js';
export type { Reason } from './reasons.js';
export type { TagState } from './tag-state.js';

export interface FuseOptions {
  /** What to do where the tag serves the platform with another image. */
  readonly policy: ChangePolicy;
  /** What a person decided for this image, which overrides the policy; null where nobody did. */
  readonly decided?: (platform: Platform) => Decision | null;
  /**
   * True where the tag's image of this platform is known to come from another source than the incoming one: it is never replaced,
   * whatever the policy or a person says.
   */
  readonly isOfOtherSource?: (held: ChildState, incoming: IncomingImage) => boolean;
  /** True where every name must hold an OCI index, for one platform too (the folder target). */
  readonly namesAreIndexes: boolean;
  /**
   * True for a tag of signatures and the like, which belong to an image: their config tells nothing about the content, and where no age is
   * known those that are there stay, because somebody may have signed at the site.
   */
  readonly isAttached?: boolean;
  /** True: images whose config names no platform are imported. Otherwise they are blocked. */
  readonly allowUnknownPlatform?: boolean;
}

export interface ImageDecision {
  readonly platform: Platform;
  readonly action: ImageAction;
  readonly reason: Reason;
}

export interface TagDecision {
  /** One for each incoming image, in their order. */
  readonly rows: readonly ImageDecision[];
  /** What to put under the tag; null when it stays as it is. */
  readonly write: RawManifest | null;
  /** What the tag holds then; null when it stays absent or could not be read. */
  readonly after: {
    readonly mediaType: string;
    readonly digest: Digest;
    readonly platforms: readonly Platform[];
  } | null;
}

/** What the tag would hold after the images that were decided so far. */
type Held =
  | { readonly kind: 'absent'; readonly reason: 'absent' | 'absent-unproven' }
  | { readonly kind: 'single'; readonly manifest: RawManifest; readonly child: ChildState }
  | { readonly kind: 'index'; readonly draft: IndexDraft };

/** What happens to one image, and whether the tag's content changes by it. */
interface Step {
  readonly action: ImageAction;
  readonly reason: Reason;
  readonly changes: boolean;
}

/**
 * Decides for one tag. `incoming` holds at most one image for each platform (see `resolveCandidates`); the result is a single
 * write for all of them.
 */
export function fuse(state: TagState, incoming: readonly IncomingImage[], options: FuseOptions): TagDecision {
  if (state.kind === 'blocked') {
    const { reason } = state;
    return {
      rows: incoming.map(({ platform }) => ({ platform, action: 'blocked', reason })),
      write: null,
      after: null,
    };
  }
  let held = hold(state, options);
  let isChanged = false;
  const rows: ImageDecision[] = [];
  for (const image of incoming) {
    const { action, reason, changes } = decide(held, image, options);
    rows.push({ platform: image.platform, action, reason });
    if (changes) held = put(held, image, options);
    isChanged ||= changes;
  }
  const present = state.kind === 'absent' ? null : state.manifest;
  const wanted = isChanged ? contentOf(held) : present;
  const write = wanted && present?.bytes.equals(wanted.bytes) ? null : wanted;
  const after = wanted && {
    mediaType: wanted.mediaType,
    digest: wanted.digest,
    platforms: platformsOf(held),
  };
  return { rows, write, after };
}

function hold(state: Exclude<TagState, { kind: 'blocked' }>, options: FuseOptions): Held {
  switch (state.kind) {
    case 'absent':
      return { kind: 'absent', reason: state.isUnproven ? 'absent-unproven' : 'absent' };
    case 'manifest':
      return { kind: 'single', manifest: state.manifest, child: state.child };
    case 'index': {
      const { manifest, index, children } = state;
      const own = OwnIndex.recognise(manifest, index, children, options.namesAreIndexes);
      return { kind: 'index', draft: own ?? ForeignIndex.of(manifest, index, children) };
    }
  }
}

/** One line of the table in ARCHITECTURE.md. */
function decide(held: Held, image: IncomingImage, options: FuseOptions): Step {
  const key = childKey(image.platform);
  const blocked: Step = { action: 'blocked', reason: 'no-platform', changes: false };
  if (key === NO_PLATFORM && !options.allowUnknownPlatform) return blocked;
  if (held.kind === 'absent') return { action: 'push', reason: held.reason, changes: true };
  if (held.kind === 'index' && held.draft.hasUnsupported(key))
    return { action: 'blocked', reason: 'unsupported-manifest', changes: false };
  const children = childrenFor(held, key);
  if (children.length > 0) return decideSamePlatform(children, image, options);
  if (held.kind === 'index') return { action: 'add', reason: 'other-platform', changes: true };
  // in an index, clients cannot select an image without a platform: the image that the tag holds would be lost
  const wouldBeLost = childKey(held.child.platform) === NO_PLATFORM && !options.allowUnknownPlatform;
  return wouldBeLost ? blocked : { action: 'promote', reason: 'other-platform', changes: true };
}

/** `children`: what the tag has for the image's platform, at least one. An index of another tool may have several. */
function decideSamePlatform(
  children: readonly ChildState[],
  image: IncomingImage,
  options: FuseOptions,
): Step {
  const isThis = ({ descriptor }: ChildState): boolean => descriptor.digest === image.descriptor.digest;
  const hasItsConfig = (child: ChildState): boolean => !options.isAttached && child.config === image.config;
  const others = children.filter((child) => !isThis(child) && !hasItsConfig(child));
  if (others.length === 0) {
    if (!children.every((child) => child.complete))
      return { action: 'repair', reason: 'incomplete', changes: !children.every(isThis) };
    return { action: 'skip', reason: children.some(isThis) ? 'same-digest' : 'same-config', changes: false };
  }
  if (others.some((child) => options.isOfOtherSource?.(child, image)))
    return { action: 'conflict', reason: 'other-source', changes: false };
  // clients may get any of the other images, so none of them is replaced unless all may be
  const decided = options.decided?.(image.platform) ?? null;
  const decisions = others.map((child) => {
    const change = decided ? changeDecided(decided) : decideChange(child, image, options.policy);
    const mayBeLost = options.isAttached && change.reason === 'time-unknown';
    return mayBeLost ? { ...change, action: 'conflict' as const } : change;
  });
  const against = decisions.find(({ action }) => action !== 'replace') ?? decisions[0];
  const { action, reason } = against ?? { action: 'keep', reason: 'policy-keep' };
  return { action, reason, changes: action === 'replace' };
}

function put(held: Held, image: IncomingImage, options: FuseOptions): Held {
  if (held.kind === 'index') return { kind: 'index', draft: held.draft.put(image) };
  const isPromoted = held.kind === 'single' && childKey(held.child.platform) !== childKey(image.platform);
  // attestations are entries of an index, so an image with attestations needs one
  if (isPromoted || options.namesAreIndexes || attestationsOf(image).length > 0) {
    const draft = OwnIndex.of(isPromoted ? [held.child] : [], options.namesAreIndexes);
    return { kind: 'index', draft: draft.put(image) };
  }
  return { kind: 'single', manifest: image.manifest, child: childOf(image) };
}

function childrenFor(held: Exclude<Held, { kind: 'absent' }>, key: string): readonly ChildState[] {
  if (held.kind === 'index') return held.draft.childrenFor(key);
  return childKey(held.child.platform) === key ? [held.child] : [];
}

function contentOf(held: Held): RawManifest | null {
  switch (held.kind) {
    case 'absent':
      return null;
    case 'single':
      return held.manifest;
    case 'index':
      return held.draft.encode();
  }
}

function platformsOf(held: Held): readonly Platform[] {
  switch (held.kind) {
    case 'absent':
      return [];
    case 'single':
      return [held.child.platform];
    case 'index':
      return held.draft.platforms();
  }
}
