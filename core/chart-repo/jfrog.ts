// Publishes charts to a Helm repository in JFrog Artifactory: files that are put and read back, and an index that Artifactory makes.
// https://jfrog.com/help/r/jfrog-artifactory-documentation/helm-charts-repositories (from the documentation; no live server was tried)
import { digestOf, hexOf } from '../content/digest.js';
import { AppError } from '../errors.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { ChartTarget, ListedChart, PublishedChart } from '../ports/chart-target.js';
import type { RetryPolicy } from '../registry/http/retry.js';
import type { Transport } from '../registry/http/transport-types.js';
import { metadataOf, readChartArchive } from './chart-metadata.js';
import { chartFileName, placeInFiles, placeTaken } from './chart-name.js';
import { listedIn, parseChartIndex } from './index-yaml.js';
import {
  RepositoryClient,
  refusalOf,
  uploadFailure,
  type RepositoryCredentials,
} from './repository-client.js';
import { parseRepositoryUrl, type RepositoryUrl } from './repository-url.js';

export interface JfrogOptions {
  /** `http(s)://host/artifactory/<repository>` or `…/artifactory/api/helm/<repository>`, as `helm repo add` takes it. */
  readonly url: string;
  readonly credentials?: RepositoryCredentials;
  readonly transport: Transport;
  /** How often and how long requests are tried again; absent: once. */
  readonly retries?: RetryPolicy;
}

const ARCHIVE_LIMIT = 256 * 1024 * 1024;
const PROVENANCE_LIMIT = 1024 * 1024;

/** Opens a Helm repository of Artifactory; nothing is sent before the first call. Throws `chart-repo.illegal-url`. */
export function createJfrogCharts(options: JfrogOptions): ChartTarget {
  return new JfrogCharts(options);
}

class JfrogCharts implements ChartTarget {
  readonly kind = 'jfrog';
  readonly names = null;
  readonly url: string;
  readonly #client: RepositoryClient;
  readonly #places: JfrogPlaces;
  /** True where a chart was written or removed since the index was made. */
  #isIndexOld = false;

  constructor({ url, transport, ...access }: JfrogOptions) {
    const location = parseRepositoryUrl(url);
    this.url = location.shown;
    this.#client = new RepositoryClient(transport, this.url, access);
    this.#places = placesOf(location);
  }

  async getChart(name: string, version: string, options: Cancellable): Promise<PublishedChart | null> {
    const url = this.#fileUrl(name, version);
    const archive = await this.#client.getFile(url, ARCHIVE_LIMIT, options);
    if (archive === null) return null;
    const read = await readChartArchive(archive, options);
    // A cut file, or a page of a proxy.
    if (!read.ok) return null;
    if (read.metadata.name !== name || read.metadata.version !== version)
      throw placeTaken(this.url, { name, version }, read.metadata);
    const provenance = await this.#client.getFile(`${url}.prov`, PROVENANCE_LIMIT, options);
    return { name, version, archive, provenance };
  }

  placeOf(name: string, version: string): string {
    return placeInFiles(name, version);
  }

  async listCharts(options: Cancellable): Promise<readonly ListedChart[] | null> {
    const url = `${this.#places.index}/index.yaml`;
    const index = await this.#client.getFile(url, ARCHIVE_LIMIT, options);
    return index === null ? null : listedIn(parseChartIndex(index.toString('utf8'), url));
  }

  async putChart(chart: PublishedChart, options: Cancellable): Promise<void> {
    const { name, version, archive, provenance } = chart;
    const url = this.#fileUrl(name, version);
    await metadataOf(chart, options);
    this.#isIndexOld = true;
    await this.#put(url, archive, 'application/gzip', chart, options);
    if (provenance !== null)
      await this.#put(`${url}.prov`, provenance, 'application/pgp-signature', chart, options);
  }

