// Publishes charts in an OCI registry in the form that helm push uses. https://helm.sh/docs/topics/registries/
import { digestOf } from '../content/digest.js';
import { isSameManifest, parseManifest, type RawManifest } from '../content/manifest.js';
import {
  HELM_CHART_LAYER,
  HELM_CHART_LAYER_LEGACY,
  HELM_CONFIG,
  HELM_PROVENANCE_LAYER,
} from '../content/media-types.js';
import { isRepository, isTag } from '../content/reference.js';
import { AppError } from '../errors.js';
import { polled } from '../flow/poll.js';
import type { RegistryTarget } from '../registry/registry-target.js';
import type { ChartTarget, ListedChart, PublishedChart } from '../ports/chart-target.js';
import { metadataOf } from './chart-metadata.js';
import { chartFileName } from './chart-name.js';
import { asStored, encodeChart, readChartConfig } from './oci-manifest.js';
import type { Cancellable } from '../ports/cancellable.js';
import { TAGS_AT_A_TIME } from '../flow/limits.js';

/** The part of a registry that charts need. Open it with `origin: 'chart-repo'`, so that its failures are reported for the chart side. */
export type ChartRegistry = Pick<
  RegistryTarget,
  | 'host'
  | 'getManifest'
  | 'getBlob'
  | 'getBlobUpTo'
  | 'blobSize'
  | 'listTags'
  | 'repositories'
  | 'projects'
  | 'putBlob'
  | 'putManifest'
  | 'deleteTag'
>;

/** Bytes. Charts are small: helm takes at most 100 MiB unpacked. */
const ARCHIVE_LIMIT = 128 * 1024 * 1024;
/** How long a published chart may take to become visible (milliseconds). */
const VISIBLE_WITHIN_MS = 10_000;

/** Charts at `oci://host[:port][/path]`, as `<path>/<name>:<version>`. Throws `chart-repo.illegal-url`. The registry is not closed with them. */
export function createOciCharts(options: {
  readonly url: string;
  readonly registry: ChartRegistry;
}): ChartTarget {
  return new OciCharts(options.registry, basePath(options.url, options.registry.host));
}

/** A version as helm writes it as a tag: `+` is not allowed in tags and becomes `_`. */
export function chartTag(version: string): string {
  return version.replaceAll('+', '_');
}

class OciCharts implements ChartTarget {
  readonly kind = 'oci';
  readonly names = null;
  readonly url: string;
  readonly #registry: ChartRegistry;
  readonly #path: string;

  constructor(registry: ChartRegistry, path: string) {
    this.#registry = registry;
    this.#path = path;
    this.url = `oci://${registry.host}${path === '' ? '' : `/${path}`}`;
  }

