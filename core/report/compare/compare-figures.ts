// The rows of a comparison as the figures count them: the same rows and the same questions about blobs as in a plan.
import type { Digest } from '../../content/digest.js';
import { bytesOfParts } from '../../contract.js';
import type { CoverageFigures } from '../../contract.js';
import { isAboutTheTag } from '../../plan/survey.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { TagReader } from '../../ports/tag-reader.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import { surveyBlobs, type BlobKnowledge } from '../../run/forecast/blob-survey.js';
import { planRows } from '../../run/forecast/plan-rows.js';
import type { BlobPresence } from '../../run/upload/blob-presence.js';
import type { TagView } from './compare-tag.js';

export interface FigureOptions extends Cancellable {
  readonly target: TagReader;
  readonly presence: BlobPresence;
  readonly labels: readonly PackageLabel[];
}

/** Throws only what concerns the whole target. A blob whose presence cannot be told counts as absent, because it would be sent. */
export async function coverageFigures(
  views: readonly TagView[],
  { target, presence, labels, signal }: FigureOptions,
): Promise<CoverageFigures> {
  const forecasts = new Map(views.map((view) => [view.job, view]));
  const has: BlobKnowledge['has'] = async (repository, blob) => {
    try {
      return await presence.has(repository, blob);
    } catch (error) {
      if (!isAboutTheTag(error)) throw error;
      return false;
    }
  };
  const known = { has, holdersOf: (digest: Digest) => presence.holdersOf(digest) };
  const survey = await surveyBlobs([...forecasts.keys()], forecasts, known, { signal });
  const images = planRows(forecasts, target, labels, [], survey).map((row) => {
    const { platform, osVersion, digest, action, decision, bytes, blobs, held, bundles } = row;
    const version = osVersion === undefined ? {} : { osVersion };
    const fate = { action, decision, bytes, blobs, held, bundles };
    return { target: row.target, platform, ...version, digest, ...fate };
  });
  return { blobs: survey.blobs, images, charts: [] };
}

/** For each tag the bytes that it alone would need, by `host/repo:tag`. */
export function bytesByTag(figures: CoverageFigures): ReadonlyMap<string, number> {
  return bytesOfParts(figures, ({ target }) => [target]);
}
