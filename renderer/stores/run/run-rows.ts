// The rows of the run screen: one for each tag, from the run's plan or its packages, with what the run's events say about it. Pure.
import { isWritten } from '../../../core/contract.js';
import type {
  ActiveRun,
  BlobUpload,
  ImageEnd,
  OfferedImage,
  Plan,
  RunProgress,
} from '../../../core/contract.js';
import type { LayerPart } from '../../parts/layer-bar.js';
import type { RunState } from '../../parts/status-words.js';
import { platformName } from '../platform-name.js';

/** One image of a row, for one platform. */
export interface RowPart {
  readonly platform: string;
  readonly digest: string;
  /** File name of its package. */
  readonly package: string;
  readonly layers: readonly RowLayer[];
  /** True for an image that the plan leaves out because its programs are of another architecture. */
  readonly leftOut: boolean;
}

interface RowLayer {
  readonly digest: string;
  readonly bytes: number;
  /** True where the plan found it in the image's repository. */
  readonly held: boolean;
}

/** What is known of a tag before events of the run name it. */
export interface RowPlan {
  readonly key: string;
  /** The image's reference at its source. */
  readonly source: string;
  readonly parts: readonly RowPart[];
}

export interface RunRow extends RowPlan {
  readonly state: RunState;
  readonly layers: readonly LayerPart[];
  readonly bytes: number;
  readonly bytesDone: number;
  readonly ends: readonly ImageEnd[];
}

export type RowFilter = 'all' | 'active' | 'done' | 'problems' | 'waiting';

/** What the rows are made of: the run's own plan, the images of its packages once they were read, and the outcomes. */
export interface RowSources {
  readonly plan: Plan | null;
  readonly offered: readonly OfferedImage[];
  readonly ends: Iterable<ImageEnd>;
}

/** The plan that a run carries out; null for an undo and for an import without a plan. */
export function planOf(request: ActiveRun['request'] | null): Plan | null {
  return request !== null && 'plan' in request ? (request.plan ?? null) : null;
}

/** One row for each image of the plan, or of the packages; then images that only events name. */
export function planRows({ plan, offered, ends }: RowSources): readonly RowPlan[] {
  const rows = new Map<string, { source: string; parts: Map<string, RowPart> }>();
  const add = (source: string, part: RowPart): void => {
    const row = rows.get(source) ?? { source, parts: new Map<string, RowPart>() };
    rows.set(source, row);
    if (!row.parts.has(part.platform)) row.parts.set(part.platform, part);
  };
  for (const image of plan?.images ?? []) add(image.source, partOfPlan(image, plan?.blobs ?? []));
  for (const image of offered) {
    const { source, digest, package: name } = image;
    const layers = image.layers.map((layer) => ({ ...layer, held: false }));
    add(source, { platform: platformName(image), digest, package: name, layers, leftOut: false });
  }
  for (const image of ends) {
    const { source, digest } = image;
    add(source, { platform: platformName(image), digest, package: '', layers: [], leftOut: false });
  }
  return [...rows].map(([key, { source, parts }]) => ({ key, source, parts: [...parts.values()] }));
}

function partOfPlan(image: Plan['images'][number], blobs: Plan['blobs']): RowPart {
  const { digest, action, reason, package: name } = image;
  const held = new Set(image.held);
  const counts = isWritten(image) || action === 'skip';
  const layers = (counts ? image.blobs : []).flatMap((at) => {
    const blob = blobs[at];
    return blob ? [{ ...blob, held: held.has(at) }] : [];
  });
  const leftOut = action === 'blocked' && reason === 'mislabelled';
  return { platform: platformName(image), digest, package: name, layers, leftOut };
}

/** All rows, active ones first. */
export function rowsAfter(plans: readonly RowPlan[], progress: RunProgress): readonly RunRow[] {
  const ends = endsBySource(progress.images);
  const uploads = new Map(progress.uploads.map((upload) => [upload.digest, upload]));
  return inOrder(plans.map((plan) => rowAfter(plan, progress, uploads, ends.get(plan.source) ?? [])));
}

