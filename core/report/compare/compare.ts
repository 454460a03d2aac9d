// Compares packages and target: which platforms each image has, and what an import would change. Nothing is written.
import type {
  CompareRequest,
  Coverage,
  CoverageImage,
  PlatformSummary,
  ReportPackage,
  ReportTarget,
  RunEvent,
} from '../../contract.js';
import type { NamingRules } from '../../chart/relocation/naming.js';
import type { Digest } from '../../content/digest.js';
import { includesPlatform, type Platform } from '../../content/platform.js';
import { AppError, toProblem } from '../../errors.js';
import { parsePackageName } from '../../package/source/names.js';
import { readImageName } from '../../package/images/name-images.js';
import type { PackageSource } from '../../package/source/open-package.js';
import { imageSelected, parseSelection, type SelectionRules } from '../../plan/selection.js';
import { BlobPresence } from '../../run/upload/blob-presence.js';
import type { Counters } from '../../run/base/counters.js';
import { surveyProgress } from '../../run/base/survey-progress.js';
import type { FormerImages, PackageHistory } from '../../journal/known-versions.js';
import { PauseGate } from '../../flow/pause-gate.js';
import { lookAtPackage, type ReadPackage } from '../../run/pass/look-at-package.js';
import { checkLacking, isLacking } from '../../run/charts/lacking-images.js';
import { usableCharts } from '../../run/charts/publish-charts.js';
import { afterOf, type TagContentLookup } from '../../run/tags/tag-rows.js';
import type { Spool } from '../../run/base/spool.js';
import { forEachLimited } from '../../flow/task-pool.js';
import { TAGS_AT_A_TIME } from '../../flow/limits.js';
import { referenceIn } from '../../target/place.js';
import type { TagReader } from '../../ports/tag-reader.js';
import { comparedTags, type ComparedTag } from './compared-tags.js';
import type { RowContext } from './compare-cell.js';
import { bytesByTag, coverageFigures } from './compare-figures.js';
import { columnsOfTag, coverageImage, servesAfter, servesNow } from './compare-image.js';
import { viewTag, type TagView } from './compare-tag.js';
import { imageDetail } from './image-detail.js';
import { columnOf, sortColumns } from './platform-columns.js';
import { RowEvents } from './row-events.js';
import { EMPTY_TARGET } from '../reading/read-once.js';
import { compareText } from '../../content/text-order.js';
import { requireSelected } from '../../run/pass/nothing-selected.js';

