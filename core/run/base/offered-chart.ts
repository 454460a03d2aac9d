// The charts of the packages; they wait in the spool until their images are in the target.
import { basename } from 'node:path/posix';
import { packChart, unpackChart } from '../../chart/files/archive.js';
import { chartIdentity, readChart, type Chart } from '../../chart/files/chart.js';
import type { ChartPlan } from '../../chart/relocation/plan-chart.js';
import type { ChartFiles } from '../../chart/types.js';
import { digestOf, type Digest } from '../../content/digest.js';
import type { AppError } from '../../errors.js';
import { contained } from '../../package/bytes/damage.js';
import type { BundleId } from '../../package/stream/package-stream.js';
import type { AbsentImage } from '../../plan/absent-images.js';
import type { PlannedChart } from '../../plan/bundle-plan.js';
import type { Spool, SpoolRef } from './spool.js';

/** A chart of one package, with the problems that prevent its publication. */
export interface OfferedChart {
  readonly packageAt: number;
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly plan: ChartPlan;
  /** The chart's files as they are in the package, packed as an archive. */
  readonly archive: SpoolRef;
  /** Digest of that archive: equal for equal files. */
  readonly content: Digest;
  readonly problems: readonly AppError[];
  /** True where the bundle's chart cannot be read: name and version come from Chart.yaml or the bundle's name, and there are no files. */
  readonly isUnreadable?: boolean;
  readonly absent: readonly AbsentImage[];
  /** What is told about the chart and does not keep it from being published. */
  readonly notes: readonly AppError[];
  /** The platform that the chart's images are for, as `linux/arm64`; several for a bundle of several, none where nothing tells it. */
  readonly platforms: readonly string[];
  /** False when images or platforms are selected and none of the chart's images is; a chart that names no image is selected. */
  readonly isSelected: boolean;
}

/** Puts a chart into the spool. */
export async function offerChart(
  { folder, chart, plan }: PlannedChart,
  facts: Pick<OfferedChart, 'packageAt' | 'problems' | 'absent' | 'notes' | 'platforms' | 'isSelected'>,
  spool: Spool,
): Promise<OfferedChart> {
  const { name, version } = chart;
  const bytes = packChart(name, chart.files);
  const archive = await spool.put(bytes);
  return { ...facts, folder, name, version, plan, archive, content: digestOf(bytes) };
}

/** A chart that cannot be read, so that it has a row like every other. */
export async function unreadableChart(
  { path, folder }: BundleId,
  files: ChartFiles | null,
  problem: AppError,
  packageAt: number,
  spool: Spool,
): Promise<OfferedChart> {
  const known = chartIdentity(files ?? new Map());
  const [name = '', version = ''] = basename(path)
    .replace(/(?:\.bundle)?\.(?:tar|tgz|tar\.gz)$/, '')
    .split('_');
  const identity = { name: known.name || name, version: known.version || version };
  return {
    ...{ packageAt, folder, ...identity },
    plan: { ...identity, images: [], problems: [] },
    archive: await spool.put(Buffer.alloc(0)),
    content: digestOf(Buffer.from(problem.message)),
    problems: [problem],
    isUnreadable: true,
    absent: [],
    platforms: [],
    isSelected: true,
    notes: [],
  };
}

/** Takes a chart out of the spool. */
export async function offeredFiles(chart: OfferedChart, spool: Spool): Promise<Chart> {
  const archive = await spool.get(chart.archive);
  return contained(`${chart.name} ${chart.version}`, () => readChart(unpackChart(archive)));
}
