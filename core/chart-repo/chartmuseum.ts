// Publishes charts to a ChartMuseum, also to the one in Harbor up to 2.7. A chart counts as stored when its bytes come back.
// https://github.com/helm/chartmuseum#api
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { optional } from '../content/absent.js';
import { digestOf, hexOf } from '../content/digest.js';
import { AppError } from '../errors.js';
import type { RetryPolicy } from '../registry/http/retry.js';
import type { HttpResponse, Transport } from '../registry/http/transport-types.js';
import type { ChartTarget, ListedChart, PublishedChart } from '../ports/chart-target.js';
import { metadataOf, readChartArchive } from './chart-metadata.js';
import { chartFileName, placeInFiles, placeTaken } from './chart-name.js';
import { harborPaths, isRefusal, locateMuseum, type MuseumPaths } from './chartmuseum-paths.js';
import { listedIn, parseChartIndex } from './index-yaml.js';
import { multipart } from './multipart.js';
import {
  RepositoryClient,
  refusalOf,
  uploadFailure,
  type Refusal,
  type RepositoryCredentials,
} from './repository-client.js';
import { parseRepositoryUrl, type RepositoryUrl } from './repository-url.js';
import type { Cancellable } from '../ports/cancellable.js';

export interface ChartMuseumOptions {
  /** `http(s)://host[/context][/tenant…]`. */
  readonly url: string;
  readonly credentials?: RepositoryCredentials;
  readonly transport: Transport;
  /** How often and how long requests are tried again; absent: once. */
  readonly retries?: RetryPolicy;
  /** `harbor`: the URL is `…/chartrepo/<project>`. */
  readonly kind?: 'chartmuseum' | 'harbor';
}

/** Milliseconds. The index shows an upload with a delay; 35 ms were measured in small repositories. */
const VISIBLE_WITHIN_MS = 2_000;
const ARCHIVE_LIMIT = 256 * 1024 * 1024;
const PROVENANCE_LIMIT = 1024 * 1024;

const versionSchema = z.looseObject({ name: z.string(), version: z.string(), digest: optional(z.string()) });

/** Opens a ChartMuseum; nothing is sent before the first call. Throws `chart-repo.illegal-url`. */
export function createChartMuseum(options: ChartMuseumOptions): ChartTarget {
  return new ChartMuseum(options);
}

class ChartMuseum implements ChartTarget {
  readonly kind = 'chartmuseum';
  readonly names = null;
  readonly url: string;
  readonly #location: RepositoryUrl;
  readonly #client: RepositoryClient;
  readonly #isHarbor: boolean;
  #paths: MuseumPaths | null = null;

  constructor({ url, transport, kind, ...access }: ChartMuseumOptions) {
    this.#location = parseRepositoryUrl(url);
    this.url = this.#location.shown;
    this.#client = new RepositoryClient(transport, this.url, access);
    this.#isHarbor = kind === 'harbor';
  }

  async getChart(name: string, version: string, options: Cancellable): Promise<PublishedChart | null> {
    const file = chartFileName(name, version);
    const { files } = await this.#locate(options);
    const url = `${files}/charts/${encodeURIComponent(file)}`;
    const deadline = Date.now() + VISIBLE_WITHIN_MS;
    for (let pause = 25; ; pause *= 2) {
      const digest = await this.#digest(name, version, options);
      if (digest === null) return await this.#absent(name, version, url, options);
      const archive = await this.#client.getFile(url, ARCHIVE_LIMIT, options);
      const agree = archive !== null && (digest === '' || digest === hexOf(digestOf(archive)));
      if (!agree && Date.now() < deadline) {
        await sleep(pause, undefined, options);
        continue;
      }
      if (archive === null) return null;
      // A cut file is not in the index, or the index still has the file that it replaced.
      const read = await readChartArchive(archive, options);
      if (!read.ok || read.metadata.name !== name || read.metadata.version !== version) return null;
      return {
        name,
        version,
        archive,
        provenance: await this.#client.getFile(`${url}.prov`, PROVENANCE_LIMIT, options),
      };
    }
  }

