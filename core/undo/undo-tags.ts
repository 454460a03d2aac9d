// Restores the former content of tags in an undo, or removes tags. Each is read right before and right after its write.
import type { ImageAction, Problem, TagSummary } from '../contract.js';
import type { Digest } from '../content/digest.js';
import { parseImageConfig } from '../content/image-config.js';
import { parseManifest, type RawManifest } from '../content/manifest.js';
import { describePlatform, parsePlatform, platformFields, type PlatformFields } from '../content/platform.js';
import { AppError, toProblem } from '../errors.js';
import { isImageChild } from '../plan/tag-state.js';
import type { ImageTarget } from '../ports/image-target.js';
import type { Journal } from '../journal/journal.js';
import type { PauseGate } from '../flow/pause-gate.js';
import { concernsOneItem } from '../run/base/run-ending.js';
import type { RunRecord } from '../run/base/run-record.js';
import { displacedParts, TagParts } from '../run/tags/tag-parts.js';
import { forEachLimited } from '../flow/task-pool.js';
import type { KeptContent } from '../journal/former-runs.js';
import type { PlannedTag, UndoReason } from './undo-job.js';
import { TAGS_AT_A_TIME } from '../flow/limits.js';

export interface UndoStage {
  readonly journal: Journal;
  readonly record: RunRecord;
  readonly kept: KeptContent;
  /** The source names of the images under a tag, from the rows of the undone runs. */
  readonly sourcesOf: (target: string) => readonly string[];
  readonly pause: PauseGate;
  /** The codes for what the target offers no way to remove: an undo and a prune have different words. */
  readonly refusals: {
    readonly tag: 'undo.tag-cannot-be-removed' | 'prune.tag-cannot-be-removed';
    readonly chart: 'undo.chart-cannot-be-removed' | 'prune.chart-cannot-be-removed';
  };
  readonly signal: AbortSignal;
}

/** The outcome for one tag. */
interface Outcome {
  readonly action: ImageAction;
  readonly reason: UndoReason;
  /** What the tag holds afterwards; `as-before`: what it held when it was read first. */
  readonly after: RawManifest | null | 'as-before' | 'unreadable';
  readonly problem: Problem | null;
}

/** Carries out the plan for each tag. Failures of one tag are in its rows; failures that end the run are thrown. */
export async function undoTags(
  tags: readonly PlannedTag[],
  target: ImageTarget,
  stage: UndoStage,
): Promise<void> {
  const parts = new TagParts({ target, signal: stage.signal });
  await forEachLimited(tags, TAGS_AT_A_TIME, async (tag) => {
    await stage.pause.passed(stage);
    const before = tag.now && (await summaryOf(tag.now, tag.repository, target, stage));
    const outcome =
      tag.action === 'leave' ? leaving(tag) : await restoreTag(tag, before, target, parts, stage);
    await tell(tag, before, outcome, target, stage);
  });
}

function leaving({ reason, problem }: PlannedTag): Outcome {
  const after = 'as-before';
  switch (reason) {
    case 'already-there':
      return { action: 'skip', reason, after, problem: null };
    case 'changed-since':
    case 'shared':
      return { action: 'conflict', reason, after, problem };
    case 'parts-missing':
      return { action: 'blocked', reason, after, problem };
    case 'restored':
    case 'removed':
    case 'cannot-remove':
    case 'not-kept':
      return { action: 'failed', reason, after, problem };
    case 'unreadable':
      return { action: 'failed', reason, after: reason, problem };
  }
}

async function restoreTag(
  tag: PlannedTag,
  before: TagSummary | null,
  target: ImageTarget,
  parts: TagParts,
  stage: UndoStage,
): Promise<Outcome> {
  const { repository, former } = tag;
  const { journal, signal } = stage;
  let mayBeWritten = false;
  try {
    const seen = await target.getManifest(repository, tag.tag, { signal });
    if (seen?.digest !== tag.now?.digest) return changedSince(tag, seen);
    const next = former?.manifest ?? null;
    const leaving = await leavingParts(tag, target, stage);
    // the journal must hold what the tag held before it is written, so that this undo can be undone
    for (const manifest of leaving) await journal.keepManifest(manifest);
    await journal.append({ type: 'tag-writing', target: tag.target, before, next: next?.digest ?? null });
    await journal.commit();
    for (const part of former?.parts.gone ?? [])
      await target.putManifest(repository, part.digest, part, { signal, asItWas: true });
    const still = await target.getManifest(repository, tag.tag, { signal });
    if (still?.digest !== tag.now?.digest) return changedSince(tag, still);
    mayBeWritten = true;
    if (former) {
      const all = [...leaving, ...former.parts.manifests];
      const moved = { repository, written: former.manifest, parts: all, fresh: new Set<Digest>() };
      await parts.around(moved, stage, () =>
        target.putManifest(repository, tag.tag, former.manifest, { signal, asItWas: true }),
      );
    } else if (!(await target.deleteTag(repository, tag.tag, { signal }))) {
      const params = { target: tag.target, run: tag.run };
      const problem = new AppError(stage.refusals.tag, { origin: 'registry', params });
      return { action: 'failed', reason: 'cannot-remove', after: 'as-before', problem: toProblem(problem) };
    }
    if (!signal.aborted) {
      const held = await target.getManifest(repository, tag.tag, { signal });
      if (held?.digest !== next?.digest) return changedSince(tag, held);
    }
    return { action: 'replace', reason: tag.reason, after: next, problem: null };
  } catch (error) {
    if (!concernsOneItem(error, stage)) throw error;
    // the answer to a write may be lost although the target stored it
    const after = mayBeWritten ? await look(tag, target, stage) : 'as-before';
    return { action: 'failed', reason: tag.reason, after, problem: toProblem(error) };
  }
}

