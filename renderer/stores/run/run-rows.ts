// The rows of the run screen: one for each tag, from the plan or the packages, with what the run's events say about it.
import type { BlobUpload, InventoryPackage, Plan } from '../../../core/contract.js';
import type { LayerPart } from '../../parts/layer-bar.js';
import type { RunState } from '../../parts/status-words.js';
import { platformName } from '../platform-name.js';
import type { ImageEnd, RunProgress } from './run-events.js';

/** One image of a row, for one platform. */
export interface RowPart {
  readonly platform: string;
  readonly digest: string;
  /** File name of its package. */
  readonly package: string;
  readonly layers: readonly { readonly digest: string; readonly bytes: number }[];
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

/** Images of the packages by the digest of their manifest; rows of a plan find their layers by it. */
function layersByDigest(packages: readonly InventoryPackage[]): ReadonlyMap<string, RowPart['layers']> {
  return new Map(packages.flatMap(({ images }) => images.map(({ digest, layers }) => [digest, layers])));
}

/** One row for each tag of the plan; without a plan one for each image of the packages; then tags that only events name. */
export function planRows(
  plan: Plan | null,
  packages: readonly InventoryPackage[],
  told: Iterable<ImageEnd>,
): readonly RowPlan[] {
  const layers = layersByDigest(packages);
  const rows = new Map<string, { source: string; parts: Map<string, RowPart> }>();
  const add = (key: string, source: string, part: RowPart): void => {
    const row = rows.get(key) ?? { source, parts: new Map<string, RowPart>() };
    rows.set(key, row);
    if (!row.parts.has(part.platform)) row.parts.set(part.platform, part);
  };
  for (const image of plan?.images ?? []) {
    const { source, digest, package: name } = image;
    const part = { platform: platformName(image), digest, package: name };
    add(source, source, { ...part, layers: layers.get(digest) ?? [] });
  }
  if (plan === null) {
    for (const { name, images } of packages)
      for (const image of images) {
        const { source, digest, layers: own } = image;
        add(source, source, { platform: platformName(image), digest, package: name, layers: own });
      }
  }
  for (const image of told) {
    const { source, digest } = image;
    const part = { platform: platformName(image), digest, package: '' };
    add(source, source, { ...part, layers: layers.get(digest) ?? [] });
  }
  return [...rows].map(([key, { source, parts }]) => ({ key, source, parts: [...parts.values()] }));
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
  const layers = uniqueLayers(row).map(({ digest, bytes: size }): LayerPart => {
    bytes += size;
    const ended = progress.blobs.get(digest);
    if (ended?.state === 'failed') return { bytes: size, state: 'failed' };
    if (ended) {
      bytesDone += size;
      return { bytes: size, state: ended.state === 'sent' ? 'sent' : 'present' };
    }
    const upload = uploads.get(digest);
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
  if (ends.some(({ action }) => action === 'failed' || action === 'blocked')) return 'failed';
  if (ends.length >= row.parts.length && ends.length > 0)
    return ends.some(({ action }) => WRITTEN.has(action)) ? 'verified' : 'skipped';
  if (ended !== null) return ends.length > 0 ? 'verified' : 'waiting';
  const begun = layers.some(({ state, sent }) => state === 'sent' || sent !== undefined);
  if (stage === 'tags' && layers.every(({ state }) => state !== 'waiting')) return 'joining';
  if (layers.some(({ state }) => state === 'failed')) return 'retrying';
  if (!begun) return 'waiting';
  if (layers.every(({ state }) => state !== 'waiting')) return 'waiting';
  return paused ? 'paused' : 'sending';
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
  'waiting',
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
