// One platform of one image in a comparison: what the tag will serve there, where it comes from, and why.
import type { CellState, ReportTarget } from '../../contract.js';
import type { ImageAction } from '../../contract/report.js';
import type { Digest } from '../../content/digest.js';
import { includesPlatform, parsePlatform } from '../../content/platform.js';
import type { PackageName } from '../../package/source/names.js';
import { isLeftOut } from '../../plan/mislabelled.js';
import type { PackageHistory } from '../../journal/known-versions.js';
import type { Offer } from '../../run/base/offer.js';
import { conflictOf } from '../../run/tags/disputes.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import type { ComparedTag } from './compared-tags.js';
import type { HeldImage, TagView } from './compare-tag.js';
import { columnOf, UNKNOWN_COLUMN } from './platform-columns.js';

/** What all rows of a comparison share. */
export interface RowContext {
  /** The packages in their order: what they are called, and what their names say. */
  readonly labels: readonly PackageLabel[];
  readonly names: readonly PackageName[];
  readonly history: PackageHistory;
  /** Columns that every image must have. */
  readonly required: ReadonlySet<string>;
  /** Null: packages alone. */
  readonly target: ReportTarget | null;
}

/** A cell without its versions: what the tag will serve there after the import, and why. */
export interface Draft {
  readonly state: CellState;
  readonly reason: string;
  /** What the tag serves when the import is done. */
  readonly served: Content | null;
  /** What the cell is about where nothing is served. */
  readonly offered: Content | null;
  readonly rivals: readonly Offer[];
}

/** An image of the target or of a package. */
export interface Content {
  readonly from: string;
  readonly digest: Digest;
  readonly config: Digest | null;
  readonly created: string | null;
  readonly bytes: number;
}

/** The value of `from` for an image that the target holds. */
export const TARGET = 'target';
/** Reasons of cells whose platform is listed under the tag, but perhaps cannot be pulled. */
export const BROKEN: ReadonlySet<string> = new Set(['incomplete', 'unreadable']);
const STATE: Readonly<Record<Exclude<ImageAction, 'blocked' | 'failed'>, CellState>> = {
  push: 'add',
  promote: 'add',
  add: 'add',
  repair: 'add',
  replace: 'replace',
  skip: 'same',
  keep: 'keep',
  conflict: 'conflict',
};

/** What an import makes of one column of the tag. */
export function draftOf(column: string, tag: ComparedTag, view: TagView, context: RowContext): Draft {
  const { state, decision, job } = view;
  const none = { served: null, offered: null, rivals: [] };
  if (state.kind === 'blocked') return { ...none, state: 'unreadable', reason: state.reason };
  const here = (offers: readonly Offer[]): readonly Offer[] =>
    inColumn(column, offers, (offer) => columnOfOffer(offer, context), context);
  const [child] = inColumn(column, view.held, (one) => columnOf(one.platform), context);
  const held = child ? heldContent(child) : null;
  const [chosen] = here(job.chosen.map(({ offer }) => offer));
  const row = decision.rows[job.chosen.findIndex(({ offer }) => offer === chosen)];
  if (chosen && row) {
    const { action, reason } = row;
    const content = offeredContent(chosen, context);
    if (action === 'blocked' || action === 'failed')
      return { ...none, state: 'mislabelled', reason, served: held, offered: content };
    const isTaken = STATE[action] === 'add' || STATE[action] === 'replace';
    const rivals = action === 'keep' || action === 'conflict' ? [chosen] : [];
    return {
      ...none,
      state: STATE[action],
      reason: shownReason(action, reason),
      served: isTaken ? content : held,
      rivals,
    };
  }
  const rivals = here(job.conflicting);
  const [rival] = rivals;
  if (rival) {
    const offered = offeredContent(rival, context);
    const { reason } = conflictOf(job, rival, '');
    return { state: 'conflict', reason, served: held, offered, rivals };
  }
  const failed = here(job.failed);
  const mislabelled = failed.find((offer) => isLeftOut(offer.problem));
  if (mislabelled) {
    const offered = offeredContent(mislabelled, context);
    return { ...none, state: 'mislabelled', reason: 'mislabelled', served: held, offered };
  }
  const isDamaged = failed.length > 0;
  if (held && child) {
    const reason = child.state !== 'whole' ? child.state : isDamaged ? 'damaged' : '';
    return { ...none, state: 'keep', reason, served: held };
  }
  if (isDamaged) return { ...none, state: 'missing', reason: 'damaged' };
  if (tag.lackedBy.some((package_) => archColumn(context.names[package_]).includes(column)))
    return { ...none, state: 'missing', reason: 'lacking' };
  if (!context.required.has(column)) return { ...none, state: 'not-used', reason: '' };
  return {
    ...none,
    state: 'missing',
    reason: isOnlyOfFamily(column, tag, context) ? 'only-package-of-family' : '',
  };
}

