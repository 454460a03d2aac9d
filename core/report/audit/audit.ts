// The audit: compares the images that the published charts of a target need with what its registry serves. No package is needed.
import type { Audit, AuditChart, AuditImage, RunEvent } from '../../contract.js';
import type { NamingRules } from '../../chart/relocation/naming.js';
import { isDigest } from '../../content/digest.js';
import { describePlatform, distinctPlatforms, includesPlatform } from '../../content/platform.js';
import { AppError, toProblem } from '../../errors.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { ConnectedTarget } from '../../target/connect.js';
import type { ImageTarget } from '../../ports/image-target.js';
import {
  imagesNamedByEach,
  listPublished,
  type AuditedRepository,
  type NamedImages,
  type PublishedVersion,
} from './audit-charts.js';
import {
  homePlace,
  ownNames,
  readPlace,
  type ChartReference,
  type ReadPlace,
} from '../reading/chart-references.js';
import { mendingPackage } from './mend.js';
import { usualPlatforms } from './needed-platforms.js';
import type { RunHistory } from '../reading/run-history.js';
import { ServedReader, type Served } from '../reading/served.js';
import { concernsOneItem } from '../../run/base/run-ending.js';
import { TAGS_AT_A_TIME } from '../../flow/limits.js';

export interface AuditTask {
  readonly target: Pick<ConnectedTarget, 'summary'>;
  readonly images: ImageTarget;
  readonly rules: NamingRules;
  readonly repositories: readonly AuditedRepository[];
  /** Chart URLs with `{repo}` whose folders cannot be listed. */
  readonly unsure: readonly string[];
  readonly history: RunHistory;
  /** Platforms of the nodes; null: see {@link usualPlatforms}. */
  readonly requirePlatforms: readonly string[] | null;
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

/** Compares all charts. Throws only errors that end the whole audit: no connection, no login. */
export async function auditTarget(task: AuditTask): Promise<Audit> {
  const { emit, signal, history, repositories, target } = task;
  emit({ type: 'stage', stage: 'survey' });
  const { charts, problems } = await listPublished(repositories, history, { signal });
  const named = await imagesNamedByEach(charts, task);
  const looks = await lookUp(
    [...named.values()].flatMap((one) => one.references),
    charts.length,
    task,
  );
  const needed = task.requirePlatforms ?? usualPlatforms([...looks.values()].map(platformsOf));
  const rows = charts.map((chart) => rowOf(chart, named.get(chart), needed, looks, task));
  const unsure = charts.length === 0 ? task.unsure.map(foldersUnknown) : [];
  const all = [...problems, ...unsure].map((one) => toProblem(one));
  const isRight = ({ problem, images }: AuditChart): boolean =>
    problem === null && images.every((image) => image.state === 'ok');
  return {
    schema: 'archbridge.audit/1',
    ok: all.length === 0 && rows.every(isRight),
    made: new Date().toISOString(),
    target: target.summary,
    platforms: needed,
    charts: rows,
    summary: summaryOf(needed, looks),
    problems: all,
  };
}

function foldersUnknown(url: string): AppError {
  return new AppError('audit.folders-unknown', { origin: 'config', params: { url } });
}

/** What was found at a place: null where there is nothing, an error where it could not be read. */
type Look = Served | AppError | null;

/** Reads each place once, even if several charts name it. */
async function lookUp(
  references: readonly ChartReference[],
  charts: number,
  { images, rules, emit, signal }: AuditTask,
): Promise<ReadonlyMap<string, Look>> {
  const reader = new ServedReader(images, { signal });
  const isOwn = ownNames(images, rules);
  const places = references.filter(({ source }) => isOwn(source)).map((one) => homePlace(one, images, rules));
  const unique = new Map(places.map((place) => [nameOf(place), place]));
  const looks = new Map<string, Look>();
  await forEachLimited(unique, TAGS_AT_A_TIME, async ([name, { repository, reference }]) => {
    signal.throwIfAborted();
    try {
      looks.set(name, await reader.read(repository, reference));
    } catch (error) {
      if (!concernsOneItem(error, { signal })) throw error;
      looks.set(name, error);
    }
    emit({ type: 'surveyed', done: charts + looks.size, total: charts + unique.size });
  });
  return looks;
}

function nameOf({ repository, reference }: ReadPlace): string {
  return `${repository} ${reference}`;
}

/** The platforms that the tag names, whether or not they can be pulled. */
function namedBy(look: Look): readonly string[] {
  if (look === null || look instanceof AppError) return [];
  return look.images.flatMap(({ platform }) => (platform ? [describePlatform(platform)] : []));
}

/** The platforms that can be pulled. An image that the index names and that is absent does not count. */
function platformsOf(look: Look): readonly string[] {
  if (look === null || look instanceof AppError) return [];
  return look.images.flatMap(({ platform, manifest }) =>
    platform && manifest ? [describePlatform(platform)] : [],
  );
}

function rowOf(
  { repo, name, version, opening }: PublishedVersion,
  named: NamedImages | undefined,
  needed: readonly string[],
  looks: ReadonlyMap<string, Look>,
  task: AuditTask,
): AuditChart {
  const chart = { name, version };
  const images = (named?.references ?? []).map((one) => imageOf(one, chart, needed, looks, task));
  const problem = named?.problem ? toProblem(named.problem) : null;
  return { repo, url: opening.charts.url, name, version, images, problem };
}

function imageOf(
  one: ChartReference,
  { name, version }: Pick<AuditChart, 'name' | 'version'>,
  needed: readonly string[],
  looks: ReadonlyMap<string, Look>,
  { images, rules, history }: AuditTask,
): AuditImage {
  const isOwn = ownNames(images, rules)(one.source);
  const place = isOwn ? homePlace(one, images, rules) : readPlace(images, one.home);
  const look = isOwn ? (looks.get(nameOf(place)) ?? null) : null;
  const platforms = platformsOf(look);
  // a tag that names a platform has to serve it, also when the nodes are not known to need it
  const expected = distinctPlatforms([...needed, ...namedBy(look)]);
  const lacking = expected.filter((platform) => !includesPlatform(platforms, platform));
  const state = isOwn ? stateOf(look, lacking, place) : 'elsewhere';
  const wanted = { place, source: one.text, platforms: state === 'elsewhere' ? [] : lacking };
  return {
    reference: one.text,
    state,
    platforms,
    lacking: state === 'ok' || state === 'elsewhere' ? [] : lacking,
    cause: state === 'ok' ? null : history.omission(name, version, one.text),
    mend: state === 'ok' ? null : mendingPackage(wanted, history.images, images, rules),
  };
}

function stateOf(look: Look, lacking: readonly string[], { reference }: ReadPlace): AuditImage['state'] {
  if (look === null) return 'missing';
  if (look instanceof AppError || look.kind === 'other' || look.kind === 'unsupported') return 'unreadable';
  if (look.images.some(({ platform, problem }) => platform === null || problem !== null)) return 'unreadable';
  if (lacking.length === 0) return 'ok';
  return isDigest(reference) && look.kind === 'manifest' ? 'pinned-to-one-platform' : 'one-platform';
}

function summaryOf(needed: readonly string[], looks: ReadonlyMap<string, Look>): Audit['summary'] {
  const held = [...looks.values()].map(platformsOf);
  return Object.fromEntries(
    needed.map((platform) => {
      const present = held.filter((platforms) => includesPlatform(platforms, platform)).length;
      return [platform, { present, total: held.length }];
    }),
  );
}
