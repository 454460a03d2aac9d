// The comparison with the person's decisions in it: what each cell and each tag will be, and which rows have the same cause. Pure.
import type { CellState, Coverage, CoverageCell, CoverageImage, Decision } from '../../../core/contract.js';
import { imageKey, type Decisions } from '../plan/plan-decisions.js';
import { platformName } from '../platform-name.js';

/** An image on a platform where the target holds other content, so the person may decide. */
export interface OpenDecision {
  /** The key of the decision. */
  readonly key: string;
  /** What applies without a decision of the person. */
  readonly byPolicy: Decision;
}

/** Name of an image and of a platform in {@link openDecisions}. */
export type DecisionLookup = (image: CoverageImage, platform: string) => OpenDecision | null;

/** Which cells the person may decide; none where the comparison has no target. */
export function openDecisions({ figures }: Pick<Coverage, 'figures'>): DecisionLookup {
  const open = new Map<string, OpenDecision>();
  for (const row of figures?.images ?? [])
    if (row.decision !== null)
      open.set(`${row.target} ${platformName(row)}`, { key: imageKey(row), byPolicy: row.decision });
  return ({ target }, platform) => open.get(`${target} ${platform}`) ?? null;
}

const DECIDED: Readonly<Record<Decision, CellState>> = { replace: 'replace', keep: 'keep', stop: 'conflict' };

/** The cell as it is after the person's decision; the same cell where there is none. */
export function decidedCell(
  cell: CoverageCell,
  open: OpenDecision | null,
  decisions: Decisions,
): CoverageCell {
  const decision = open ? decisions[open.key] : undefined;
  if (decision === undefined) return cell;
  const state = DECIDED[decision];
  if (state === cell.state) return cell;
  return { ...cell, state, reason: 'decided', from: state === 'replace' ? '' : 'target' };
}

/** Every image with the decisions in its cells. An image without a decision stays the same object, so that its row is not drawn again. */
export function decidedImages(
  { images, figures }: Pick<Coverage, 'images' | 'figures'>,
  decisions: Decisions,
): readonly CoverageImage[] {
  if (Object.keys(decisions).length === 0) return images;
  const lookup = openDecisions({ figures });
  return images.map((image) => {
    const cells = Object.entries(image.cells).map(
      ([platform, cell]) => [platform, decidedCell(cell, lookup(image, platform), decisions)] as const,
    );
    const isChanged = cells.some(([platform, cell]) => image.cells[platform] !== cell);
    return isChanged ? { ...image, cells: Object.fromEntries(cells) } : image;
  });
}

/** Keys of all decisions whose cells have the same cause as this one, this one included. */
export function sameCause(
  coverage: Pick<Coverage, 'images' | 'figures'>,
  { state, reason }: Pick<CoverageCell, 'state' | 'reason'>,
): readonly string[] {
  const lookup = openDecisions(coverage);
  return coverage.images.flatMap((image) =>
    Object.entries(image.cells).flatMap(([platform, cell]) => {
      const open = lookup(image, platform);
      return open !== null && cell.state === state && cell.reason === reason ? [open.key] : [];
    }),
  );
}