/** What a comparison needs. The caller opens and closes it. */
export interface CompareJob {
  readonly request: Omit<CompareRequest, 'target'>;
  readonly sources: readonly PackageSource[];
  readonly packages: readonly ReportPackage[];
  /** Null: the packages against each other. */
  readonly target: {
    readonly images: TagReader;
    readonly summary: ReportTarget;
    /** When the first tag was read, ISO 8601. */
    readonly tagsRead: string;
  } | null;
  readonly rules: NamingRules;
  /** Images with Docker's media types get those of OCI in the target. */
  readonly convertToOci: boolean;
  readonly selection: SelectionRules;
  readonly required: readonly Platform[];
  readonly history: PackageHistory;
  /** Package version that brought a manifest, as an import knows it. */
  readonly versionOf: (digest: Digest) => string | null;
  /** Source references of an image under a tag of the target, from former runs. */
  readonly sourcesOf: FormerImages['sourcesOf'];
  readonly spool: Spool;
  readonly counters: Counters;
  readonly stateDir: string;
  readonly expectedSha512: (source: PackageSource) => string | null;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

interface Seen {
  readonly tag: ComparedTag;
  readonly view: TagView;
  /** `host/repo:tag`. */
  readonly reference: string;
}

/** Throws what concerns all packages or the whole target; problems of single tags and packages are in the result. */
export async function comparePackages(job: CompareJob): Promise<Coverage> {
  const { request, packages, target, selection, spool, history, emit } = job;
  const images = target?.images ?? EMPTY_TARGET;
  const labels = packages.map(({ name, version }) => ({ fileName: name, version }));
  const read: ReadPackage[] = [];
  for (const [at, source] of job.sources.entries()) read.push(await look(source, at, images, job));
  requireSelected(read, request.selection);
  emit({ type: 'stage', stage: 'survey' });
  const tags = comparedTags(read, { labels, target: images, selection });
  const presence = new BlobPresence(images, { signal: job.signal });
  const required = sortColumns(job.required.map(columnOf));
  const context: RowContext = {
    labels,
    names: packages.map(({ name }) => parsePackageName(name)),
    history,
    required: new Set(required),
    target: target?.summary ?? null,
  };
  const shown = (found: readonly string[]): readonly string[] =>
    selection.platforms.length === 0
      ? found
      : sortColumns([...required, ...selection.platforms.flatMap((one) => columnsOfAsked(one, found))]);
  const wanted = asked(tags, images, request.image);
  const rowEvents = request.rowsAsEvents === true ? new RowEvents({ context, shown, emit }) : null;
  rowEvents?.begin(wanted, ({ job: tag }) => referenceIn(images, tag));
  const seen = await viewTags(wanted, images, presence, labels, rowEvents, job);
  rowEvents?.flush();
  const views = seen.map(({ view }) => view);
  const figures =
    target && request.image === undefined
      ? await coverageFigures(views, { target: images, presence, labels, signal: job.signal })
      : null;
  const bytesToSend = figures ? bytesByTag(figures) : new Map<string, number>();
  const found = sortColumns([
    ...required,
    ...seen.flatMap(({ tag, view }) => columnsOfTag(tag, view, context)),
  ]);
  const platforms = shown(found);
  const rows = seen
    // platforms that were not asked for are needed to tell whether another one is stale
    .map(({ tag, view, reference }) =>
      coverageImage(tag, view, reference, [...new Set([...found, ...platforms])], {
        ...context,
        bytesToSend,
      }),
    )
    .map((row) => ({ ...row, cells: only(row.cells, platforms) }))
    .sort((a, b) => compareText(a.source, b.source) || compareText(a.target, b.target));
  const [first] = seen;
  emit({ type: 'stage', stage: 'done' });
  return {
    schema: 'archbridge.coverage/1',
    platforms,
    required,
    packages: packages.map((one, at) => ({ ...one, sha512: read[at]?.sha512 ?? null })),
    target: target?.summary ?? null,
    tagsRead: target?.tagsRead ?? null,
    images: rows,
    summary: Object.fromEntries(platforms.map((platform) => [platform, summaryOf(rows, platform)])),
    figures,
    detail:
      request.image !== undefined && first
        ? await imageDetail(first.tag, first.view, first.reference, spool, context)
        : null,
    problems: [...problemsOf(read), ...(await chartProblems(read, seen, images, job))],
  };
}

/** The found columns of a platform that was asked for: one for each version of its operating system, unless it names one. */
function columnsOfAsked(asked: Platform, found: readonly string[]): readonly string[] {
  const column = columnOf(asked);
  const versions = found.filter((one) => includesPlatform([one], column));
  return versions.length > 0 ? versions : [column];
}

/** Counts the images that serve a platform now and after the import, and the stale ones. */
export function summaryOf(images: readonly CoverageImage[], platform: string): PlatformSummary {
  const cells = images.flatMap((image) => image.cells[platform] ?? []);
  return {
    present: cells.filter(servesAfter).length,
    now: images.filter((image) => servesNow(image, platform)).length,
    stale: cells.filter((cell) => cell.stale).length,
    total: images.length,
  };
}

function look(source: PackageSource, at: number, images: TagReader, job: CompareJob): Promise<ReadPackage> {
  const { request, rules, selection, spool, counters, stateDir, expectedSha512, signal } = job;
  return lookAtPackage(source, at, {
    ...{ rules, selection, spool, counters, stateDir, expectedSha512, signal, images },
    imageName: readImageName(request.imageName),
    acceptUnproven: request.acceptUnproven ?? false,
    allowMislabelled: request.allowMislabelled ?? false,
    convertToOci: job.convertToOci,
    onlyOci: false,
    reread: request.reread ?? false,
    pause: new PauseGate(() => undefined),
  });
}

/** All tags, or the one that the reference `image` names. Throws `config.image-unknown` and `config.image-ambiguous`. */
function asked(
  tags: readonly ComparedTag[],
  target: TagReader,
  image: string | undefined,
): readonly ComparedTag[] {
  if (image === undefined) return tags;
  const rules = parseSelection({ images: [image] });
  const anyPlatform = { os: '', architecture: '' };
  const spelled = (tag: ComparedTag): readonly string[] => [...tag.sources, referenceIn(target, tag.job)];
  const meant = tags.filter((tag) => spelled(tag).some((text) => imageSelected(rules, text, anyPlatform)));
  if (meant.length === 1) return meant;
  if (meant.length === 0) throw new AppError('config.image-unknown', { origin: 'config', params: { image } });
  const names = meant.map((tag) => tag.sources[0] ?? referenceIn(target, tag.job)).join(', ');
  throw new AppError('config.image-ambiguous', { origin: 'config', params: { image, names } });
}

async function viewTags(
  tags: readonly ComparedTag[],
  target: TagReader,
  presence: BlobPresence,
  labels: readonly { readonly fileName: string; readonly version: string }[],
  rowEvents: RowEvents | null,
  { request, spool, versionOf, sourcesOf, emit, signal }: CompareJob,
): Promise<readonly Seen[]> {
  const options = {
    ...{ target, presence, labels, spool, versionOf, sourcesOf, signal },
    policy: request.onChange ?? 'newer',
    allowUnknownPlatform: request.allowMislabelled ?? false,
  };
  const seen: Seen[] = [];
  const progress = surveyProgress(emit);
  progress.expect(tags.length);
  await forEachLimited(tags, TAGS_AT_A_TIME, async (tag) => {
    signal.throwIfAborted();
    const view = await viewTag(tag.job, options);
    const reference = referenceIn(target, tag.job);
    seen.push({ tag, view, reference });
    rowEvents?.read(tag, view, reference);
    progress.onDone();
  });
  return seen;
}

/** Problems and notes of all packages: damage, bundles and images without a name. */
function problemsOf(read: readonly ReadPackage[]): Coverage['problems'] {
  const problems = read.flatMap(({ problem, findings, notes }) => [
    ...(problem ? [problem] : []),
    ...findings.problems,
    ...notes,
  ]);
  return problems.map((problem) => toProblem(problem));
}

/** What an import would say of charts whose bundles lack images. Not for a look at one image, which leaves the others out. */
async function chartProblems(
  read: readonly ReadPackage[],
  seen: readonly Seen[],
  images: TagReader,
  { request, signal }: CompareJob,
): Promise<Coverage['problems']> {
  if (request.image !== undefined) return [];
  const brought = new Map(
    seen.flatMap(({ tag, view }) => {
      const { repository, tag: name } = tag.job;
      return tag.offers.length === 0 ? [] : [[`${repository}:${name}`, afterOf(view)] as const];
    }),
  );
  const after: TagContentLookup = (repository, tag) => brought.get(`${repository}:${tag}`);
  const offered = usableCharts(read, request.acceptUnproven ?? false);
  const keepCharts = request.keepCharts ?? [];
  const { charts, notes } = await checkLacking(offered, { images, after, keepCharts, signal });
  const lacking = charts.flatMap(({ problems }) => problems.filter(isLacking));
  return [...notes, ...lacking].map((problem) => toProblem(problem));
}

function only(cells: CoverageImage['cells'], platforms: readonly string[]): CoverageImage['cells'] {
  return Object.fromEntries(Object.entries(cells).filter(([platform]) => platforms.includes(platform)));
}
