// How reports and plans describe a tag: its content before, the action for each image, and its content afterwards.
import type { ImageAction, Problem, TagSummary } from '../../contract.js';
import { describePlatform } from '../../content/platform.js';
import { AppError, toProblem } from '../../errors.js';
import type { TagDecision } from '../../plan/fuse.js';
import type { TagState } from '../../plan/tag-state.js';

/** Null: the tag does not exist. `unreadable`: it exists, but this account may not or nobody can read it. */
export type TagContent = TagSummary | null | 'unreadable';

/** Gives what `repository:tag` holds after the import; undefined where the import does not touch it. */
export type TagContentLookup = (repository: string, tag: string) => TagContent | undefined;

export interface TagRow {
  /** As `describePlatform` writes it. */
  readonly platform: string;
  readonly action: ImageAction;
  readonly reason: string;
  readonly problem: Problem | null;
}

/** What a tag holds and what was decided about it. */
export interface TagForecast {
  readonly state: TagState;
  readonly decision: TagDecision;
  /** For each incoming image: why it may not replace the tag's image, which is of another source; null where it may. */
  readonly disputes: readonly (Problem | null)[];
}

/** Actions after which the target has to hold the image's blobs. */
export const STORES: ReadonlySet<ImageAction> = new Set<ImageAction>([
  'push',
  'promote',
  'add',
  'replace',
  'repair',
]);

/** The action for each incoming image, in their order. */
export function rowsOf({ decision, state, disputes }: TagForecast): readonly TagRow[] {
  return decision.rows.map((row, at) => ({
    platform: describePlatform(row.platform),
    action: row.action,
    reason: row.reason,
    problem: row.action === 'blocked' ? blockedProblem(row.reason, state) : (disputes[at] ?? null),
  }));
}

const TAG_PROBLEMS = {
  unreadable: 'plan.tag-unreadable',
  'not-an-image': 'plan.tag-not-an-image',
  'unsupported-manifest': 'plan.tag-unsupported',
} as const;

/** Why an image is blocked: because of what its tag holds, or because the image names no platform. */
export function blockedProblem(reason: string, state: TagState): Problem {
  if (state.kind !== 'blocked' && reason === 'unsupported-manifest') {
    const params = { detail: 'its entry for this platform has no SHA-256 digest' };
    return toProblem(new AppError('plan.tag-unsupported', { origin: 'registry', params }));
  }
  if (state.kind !== 'blocked')
    return toProblem(new AppError('plan.image-without-platform', { origin: 'package', params: { reason } }));
  return toProblem(
    new AppError(TAG_PROBLEMS[state.reason], {
      origin: 'registry',
      retryable: state.reason === 'unreadable',
      params: { detail: state.detail },
    }),
  );
}

/** A tag's content, for reports and plans. */
export function summaryOf(state: TagState): TagContent {
  return state.kind === 'blocked' ? 'unreadable' : summaryIn(state);
}

/** The content of a tag that holds an image or an index; null for any other. */
export function summaryIn(state: TagState): TagSummary | null {
  if (state.kind !== 'manifest' && state.kind !== 'index') return null;
  const { digest, mediaType } = state.manifest;
  const children = state.kind === 'manifest' ? [state.child] : state.children;
  return { digest, mediaType, platforms: children.map((child) => describePlatform(child.platform)) };
}

/** What the tag holds after the decision is carried out. */
export function afterOf({ decision, state }: TagForecast): TagContent {
  if (state.kind === 'blocked') return 'unreadable';
  if (!decision.after) return summaryIn(state);
  const { digest, mediaType, platforms } = decision.after;
  return { digest, mediaType, platforms: platforms.map(describePlatform) };
}