/** What may go away with the tag's present content: that itself, and what only it lists. A folder keeps its content. */
async function leavingParts(
  { repository, now, former }: PlannedTag,
  target: ImageTarget,
  { signal }: UndoStage,
): Promise<readonly RawManifest[]> {
  if (!now) return [];
  if (target.kind === 'folder') return [now];
  const next = former?.manifest ?? null;
  const listed = await displacedParts(target, repository, now, next, new Map(), { signal });
  return [now, ...listed];
}

/** The outcome for a tag that somebody else wrote since it was read, or right after it was restored. It stays. */
function changedSince({ target, run, now: left }: PlannedTag, now: RawManifest | null): Outcome {
  const params = { target, run, now: now?.digest ?? '-', left: left?.digest ?? '-' };
  const problem = toProblem(new AppError('undo.tag-changed', { origin: 'app', params }));
  return { action: 'conflict', reason: 'changed-since', after: now, problem };
}

async function look(
  { repository, tag }: PlannedTag,
  target: ImageTarget,
  stage: UndoStage,
): Promise<RawManifest | null | 'unreadable'> {
  try {
    return await target.getManifest(repository, tag, stage);
  } catch (error) {
    if (!concernsOneItem(error, stage)) throw error;
    return 'unreadable';
  }
}

/** One row for each platform that the tag had before or has now. */
async function tell(
  tag: PlannedTag,
  before: TagSummary | null,
  { action, reason, after, problem }: Outcome,
  images: ImageTarget,
  stage: UndoStage,
): Promise<void> {
  const sources = stage.sourcesOf(tag.target);
  const held = after === 'as-before' ? before : await contentOf(tag, after, images, stage);
  const known = held === 'unreadable' ? null : held;
  const digests = childDigests((typeof after === 'string' ? null : after) ?? tag.now);
  const platforms = new Set([...(before?.platforms ?? []), ...(known?.platforms ?? [])]);
  const { repository, target } = tag;
  for (const platform of platforms.size === 0 ? [''] : platforms) {
    await stage.record.imageRow({
      source: sources[0] ?? '',
      sources,
      target,
      repository,
      tag: tag.tag,
      ...fieldsOf(platform),
      digest: digests.get(platform) ?? known?.digest ?? before?.digest ?? '',
      config: '',
      action,
      reason,
      package: '',
      version: '',
      // the tag could not be read, so it must not be called absent
      before: tag.reason === 'unreadable' ? tag.reason : before,
      after: held,
      problem,
    });
  }
}

function fieldsOf(text: string): PlatformFields {
  const platform = parsePlatform(text);
  return platform === null ? { platform: text } : platformFields(platform);
}

/** The content of a manifest, for reports. For the former manifest the plan has it already. */
async function contentOf(
  { former, repository }: PlannedTag,
  after: RawManifest | null | 'unreadable',
  target: ImageTarget,
  stage: UndoStage,
): Promise<TagSummary | null | 'unreadable'> {
  if (after === null || after === 'unreadable') return after;
  return former?.manifest === after ? former.summary : summaryOf(after, repository, target, stage);
}

function childDigests(manifest: RawManifest | null): ReadonlyMap<string, string> {
  const parsed = manifest && parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed?.kind !== 'index') return new Map();
  return new Map(
    parsed.manifests.filter(isImageChild).map((child) => [describePlatform(child.platform), child.digest]),
  );
}

/** The content of a manifest, read from the target; a single manifest whose config is gone has no platform. */
async function summaryOf(
  { digest, mediaType, bytes }: RawManifest,
  repository: string,
  target: ImageTarget,
  { signal }: UndoStage,
): Promise<TagSummary> {
  const parsed = parseManifest(bytes, mediaType);
  if (parsed.kind === 'index') {
    const platforms = parsed.manifests.filter(isImageChild).map((child) => describePlatform(child.platform));
    return { digest, mediaType, platforms };
  }
  if (parsed.kind === 'other') return { digest, mediaType, platforms: [] };
  const config = await target
    .getBlob(repository, parsed.config.digest, { signal })
    .catch((error: unknown) => {
      if (!concernsOneItem(error, { signal })) throw error;
      return null;
    });
  const platform = config && parseImageConfig(config)?.platform;
  return { digest, mediaType, platforms: platform?.os ? [describePlatform(platform)] : [] };
}