function rowAfter(
  row: RowPlan,
  progress: RunProgress,
  uploads: ReadonlyMap<string, BlobUpload>,
  ends: readonly ImageEnd[],
): RunRow {
  let [bytes, bytesDone] = [0, 0];
  const layers = uniqueLayers(row).map(({ digest, bytes: size, held }): LayerPart => {
    bytes += size;
    const ended = progress.blobs.get(digest);
    if (ended?.state === 'failed') return { bytes: size, state: 'failed' };
    if (ended) {
      bytesDone += size;
      return { bytes: size, state: ended.state === 'sent' ? 'sent' : 'present' };
    }
    const upload = uploads.get(digest);
    if (!upload && held) {
      bytesDone += size;
      return { bytes: size, state: 'present' };
    }
    if (!upload) return { bytes: size, state: 'waiting' };
    const sent = upload.bytes === 0 ? 0 : Math.min(1, upload.sent / upload.bytes);
    bytesDone += size * sent;
    return { bytes: size, state: 'waiting', sent };
  });
  return { ...row, layers, bytes, bytesDone, ends, state: stateOf(row, layers, progress, ends) };
}

function uniqueLayers({ parts }: RowPlan): RowPart['layers'] {
  const seen = new Map(parts.flatMap((part) => part.layers.map((layer) => [layer.digest, layer])));
  return [...seen.values()];
}

const WRITTEN = new Set(['push', 'promote', 'add', 'replace', 'repair']);

function stateOf(
  row: RowPlan,
  layers: readonly LayerPart[],
  { paused, stage, ended }: RunProgress,
  ends: readonly ImageEnd[],
): RunState {
  const isLeftOut = ({ action, reason }: ImageEnd): boolean =>
    action === 'blocked' && reason === 'mislabelled';
  if (ends.some((end) => (end.action === 'failed' || end.action === 'blocked') && !isLeftOut(end)))
    return 'failed';
  if (row.parts.every(({ leftOut }) => leftOut) || (ends.length > 0 && ends.every(isLeftOut)))
    return 'left-out';
  // The other platforms of the image are there; this one is not.
  if (ends.length >= row.parts.length && ends.some(isLeftOut)) return 'left-out';
  if (ends.length >= row.parts.length && ends.length > 0)
    return ends.some(({ action }) => WRITTEN.has(action)) ? 'verified' : 'skipped';
  if (ended !== null) return ends.length > 0 ? 'verified' : 'not-begun';
  const isDone = layers.every(({ state }) => state === 'sent' || state === 'present');
  if (stage === 'tags' && isDone) return 'joining';
  if (layers.some(({ state }) => state === 'failed')) return 'retrying';
  if (layers.some(({ sent }) => sent !== undefined)) return paused ? 'paused' : 'sending';
  return 'waiting';
}

const FILTERS: Readonly<Record<RunState, RowFilter>> = {
  waiting: 'waiting',
  sending: 'active',
  joining: 'active',
  retrying: 'active',
  paused: 'active',
  verified: 'done',
  skipped: 'done',
  failed: 'problems',
  'left-out': 'problems',
  // A run that has ended has nothing that waits.
  'not-begun': 'problems',
};

export function filterOf(state: RunState): RowFilter {
  return FILTERS[state];
}

const ORDER: readonly RunState[] = [
  'failed',
  'sending',
  'retrying',
  'paused',
  'joining',
  'left-out',
  'waiting',
  'not-begun',
  'verified',
  'skipped',
];

/** Rows of the same state stay in the order of the plan. */
function inOrder(rows: readonly RunRow[]): readonly RunRow[] {
  return ORDER.flatMap((state) => rows.filter((row) => row.state === state));
}

function endsBySource(images: RunProgress['images']): ReadonlyMap<string, readonly ImageEnd[]> {
  const ends = new Map<string, ImageEnd[]>();
  for (const end of images.values()) {
    const known = ends.get(end.source);
    if (known) known.push(end);
    else ends.set(end.source, [end]);
  }
  return ends;
}
