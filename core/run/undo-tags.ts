// Gives the tags of an undo back what they held, or takes them away; each is looked at right before and right after.
import type { ImageAction, Problem, TagSummary } from '../contract.js';
import { parseImageConfig } from '../content/image-config.js';
import { parseManifest, type RawManifest } from '../content/manifest.js';
import { formatPlatform } from '../content/platform.js';
import { AppError, isAbort, toProblem } from '../errors.js';
import { isImageChild } from '../plan/tag-state.js';
import type { ImageTarget } from '../target/image-target.js';
import type { Journal } from './journal.js';
import type { PauseGate } from './pause-gate.js';
import { endsRun } from './run-ending.js';
import type { RunRecord } from './run-record.js';
import { forEachLimited } from './task-pool.js';
import type { KeptContent } from './undo-history.js';
import type { PlannedTag, UndoReason } from './undo-job.js';

const TAGS_AT_A_TIME = 8;

export interface UndoStage {
  readonly journal: Journal;
  readonly record: RunRecord;
  readonly kept: KeptContent;
  /** Every spelling of the images under a tag, as the undone runs had them. */
  readonly sourcesOf: (target: string) => readonly string[];
  readonly pause: PauseGate;
  readonly signal: AbortSignal;
}

/** What became of a tag. */
interface Outcome {
  readonly action: ImageAction;
  readonly reason: UndoReason;
  /** Null when the tag is as it was when it was looked at first. */
  readonly after: TagSummary | null | 'as-before';
  readonly problem: Problem | null;
}

/** Carries out what was planned for each tag; failures stand in the rows, a failure of the whole target ends the run. */
export async function undoTags(
  tags: readonly PlannedTag[],
  target: ImageTarget,
  stage: UndoStage,
): Promise<void> {
  await forEachLimited(tags, TAGS_AT_A_TIME, async (tag) => {
    await stage.pause.passed(stage);
    const before = tag.now && (await summaryOf(tag.now, tag.repository, target, stage));
    const outcome = tag.action === 'leave' ? leaving(tag) : await carryOut(tag, before, target, stage);
    await tell(tag, before, outcome, stage);
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
    case 'unreadable':
      return { action: 'failed', reason, after, problem };
  }
}

async function carryOut(
  tag: PlannedTag,
  before: TagSummary | null,
  target: ImageTarget,
  stage: UndoStage,
): Promise<Outcome> {
  const { repository, former } = tag;
  const { journal, signal } = stage;
  try {
    const seen = await target.getManifest(repository, tag.tag, { signal });
    if ((seen?.digest ?? null) !== (tag.now?.digest ?? null)) {
      const params = {
        target: tag.target,
        run: tag.run,
        now: seen?.digest ?? '-',
        left: tag.now?.digest ?? '-',
      };
      const problem = new AppError('undo.tag-changed', { origin: 'app', params });
      return { action: 'conflict', reason: 'changed-since', after: 'as-before', problem: toProblem(problem) };
    }
    // the way back from here is written down before the tag is
    if (tag.now) await journal.keepManifest(tag.now);
    const next = former?.manifest.digest ?? null;
    await journal.append({ type: 'tag-writing', target: tag.target, before, next });
    if (former) await target.putManifest(repository, tag.tag, former.manifest, { signal, asItWas: true });
    else if (!(await target.deleteTag(repository, tag.tag, { signal }))) {
      const params = { target: tag.target, run: tag.run };
      const problem = new AppError('undo.tag-cannot-be-removed', { origin: 'registry', params });
      return { action: 'failed', reason: 'cannot-remove', after: 'as-before', problem: toProblem(problem) };
    }
    return { action: 'replace', reason: tag.reason, after: former?.summary ?? null, problem: null };
  } catch (error) {
    if (!(error instanceof AppError) || isAbort(error, signal) || endsRun(error)) throw error;
    return { action: 'failed', reason: tag.reason, after: 'as-before', problem: toProblem(error) };
  }
}

/** One row for each platform that the tag had or has. */
async function tell(
  tag: PlannedTag,
  before: TagSummary | null,
  { action, reason, after, problem }: Outcome,
  { record, sourcesOf }: UndoStage,
): Promise<void> {
  const sources = sourcesOf(tag.target);
  const held = after === 'as-before' ? before : after;
  const digests = childDigests((after === 'as-before' ? tag.now : tag.former?.manifest) ?? tag.now);
  const platforms = new Set([...(before?.platforms ?? []), ...(held?.platforms ?? [])]);
  const { repository, target } = tag;
  for (const platform of platforms.size === 0 ? [''] : platforms) {
    await record.imageRow({
      source: sources[0] ?? '',
      sources,
      target,
      repository,
      tag: tag.tag,
      platform,
      digest: digests.get(platform) ?? held?.digest ?? before?.digest ?? '',
      config: '',
      action,
      reason,
      package: '',
      version: '',
      before,
      after: held,
      problem,
    });
  }
}

function childDigests(manifest: RawManifest | null): ReadonlyMap<string, string> {
  const parsed = manifest && parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed?.kind !== 'index') return new Map();
  return new Map(
    parsed.manifests.filter(isImageChild).map((child) => [formatPlatform(child.platform), child.digest]),
  );
}

/** What a report says of it; a single manifest whose config is gone has no platform. */
async function summaryOf(
  { digest, mediaType, bytes }: RawManifest,
  repository: string,
  target: ImageTarget,
  { signal }: UndoStage,
): Promise<TagSummary> {
  const parsed = parseManifest(bytes, mediaType);
  if (parsed.kind === 'index') {
    const platforms = parsed.manifests.filter(isImageChild).map((child) => formatPlatform(child.platform));
    return { digest, mediaType, platforms };
  }
  if (parsed.kind === 'other') return { digest, mediaType, platforms: [] };
  const config = await target
    .getBlob(repository, parsed.config.digest, { signal })
    .catch((error: unknown) => {
      if (!(error instanceof AppError) || endsRun(error)) throw error;
      return null;
    });
  const platform = config && parseImageConfig(config)?.platform;
  return { digest, mediaType, platforms: platform?.os ? [formatPlatform(platform)] : [] };
}