  async deleteChart(name: string, version: string, options: Cancellable): Promise<boolean> {
    const url = this.#fileUrl(name, version);
    this.#isIndexOld = true;
    for (const file of [`${url}.prov`, url]) {
      const response = await this.#client.send('DELETE', file, options);
      const refusal = await refusalOf(response);
      if (refusal.status === 405) return false;
      if (refusal.status >= 300 && refusal.status !== 404)
        throw this.#client.failure(refusal, `${name} ${version}`);
    }
    return true;
  }

  async mayPublish(): Promise<boolean | null> {
    return Promise.resolve(null); // Artifactory tells the rights of an account to administrators only
  }

  /** Asks for a new index. Only some accounts may; Artifactory makes one by itself after each upload, some time later. */
  async flush(options: Cancellable): Promise<void> {
    const { reindex } = this.#places;
    if (!this.#isIndexOld || reindex === null) return;
    try {
      await (await this.#client.send('POST', reindex, options)).discard();
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'chart-repo.forbidden') throw error;
    }
    this.#isIndexOld = false;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #fileUrl(name: string, version: string): string {
    return `${this.#places.files}/${encodeURIComponent(chartFileName(name, version))}`;
  }

  /** Sends a file with its digest, which Artifactory compares with what it received, and reads it back. */
  async #put(
    url: string,
    bytes: Buffer,
    type: string,
    chart: PublishedChart,
    options: Cancellable,
  ): Promise<void> {
    const isThere = async (): Promise<boolean> =>
      (await this.#client.getFile(url, ARCHIVE_LIMIT, options))?.equals(bytes) ?? false;
    const headers = { 'x-checksum-sha256': hexOf(digestOf(bytes)) };
    const subject = `${chart.name} ${chart.version}`;
    await this.#client.untilDone(
      async () => {
        const response = await this.#sendOnce(url, { bytes, type, headers }, subject, options);
        if (response.status === 200 || response.status === 201) return response.discard();
        throw uploadFailure(this.#client, await refusalOf(response), subject, bytes.length);
      },
      isThere,
      options,
    );
    if (await isThere()) return;
    const params = { url: this.url, chart: subject };
    throw new AppError('chart-repo.not-visible', { origin: 'chart-repo', params, retryable: true });
  }

  /** An account that may deploy and not delete gets 403 where a file is there already. */
  async #sendOnce(
    url: string,
    upload: Parameters<RepositoryClient['sendOnce']>[3],
    subject: string,
    options: Cancellable,
  ): ReturnType<RepositoryClient['sendOnce']> {
    try {
      return await this.#client.sendOnce('PUT', url, options, upload);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'chart-repo.forbidden') throw error;
      if ((await this.#client.getFile(url, ARCHIVE_LIMIT, options)) === null) throw error;
      const params = { url: this.url, chart: subject };
      throw new AppError('chart-repo.refuses-overwrite', { origin: 'chart-repo', params, cause: error });
    }
  }
}

interface JfrogPlaces {
  /** URL under which the archives lie. */
  readonly files: string;
  /** URL under which index.yaml lies. */
  readonly index: string;
  /** Null where the URL does not tell the name of the repository. */
  readonly reindex: string | null;
}

/** Charts lie at `/artifactory/<repository>`; the index that helm reads, and the request for a new one, below `/artifactory/api/helm`. */
function placesOf({ origin, segments, shown }: RepositoryUrl): JfrogPlaces {
  const [context, ...rest] = segments;
  if (context !== 'artifactory') return { files: shown, index: shown, reindex: null };
  const path = rest[0] === 'api' && rest[1] === 'helm' ? rest.slice(2) : rest;
  const [repository] = path;
  if (repository === undefined) return { files: shown, index: shown, reindex: null };
  const base = `${origin}/artifactory`;
  return {
    files: [base, ...path].join('/'),
    index: `${base}/api/helm/${repository}`,
    reindex: `${base}/api/helm/${repository}/reindex`,
  };
}