  /** Null, unless the file of this name and version holds another chart, which publishing would overwrite. */
  async #absent(name: string, version: string, url: string, options: Cancellable): Promise<null> {
    // Only names and versions with a dash can be divided in another way
    if (!/-.*-/.test(placeInFiles(name, version))) return null;
    const archive = await this.#client.getFile(url, ARCHIVE_LIMIT, options);
    const read = archive && (await readChartArchive(archive, options));
    if (!read?.ok || (read.metadata.name === name && read.metadata.version === version)) return null;
    throw placeTaken(this.url, { name, version }, read.metadata);
  }

  placeOf(name: string, version: string): string {
    return placeInFiles(name, version);
  }

  async listCharts(options: Cancellable): Promise<readonly ListedChart[] | null> {
    const url = `${(await this.#locate(options)).files}/index.yaml`;
    const index = await this.#client.getFile(url, ARCHIVE_LIMIT, options);
    return index === null ? null : listedIn(parseChartIndex(index.toString('utf8'), url));
  }

  async putChart(chart: PublishedChart, options: Cancellable): Promise<void> {
    const { name, version, archive } = chart;
    chartFileName(name, version);
    await metadataOf(chart, options);
    await this.#locate(options);
    await this.#client.untilDone(
      async () => {
        const refusal = await this.#upload(chart, '', options);
        if (refusal?.status === 409) await this.#replace(chart, options);
        else if (refusal) await this.#afterRefusal(chart, refusal, options);
      },
      () => this.#holds(chart, options),
      options,
    );
    await this.#untilVisible(name, version, hexOf(digestOf(archive)), options);
    if (chart.provenance !== null && !this.#isHarbor)
      await this.#putProvenance(chart, chart.provenance, options);
  }

  /** The answer `not found` without a name means that the API has no DELETE (--disable-delete); for an absent file it holds the name. */
  async deleteChart(name: string, version: string, options: Cancellable): Promise<boolean> {
    const response = await this.#delete({ name, version }, options);
    if (response.status === 200) await response.discard();
    else {
      const refusal = await refusalOf(response);
      if (refusal.status === 405 || refusal.detail === 'not found') return false;
      if (refusal.status !== 404) throw this.#client.failure(refusal, `${name} ${version}`);
    }
    if (await this.#indexComesTo((digest) => digest === null, name, version, options)) return true;
    const params = { url: this.url, chart: `${name} ${version}` };
    throw new AppError('chart-repo.still-visible', { origin: 'chart-repo', params, retryable: true });
  }

  /** An upload without a chart is refused by whoever takes uploads (400), and otherwise by the check of the rights. */
  async mayPublish(options: Cancellable): Promise<boolean | null> {
    const { charts } = await this.#locate(options);
    const nothing = multipart([{ name: 'check', filename: 'check', bytes: Buffer.alloc(0) }]);
    try {
      const response = await this.#client.sendOnce('POST', charts, options, nothing);
      await response.discard();
      return response.status === 400 ? true : null;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }

  async flush({ signal }: Cancellable): Promise<void> {
    signal.throwIfAborted();
    await Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Called after 409, which means that a file exists. It may be another file, or a cut one from an upload into a full storage. */
  async #replace(chart: PublishedChart, options: Cancellable): Promise<void> {
    const present = await this.getChart(chart.name, chart.version, options);
    if (present?.archive.equals(chart.archive)) return;
    const refusal = await this.#upload(chart, '?force', options);
    if (refusal === null) return;
    if (refusal.status !== 409) return this.#afterRefusal(chart, refusal, options);
    // Overwriting is switched off (--disable-force-overwrite). A cut file is not a chart, so it may be deleted.
    const refused = new AppError('chart-repo.refuses-overwrite', {
      origin: 'chart-repo',
      params: { url: this.url, chart: nameOf(chart) },
    });
    if (present !== null) throw refused;
    await (await this.#delete(chart, options)).discard();
    const again = await this.#upload(chart, '', options);
    if (again?.status === 409) throw refused;
    if (again) await this.#afterRefusal(chart, again, options);
  }

  async #holds({ name, version, archive }: PublishedChart, options: Cancellable): Promise<boolean> {
    return (await this.getChart(name, version, options))?.archive.equals(archive) ?? false;
  }

  /** Null when the chart was taken. */
  async #upload(chart: PublishedChart, query: string, options: Cancellable): Promise<Refusal | null> {
    const { charts } = await this.#locate(options);
    const upload = this.#isHarbor
      ? multipart(chartParts(chart))
      : { bytes: chart.archive, type: 'application/gzip' };
    const response = await this.#client.sendOnce('POST', charts + query, options, upload);
    if (response.status !== 200 && response.status !== 201) return refusalOf(response);
    await response.discard();
    return null;
  }

  /** Reads back after a failure of the server: it may have stored the chart all the same, or a part of it. */
  async #afterRefusal(chart: PublishedChart, refusal: Refusal, options: Cancellable): Promise<void> {
    const failure = uploadFailure(this.#client, refusal, nameOf(chart), chart.archive.length);
    if (refusal.status < 500 || refusal.status === 507) throw failure;
    const present = await this.getChart(chart.name, chart.version, options);
    if (present?.archive.equals(chart.archive)) return;
    // The cut file takes space and would answer the next upload with 409.
    if (present === null && failure.code === 'chart-repo.no-space')
      await (await this.#delete(chart, options)).discard();
    throw failure;
  }

  async #delete(
    { name, version }: Pick<PublishedChart, 'name' | 'version'>,
    options: Cancellable,
  ): Promise<HttpResponse> {
    const { charts } = await this.#locate(options);
    return this.#client.send('DELETE', chartUrl(charts, name, version), options);
  }

  async #putProvenance(chart: PublishedChart, bytes: Buffer, options: Cancellable): Promise<void> {
    const { provenance, files } = await this.#locate(options);
    const upload = { bytes, type: 'application/pgp-signature' };
    const send = async (query: string): Promise<Refusal | null> => {
      const response = await this.#client.sendOnce('POST', provenance + query, options, upload);
      if (response.status !== 201) return refusalOf(response);
      await response.discard();
      return null;
    };
    const file = `${files}/charts/${encodeURIComponent(chartFileName(chart.name, chart.version))}.prov`;
    await this.#client.untilDone(
      async () => {
        let refusal = await send('');
        if (refusal?.status === 409) refusal = await send('?force');
        if (refusal) throw this.#client.failure(refusal, `${nameOf(chart)}.prov`);
      },
      async () => (await this.#client.getFile(file, PROVENANCE_LIMIT, options))?.equals(bytes) ?? false,
      options,
    );
  }

  async #untilVisible(name: string, version: string, digest: string, options: Cancellable): Promise<void> {
    const isShown = (seen: string | null) => seen === digest || (seen === '' && this.#isHarbor);
    if (await this.#indexComesTo(isShown, name, version, options)) return;
    const params = { url: this.url, chart: `${name} ${version}` };
    throw new AppError('chart-repo.not-visible', { origin: 'chart-repo', params, retryable: true });
  }

  /** Asks until the index has the wanted digest, for at most {@link VISIBLE_WITHIN_MS}. It changes with a delay after an upload or DELETE. */
  async #indexComesTo(
    wanted: (digest: string | null) => boolean,
    name: string,
    version: string,
    options: Cancellable,
  ): Promise<boolean> {
    const deadline = Date.now() + VISIBLE_WITHIN_MS;
    for (let pause = 10; ; pause *= 2) {
      if (wanted(await this.#digest(name, version, options))) return true;
      if (Date.now() >= deadline) return false;
      await sleep(Math.min(pause, 250), undefined, options);
    }
  }

  /**
   * The digest of exactly this version in the index; '' when the index has none, null when absent. ChartMuseum reads the version in
   * the path as a semver constraint (asked for 1.2.3+99 it answers 1.2.3+45), so after another version the whole list is searched.
   */
  async #digest(name: string, version: string, options: Cancellable): Promise<string | null> {
    const { charts } = await this.#locate(options);
    const exact = (item: unknown): z.infer<typeof versionSchema> | null => {
      const found = versionSchema.safeParse(item).data;
      return found?.name === name && found.version === version ? found : null;
    };
    // Harbor wraps a single version in an object of its own.
    const one = this.#isHarbor ? {} : await this.#client.getJson(chartUrl(charts, name, version), options);
    if (one === null) return null;
    const found = exact(one);
    if (found) return found.digest ?? '';
    const list = z
      .array(z.unknown())
      .safeParse(await this.#client.getJson(chartUrl(charts, name), options)).data;
    const listed = list?.map(exact).find((item) => item !== null);
    return listed ? (listed.digest ?? '') : null;
  }

  async #locate(options: Cancellable): Promise<MuseumPaths> {
    if (this.#paths) return this.#paths;
    const paths = this.#isHarbor
      ? harborPaths(this.#location)
      : await locateMuseum(this.#location, this.#client, options);
    if (paths === null) throw await this.#notFound(options);
    this.#paths = paths;
    return paths;
  }

  /** The error where no API was found: another one when there is at least an index.yaml, which means a repository without uploads. */
  async #notFound(options: Cancellable): Promise<AppError> {
    const index = await this.#client
      .getFile(`${this.url}/index.yaml`, ARCHIVE_LIMIT, options)
      .catch(() => null);
    if (!index?.toString('utf8').includes('apiVersion'))
      return this.#client.notARepository('no ChartMuseum API');
    return new AppError('chart-repo.no-upload-api', { origin: 'chart-repo', params: { url: this.url } });
  }
}

function chartUrl(charts: string, ...path: readonly string[]): string {
  return [charts, ...path.map(encodeURIComponent)].join('/');
}

function nameOf({ name, version }: PublishedChart): string {
  return `${name} ${version}`;
}

function chartParts({ name, version, archive, provenance }: PublishedChart) {
  const filename = chartFileName(name, version);
  const chart = { name: 'chart', filename, bytes: archive };
  return provenance === null
    ? [chart]
    : [chart, { name: 'prov', filename: `${filename}.prov`, bytes: provenance }];
}
