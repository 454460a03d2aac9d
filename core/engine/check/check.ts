// The command `check`: tells whether the target answers, what it is, and whether it takes the credentials. Writes nothing.
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { harborPaths } from '../../chart-repo/chartmuseum-paths.js';
import { parseRepositoryUrl } from '../../chart-repo/repository-url.js';
import type { Check, CheckRegistry, CommandOptions, TargetSpec } from '../../contract.js';
import { toProblem } from '../../errors.js';
import { CHARTS_FOLDER, checkStore } from '../../folder/store-check.js';
import { onDisk } from '../../layout/disk-error.js';
import { freeBytes, nearestExisting } from '../../layout/free-space.js';
import { realPath } from '../../layout/optional-file.js';
import { readChartAddress } from '../../target/addresses.js';
import { connectTarget } from '../../target/connect.js';
import { readOnly } from '../../target/http-charts.js';
import { FOLDER_PLACE, normalizeTarget, type ResolvedTarget } from '../../target/spec.js';
import { checkRegistry, inTime, problemOf, type Found } from './check-registry.js';
import type { EngineDeps } from '../deps.js';
import type { Cancellable } from '../../ports/cancellable.js';

type CheckChart = Check['charts'][number];

/** The folder of charts that every add-on package has; it stands for `{repo}`, because this command has no package. */
const USUAL_FOLDER = 'addon';

/** Throws AppErrors of origin `config` for a target description that is wrong; a target that does not answer is in the value. */
export async function check(
  target: TargetSpec,
  deps: EngineDeps,
  { signal }: CommandOptions,
): Promise<Check> {
  const resolved = normalizeTarget(target);
  const [registry, charts] = await Promise.all([
    checkImages(resolved, deps, { signal }),
    Promise.all(chartPlaces(resolved).map((place) => checkCharts(place, deps, { signal }))),
  ]);
  const problems = [registry, ...charts].flatMap((found) => found.problems);
  return {
    schema: 'archbridge.check/1',
    // charts often lie in the registry that did not answer: the same cause is told only once
    problems: problems.filter((one, i) => problems.findIndex((other) => other.message === one.message) === i),
    ok: problems.length === 0,
    registry: registry.value,
    charts: charts.map(({ value }) => value),
  };
}

async function checkImages(
  target: ResolvedTarget,
  deps: EngineDeps,
  options: Cancellable,
): Promise<Found<CheckRegistry>> {
  const { images, noImages } = target;
  if (images?.kind === 'folder') return checkFolder(images.directory, options);
  const unasked: CheckRegistry = {
    url: images?.url ?? '',
    reachable: false,
    product: 'unknown',
    auth: 'none',
    free: null,
    certificate: null,
  };
  if (images === null || noImages) return { value: unasked, problems: [] };
  return checkRegistry(images, target, deps, options);
}

async function checkFolder(directory: string, options: Cancellable): Promise<Found<CheckRegistry>> {
  const url = await realPath(directory, options).catch(() => directory);
  const value: CheckRegistry = {
    url,
    reachable: false,
    product: 'folder',
    auth: 'none',
    free: null,
    certificate: null,
  };
  try {
    await checkStore(url, options);
    const place = await nearestExisting(url, options);
    await onDisk(place, 'write', () => access(place, constants.W_OK | constants.X_OK));
    return { value: { ...value, reachable: true, free: await freeBytes(place, options) }, problems: [] };
  } catch (error) {
    return { value, problems: [problemOf(error, options)] };
  }
}

/** Checks each chart repository as a target of its own, so that the failure of one does not affect the others. */
function chartPlaces(target: ResolvedTarget): readonly ResolvedTarget[] {
  if (target.noCharts) return [];
  return target.charts.map((one) => ({ ...target, charts: [one] }));
}

async function checkCharts(
  target: ResolvedTarget,
  deps: EngineDeps,
  options: Cancellable,
): Promise<Found<CheckChart>> {
  const [spec] = target.charts;
  const url = spec?.url ?? '';
  if (url === '') {
    const { images } = target;
    const directory = images?.kind === 'folder' ? images.directory : '';
    const store = await checkFolder(directory, options);
    const { reachable } = store.value;
    return {
      value: { url: join(directory, CHARTS_FOLDER), kind: 'folder', reachable, mayPublish: reachable },
      problems: store.problems,
    };
  }
  const address = readChartAddress(url);
  const kind = spec?.kind ?? (address.kind === 'http' ? 'unknown' : address.kind);
  const host = address.kind === 'folder' ? address.directory : address.host;
  try {
    const found = await inTime(host, 'chart-repo', options, (o) => openCharts(target, deps, o));
    const value = {
      url: found.url,
      kind: spec?.kind ?? found.kind,
      reachable: true,
      mayPublish: found.mayPublish,
    };
    const isReadOnly = found.mayPublish === false;
    return { value, problems: isReadOnly ? [toProblem(readOnly(found.url, found.user))] : [] };
  } catch (error) {
    return {
      value: { url, kind, reachable: false, mayPublish: null },
      problems: [problemOf(error, options)],
    };
  }
}

/** Opens the one chart repository of the target and tells what it is. One that is away is not waited for. */
async function openCharts(
  target: ResolvedTarget,
  deps: EngineDeps,
  { signal }: Cancellable,
): Promise<Omit<CheckChart, 'reachable'> & { readonly user: string | undefined }> {
  const images = target.images?.kind === 'folder' ? null : target.images;
  const own = target.charts[0]?.credentials ?? target.chartCredentials;
  const user = own?.username ?? images?.credentials?.username;
  const charts = target.charts.map((one) => ({
    ...one,
    url: one.url.replaceAll(FOLDER_PLACE, USUAL_FOLDER),
  }));
  const connected = await connectTarget(
    { ...target, images, charts, noImages: true },
    { signal, onRetry: () => undefined, onRequest: (line) => deps.log('debug', line) },
  );
  try {
    const [opening] = await connected.chartsFor(target.charts[0]?.folder ?? USUAL_FOLDER, { signal });
    if (!opening) return { url: '', kind: 'unknown', mayPublish: null, user };
    if ('problem' in opening) throw opening.problem;
    const { kind, url } = opening.charts;
    const isHarbor = kind === 'chartmuseum' && harborPaths(parseRepositoryUrl(url)) !== null;
    const mayPublish = await opening.charts.mayPublish({ signal });
    return { url: opening.url, kind: isHarbor ? 'harbor' : kind, mayPublish, user };
  } finally {
    await connected.close();
  }
}