  async getChart(name: string, version: string, options: Cancellable): Promise<PublishedChart | null> {
    const { repository, tag } = this.#place(name, version);
    const raw = await this.#manifestAt(repository, tag, options);
    if (raw === null) return null;
    const manifest = parseManifest(raw.bytes, raw.mediaType);
    if (manifest.kind !== 'manifest') throw this.#notThisChart(repository, tag, raw.mediaType);
    const layer = manifest.layers.find(
      ({ mediaType }) => mediaType === HELM_CHART_LAYER || mediaType === HELM_CHART_LAYER_LEGACY,
    );
    if (!layer || manifest.config.mediaType !== HELM_CONFIG) {
      throw this.#notThisChart(repository, tag, manifest.config.mediaType);
    }
    const config = await this.#registry.getBlob(repository, manifest.config.digest, options);
    const archive = await this.#registry.getBlobUpTo(repository, layer.digest, ARCHIVE_LIMIT, options);
    if (config === null || archive === null) return null;
    const named = readChartConfig(config);
    // The versions `1.0+1` and `1.0_1` have the same tag.
    if (named?.name !== name || named.version !== version) {
      throw this.#notThisChart(
        repository,
        tag,
        named ? `${named.name} ${named.version}` : 'unreadable config',
      );
    }
    const provenance = manifest.layers.find(({ mediaType }) => mediaType === HELM_PROVENANCE_LAYER);
    return {
      name,
      version,
      archive,
      provenance: provenance ? await this.#registry.getBlob(repository, provenance.digest, options) : null,
      stored: { manifest: raw, config },
    };
  }

  placeOf(name: string, version: string): string {
    return `${name}:${chartTag(version)}`;
  }

  /** Reads every tag below the path, because images may be in the same repositories. */
  async listCharts(options: Cancellable): Promise<readonly ListedChart[] | null> {
    const all = (await this.#registry.repositories(options)) ?? (await this.#repositoriesOfProject(options));
    if (all === null) return null;
    const under = this.#path === '' ? '' : `${this.#path}/`;
    const own = all.filter((name) => name.startsWith(under) && !name.slice(under.length).includes('/'));
    const found: ListedChart[] = [];
    for (const repository of own) {
      const tags = await this.#registry.listTags(repository, options);
      for (let at = 0; at < tags.length; at += TAGS_AT_A_TIME) {
        const some = tags.slice(at, at + TAGS_AT_A_TIME);
        const charts = await Promise.all(some.map((tag) => this.#chartAt(repository, tag, options)));
        found.push(...charts.filter((chart) => chart !== null));
      }
    }
    return found;
  }

  async putChart(chart: PublishedChart, options: Cancellable): Promise<void> {
    const { repository, tag } = this.#place(chart.name, chart.version);
    const { fields } = await metadataOf(chart, options);
    const { manifest, blobs } = chart.stored ? asStored(chart, chart.stored) : encodeChart(chart, fields);
    const current = await this.#registry.getManifest(repository, tag, options);
    try {
      // Blobs are sent also where the tag is right already, because one of them may be missing.
      for (const blob of blobs) await this.#putBlob(repository, blob.bytes, options);
      // Harbor refuses even the same manifest again under an immutable tag.
      if (current && isSameManifest(current, manifest)) return;
      await this.#registry.putManifest(repository, tag, manifest, options);
    } catch (error) {
      throw this.#wording(error, chart);
    }
    const visible = await polled(
      () => this.#registry.getManifest(repository, tag, options),
      // Other than before: a registry of several nodes shows the former chart, or none, for a while.
      (found) => (found?.digest ?? null) !== (current?.digest ?? null),
      VISIBLE_WITHIN_MS,
      options,
    );
    if (!visible || !isSameManifest(visible, manifest)) {
      const params = { url: this.url, chart: `${chart.name} ${chart.version}` };
      throw new AppError('chart-repo.not-visible', { origin: 'chart-repo', params, retryable: true });
    }
  }

  async mayPublish(): Promise<boolean | null> {
    return Promise.resolve(null);
  }

  async deleteChart(name: string, version: string, options: Cancellable): Promise<boolean> {
    const { repository, tag } = this.#place(name, version);
    return this.#registry.deleteTag(repository, tag, options);
  }

  async flush(): Promise<void> {
    // The registry has confirmed every chart already.
  }

  async close(): Promise<void> {
    // The registry belongs to whoever opened it.
  }

  /** For Harbor, whose catalog only administrators may read: the repositories of the project, which its members may read. */
  async #repositoriesOfProject(options: Cancellable): Promise<readonly string[] | null> {
    const [project = ''] = this.#path.split('/');
    if (project === '') return null;
    try {
      return (await (await this.#registry.projects(options))?.repositories(project, options)) ?? null;
    } catch (error) {
      if (error instanceof AppError && error.code === 'registry.credentials-needed') return null;
      throw error;
    }
  }

  /** The chart under a tag; its version comes from its metadata, because the tag has `_` for `+`. Null when the tag is no chart. */
  async #chartAt(repository: string, tag: string, options: Cancellable): Promise<ListedChart | null> {
    const raw = await this.#registry.getManifest(repository, tag, options);
    const manifest = raw && parseManifest(raw.bytes, raw.mediaType);
    if (manifest?.kind !== 'manifest' || manifest.config.mediaType !== HELM_CONFIG) return null;
    const config = await this.#registry.getBlob(repository, manifest.config.digest, options);
    const named = config && readChartConfig(config);
    const isItsName = named && repository.split('/').at(-1) === named.name && chartTag(named.version) === tag;
    return isItsName ? { name: named.name, version: named.version } : null;
  }

  /** Sends without asking first: charts are small, and zot reports blobs of other repositories as present. */
  async #putBlob(repository: string, bytes: Buffer, options: Cancellable): Promise<void> {
    await this.#registry.putBlob(repository, digestOf(bytes), bytes.length, bytes, options);
  }

  /** Null also where only a connection that may write could prove that the tag is absent. */
  async #manifestAt(repository: string, tag: string, options: Cancellable): Promise<RawManifest | null> {
    try {
      return await this.#registry.getManifest(repository, tag, options);
    } catch (error) {
      if (error instanceof AppError && error.code === 'registry.absence-unproven') return null;
      throw error;
    }
  }

  #place(name: string, version: string): { readonly repository: string; readonly tag: string } {
    const repository = this.#path === '' ? name : `${this.#path}/${name}`;
    const tag = chartTag(version);
    if (isRepository(repository) && isTag(tag)) return { repository, tag };
    chartFileName(name, version);
    const params = { name, version, url: this.url };
    throw new AppError('chart-repo.illegal-oci-name', { origin: 'package', params });
  }

  #notThisChart(repository: string, tag: string, detail: string): AppError {
    const reference = `${this.#registry.host}/${repository}:${tag}`;
    return new AppError('chart-repo.tag-not-a-chart', {
      origin: 'chart-repo',
      params: { reference, detail },
    });
  }

  #wording(error: unknown, chart: PublishedChart): unknown {
    if (!(error instanceof AppError) || error.code !== 'registry.tag-immutable') return error;
    const params = { url: this.url, chart: `${chart.name} ${chart.version}` };
    return new AppError('chart-repo.refuses-overwrite', { origin: 'chart-repo', params, cause: error });
  }
}

function basePath(text: string, host: string): string {
  const [, urlHost, path = ''] = /^oci:\/\/([^/]+)(?:\/+(.*?))?\/*$/.exec(text) ?? [];
  if (urlHost === host && (path === '' || isRepository(path))) return path;
  const detail =
    urlHost === undefined || urlHost === host ? 'oci://host[:port]/path' : `${urlHost} is not ${host}`;
  throw new AppError('chart-repo.illegal-url', { origin: 'config', params: { url: text, detail } });
}
