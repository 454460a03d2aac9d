// The figures of an import: one pure function over the rows of a comparison or a plan, for every screen and for the command line.
import type { Decision } from './policies.js';
import type { ChartAction, ImageAction } from './report.js';

/** A config or layer of an image that may have to be sent. */
export interface FigureBlob {
  readonly digest: string;
  readonly bytes: number;
}

/** What the figures need to know of one image under one tag. */
export interface FigureRow {
  /** `host/repo:tag`. */
  readonly target: string;
  /** Digest of the image's manifest. */
  readonly digest: string;
  readonly action: ImageAction;
  readonly decision: Decision | null;
  /** Size of the image in bytes, each of its blobs counted once. */
  readonly bytes: number;
  /** The image's blobs, as positions in the list of blobs; empty for an image that cannot be stored. */
  readonly blobs: readonly number[];
  /** Those of them that the tag's repository holds already. */
  readonly held: readonly number[];
  /** Charts whose bundles bring the image, each as `folder/name@version`; '' for a bundle without a chart. */
  readonly bundles: readonly string[];
}

/** What the figures need to know of one chart in one repository. */
export interface FigureChart {
  readonly repo: string;
  readonly name: string;
  readonly version: string;
  readonly action: ChartAction;
  readonly decision: Decision | null;
  /** Size of the archive in bytes; 0 where nothing could be sent. */
  readonly bytes: number;
}

/** The rows that figures are made of: a plan, or the rows of a comparison. */
export interface FigureSource {
  /** Each blob once, whichever images share it. */
  readonly blobs: readonly FigureBlob[];
  readonly images: readonly FigureRow[];
  readonly charts: readonly FigureChart[];
}

/** All numbers of an import. Bytes of image blobs are counted once, however many images and tags need them. */
export interface Figures {
  /** Tags that are written. */
  readonly tags: number;
  /** Images that are stored, one for each tag and platform. */
  readonly images: number;
  /** Charts that are published. */
  readonly charts: number;
  /** Blobs that no repository holds, as far as the repositories of the import were asked. */
  readonly bytesToSend: number;
  readonly bytesPresent: number;
  /** Bytes that images share; the two fields above count them once. */
  readonly bytesShared: number;
  readonly chartBytes: number;
  /** Bytes that are new to each project (first segment of the repository), whether they are sent or mounted. */
  readonly newTo: Readonly<Record<string, number>>;
}

const WRITES: ReadonlySet<ImageAction | ChartAction> = new Set<ImageAction | ChartAction>([
  'push',
  'promote',
  'add',
  'replace',
  'repair',
  'publish',
]);

/** True for a row whose image or chart is written, with the decision of the person where there was something to decide. */
export function isWritten({
  action,
  decision,
}: Pick<FigureRow | FigureChart, 'action' | 'decision'>): boolean {
  return decision === null ? WRITES.has(action) : decision === 'replace';
}

/** `folder/name@version`, the name of a chart in rows of images. */
export function chartName({ repo, name, version }: Pick<FigureChart, 'repo' | 'name' | 'version'>): string {
  return `${repo === '' ? '' : `${repo}/`}${name}@${version}`;
}

/**
 * The figures of an import of these rows, with the decisions in them. `isTaken`: false for a chart (`folder/name@version`) that
 * is left out with the images that only its bundle brings. An import of the same rows sends exactly `bytesToSend`.
 */
export function figuresOf(source: FigureSource, isTaken: (chart: string) => boolean = () => true): Figures {
  const { blobs } = source;
  const rows = source.images.filter(({ bundles }) => bundles.length === 0 || bundles.some(isBundleTaken));
  const charts = source.charts.filter((chart) => isTaken(chartName(chart)) && isWritten(chart));
  const stored = rows.filter((row) => isWritten(row));
  const served = rows.filter((row) => isWritten(row) || row.action === 'skip');
  const size = (at: number): number => blobs[at]?.bytes ?? 0;
  const held = new Set(rows.flatMap((row) => row.held));
  const all = sum([...new Set(served.flatMap((row) => row.blobs))].map(size));
  const needed = new Set(stored.flatMap((row) => row.blobs));
  const bytesToSend = sum([...needed].filter((at) => !held.has(at)).map(size));
  const images = new Map(served.map(({ digest, bytes }) => [digest, bytes]));
  return {
    tags: new Set(stored.map(({ target }) => target)).size,
    images: stored.length,
    charts: charts.length,
    bytesToSend,
    bytesPresent: all - bytesToSend,
    bytesShared: sum([...images.values()]) - all,
    chartBytes: sum(charts.map(({ bytes }) => bytes)),
    newTo: newTo(rows, size),
  };

  function isBundleTaken(chart: string): boolean {
    return chart === '' || isTaken(chart);
  }
}

/**
 * What parts of an import would send: bytes of those blobs of the written rows of a part that no row of the whole import holds.
 * Parts share blobs, so their sum can be more than the whole sends.
 */
export function bytesOfParts(
  { blobs, images }: FigureSource,
  partsOf: (row: FigureRow) => readonly string[],
): ReadonlyMap<string, number> {
  const held = new Set(images.flatMap((row) => row.held));
  const parts = new Map<string, Set<number>>();
  for (const row of images) {
    if (!isWritten(row)) continue;
    for (const part of partsOf(row)) {
      const needed = parts.get(part) ?? new Set<number>();
      parts.set(part, needed);
      for (const at of row.blobs) if (!held.has(at)) needed.add(at);
    }
  }
  return new Map(
    [...parts].map(([part, needed]) => [part, sum([...needed].map((at) => blobs[at]?.bytes ?? 0))]),
  );
}

/** Bytes of the packages that an import reads once, from their first byte to their last. */
export function bytesToRead(packages: readonly { readonly bytes: number }[]): number {
  return sum(packages.map(({ bytes }) => bytes));
}

function newTo(rows: readonly FigureRow[], size: (at: number) => number): Figures['newTo'] {
  const projects = new Map<string, FigureRow[]>();
  for (const row of rows) {
    const project = projectOf(row.target);
    const known = projects.get(project);
    if (known) known.push(row);
    else projects.set(project, [row]);
  }
  return Object.fromEntries(
    [...projects].map(([project, own]) => {
      const held = new Set(own.flatMap((row) => row.held));
      const needed = new Set(own.filter((row) => isWritten(row)).flatMap((row) => row.blobs));
      return [project, sum([...needed].filter((at) => !held.has(at)).map(size))];
    }),
  );
}

/** The first segment of the repository in `host/repo:tag`. */
function projectOf(target: string): string {
  return target.split('/')[1]?.replace(/[:@].*$/, '') ?? '';
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
