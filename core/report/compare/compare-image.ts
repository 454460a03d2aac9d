// One row of a comparison: what an import makes of each platform of an image. Pure functions of what was read.
import type { CoverageCell, CoverageImage } from '../../contract.js';
import { includesPlatform, parsePlatform } from '../../content/platform.js';
import { toProblem, type Problem } from '../../errors.js';
import type { Offer } from '../../run/base/offer.js';
import { conflictOf } from '../../run/tags/disputes.js';
import { blockedProblem } from '../../run/tags/tag-rows.js';
import {
  archColumn,
  BROKEN,
  columnOfOffer,
  draftOf,
  TARGET,
  type Content,
  type RowContext,
} from './compare-cell.js';
import type { TagView } from './compare-tag.js';
import type { ComparedTag } from './compared-tags.js';
import { columnOf } from './platform-columns.js';
import { latestVersion, stalePlatforms, type ServedImage } from './stale.js';

/** True when the platform can be pulled once the import is done. */
export function servesAfter({ state, reason, from }: CoverageCell): boolean {
  switch (state) {
    case 'same':
    case 'add':
    case 'replace':
      return true;
    case 'keep':
      return !BROKEN.has(reason);
    case 'conflict':
      return from === TARGET;
    case 'missing':
    case 'mislabelled':
    case 'not-used':
    case 'unreadable':
      return false;
  }
}

/** True when the platform can be pulled from the target now, as far as could be read. */
export function servesNow(image: CoverageImage, column: string): boolean {
  const cell = image.cells[column];
  if (!cell || cell.state === 'mislabelled' || BROKEN.has(cell.reason)) return false;
  // any version of an operating system meets a required platform that names none
  return (
    image.before.includes(column) || (cell.state !== 'not-used' && includesPlatform(image.before, column))
  );
}

/** The columns of the images of a tag, in the target and in packages, and of what the packages lack. */
export function columnsOfTag(tag: ComparedTag, view: TagView, context: RowContext): readonly string[] {
  return [
    ...tag.offers.map((offer) => columnOfOffer(offer, context)),
    ...view.held.map((one) => columnOf(one.platform)),
    ...tag.lackedBy.flatMap((at) => archColumn(context.names[at])),
  ];
}

/** The row of one tag, with a cell for each of the columns. */
export function coverageImage(
  tag: ComparedTag,
  view: TagView,
  reference: string,
  columns: readonly string[],
  { bytesToSend, ...context }: RowContext & { readonly bytesToSend: ReadonlyMap<string, number> },
): CoverageImage {
  const drafts = new Map(columns.map((column) => [column, draftOf(column, tag, view, context)]));
  const versions = (content: Content): readonly string[] => versionsOf(content, tag, context);
  const served = new Map<string, ServedImage>();
  for (const [column, { served: content, rivals }] of drafts) {
    if (!content) continue;
    const ages = rivals.map((offer) => ({
      created: offer.created,
      version: versionOf(offer, context) || null,
    }));
    served.set(column, { versions: versions(content), created: content.created, rivals: ages });
  }
  const stale = stalePlatforms(served);
  const cells = Object.fromEntries(
    [...drafts].map(([column, draft]): [string, CoverageCell] => {
      const content = draft.served ?? draft.offered;
      const osVersion = parsePlatform(column)?.osVersion;
      return [
        column,
        {
          state: draft.state,
          stale: stale.has(column),
          digest: draft.served?.digest ?? null,
          from: content?.from ?? '',
          version: content ? latestVersion(versions(content)) : '',
          created: content?.created ?? null,
          bytes: content?.bytes ?? 0,
          ...(osVersion === undefined ? {} : { osVersion }),
          reason: draft.reason,
        },
      ];
    }),
  );
  const { target } = context;
  const isReadable = view.state.kind !== 'blocked';
  return {
    source: tag.sources[0] ?? reference,
    sources: tag.sources,
    target: target ? reference : '',
    charts: tag.charts,
    cells,
    before: view.held.map((one) => columnOf(one.platform)),
    after: isReadable ? (view.decision.after?.platforms ?? []).map(columnOf) : [],
    bytesToSend: bytesToSend.get(reference) ?? 0,
    problem: problemOf(view, reference),
  };
}

/** Package versions that hold the same image under the tag's name: of the compared packages and of former imports. */
export function versionsOf(
  { digest, config }: Pick<Content, 'digest' | 'config'>,
  { offers, sources }: ComparedTag,
  context: RowContext,
): readonly string[] {
  const same = offers.filter((offer) => offer.manifest.digest === digest || offer.config.digest === config);
  const compared = same.map((offer) => versionOf(offer, context)).filter((version) => version !== '');
  return [...new Set([...compared, ...context.history.versionsOf(sources, { digest, config })])];
}

function versionOf(offer: Offer, { labels }: RowContext): string {
  return labels[offer.packageAt]?.version ?? '';
}

function problemOf({ state, decision, job, disputes }: TagView, reference: string): Problem | null {
  const blocked = decision.rows.find(({ action }) => action === 'blocked');
  if (state.kind === 'blocked') return blockedProblem(state.reason, state);
  if (blocked) return blockedProblem(blocked.reason, state);
  const dispute = disputes.find((problem) => problem !== null);
  if (dispute) return dispute;
  const conflicts = job.conflicting.map((offer) => conflictOf(job, offer, reference));
  const meeting = conflicts.find(({ reason }) => reason === 'other-source');
  if (meeting) return toProblem(meeting.problem);
  const problem = job.failed.find((offer) => offer.problem !== null)?.problem;
  return problem ? toProblem(problem) : null;
}