/**
 * What stands in a column. In that of a required platform that names no version of its operating system, which any version meets,
 * these are images with a version where there is none without.
 */
function inColumn<T>(
  column: string,
  items: readonly T[],
  columnFor: (item: T) => string,
  { required }: RowContext,
): readonly T[] {
  const exact = items.filter((item) => columnFor(item) === column);
  if (exact.length > 0 || !required.has(column)) return exact;
  return items.filter((item) => includesPlatform([columnFor(item)], column));
}

/** The reason to show; empty where it only repeats the state. */
function shownReason(action: ImageAction, reason: string): string {
  const isPlain = action === 'push' || action === 'promote' || action === 'add';
  return isPlain || reason === 'same-digest' ? '' : reason;
}

/**
 * True when none of the given packages could have brought the platform: there is none of the same family (full, standard, gpu)
 * for that architecture. Then the platform is not missing from a package.
 */
function isOnlyOfFamily(column: string, tag: ComparedTag, { names }: RowContext): boolean {
  const bringing = new Set([...tag.offers.map((offer) => offer.packageAt), ...tag.lackedBy]);
  const families = new Set([...bringing].map((at) => names[at]?.family));
  const architecture = parsePlatform(column)?.architecture;
  return [...families].every((family) => {
    const given = names.filter((name) => name.family === family);
    // a package whose file name has no architecture may be the one for this platform
    return given.every(({ arch }) => (arch === '' ? given.length === 1 : arch !== architecture));
  });
}

/** The column of an image of a package. */
export function columnOfOffer(offer: Offer, { names }: RowContext): string {
  const column = columnOf(offer.platform);
  if (column !== UNKNOWN_COLUMN) return column;
  // an image without a platform counts for that of its programs, or else for that of its package
  const { found } = offer.programs;
  const platform = found === null ? null : parsePlatform(found);
  return platform ? columnOf(platform) : (archColumn(names[offer.packageAt])[0] ?? UNKNOWN_COLUMN);
}

/** The column of the architecture in a package's file name; empty when the name has none. */
export function archColumn(name: PackageName | undefined): readonly string[] {
  return name && name.arch !== '' ? [columnOf({ os: 'linux', architecture: name.arch })] : [];
}

function heldContent({ digest, manifest, created }: HeldImage): Content {
  const blobs = manifest ? [manifest.config, ...manifest.layers] : [];
  return { from: TARGET, digest, config: manifest?.config.digest ?? null, created, bytes: sizeOf(blobs) };
}

function offeredContent(
  { manifest, config, layers, created, packageAt }: Offer,
  { labels }: RowContext,
): Content {
  const from = labels[packageAt]?.fileName ?? '';
  return {
    from,
    digest: manifest.digest,
    config: config.digest,
    created,
    bytes: sizeOf([config, ...layers]),
  };
}

/** Size of these blobs in bytes; a blob that occurs several times counts once. */
export function sizeOf(blobs: readonly { readonly digest: Digest; readonly size: number }[]): number {
  return [...new Map(blobs.map(({ digest, size }) => [digest, size])).values()].reduce(
    (sum, one) => sum + one,
    0,
  );
}
