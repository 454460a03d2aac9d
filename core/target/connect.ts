// Opens a target: makes the clients for its registry or folder and its chart repositories from its description.
import { join } from 'node:path';
import { createFolderCharts, openFolderCharts } from '../chart-repo/folder.js';
import { createOciCharts } from '../chart-repo/oci.js';
import type { NamingRules } from '../chart/relocation/naming.js';
import type { Credentials, ReportTarget } from '../contract.js';
import { AppError } from '../errors.js';
import { openFolderTarget, type FolderTarget } from '../folder/folder-target.js';
import { CHARTS_FOLDER } from '../folder/store-check.js';
import type { Product } from '../registry/login/product.js';
import { createRegistryTarget, type RegistryTarget } from '../registry/registry-target.js';
import type { NetworkSettings } from '../registry/http/transport.js';
import { loadTrust, type Trust } from '../registry/http/trust.js';
import { DEFAULT_PAUSES, type RetryPolicy } from '../registry/http/retry.js';
import { Patience } from '../flow/patience.js';
import type { ChartTarget } from '../ports/chart-target.js';
import type { ImageTarget } from '../ports/image-target.js';
import type { ProjectDirectory } from '../ports/project-directory.js';
import { expectAnswer, openHttpCharts, type OpenCharts } from './http-charts.js';
import { chartPlace } from './projects.js';
import {
  chartUrlsFor,
  fixedChartUrls,
  folderChartServers,
  type ChartLocation,
  type ResolvedTarget,
} from './spec.js';
import type { Cancellable } from '../ports/cancellable.js';

/** An open target whose registry or folder, and whose fixed chart repositories, answered. */
export interface ConnectedTarget {
  /** Null with `--no-images`. */
  readonly images: ImageTarget | null;
  /** Chart repositories for a folder of the package, none with `--no-charts`; opened when first asked for. */
  chartsFor(folder: string, options: Cancellable): Promise<readonly ChartOpening[]>;
  /** The projects of the registry that serves `host`; null when it has none, or when no registry was opened for that host. */
  projectsAt(host: string, options: Cancellable): Promise<ProjectDirectory | null>;
  /** Tells what this account may do at `host`; null where no registry was opened for it. Images and charts may have accounts of their own. */
  rightsAt(host: string, side: 'registry' | 'chart-repo'): RightsTeller | null;
  /** True where the registry takes no images with Docker's media types. */
  refusesDockerTypes(options: Cancellable): Promise<boolean>;
  /** The naming rules of the target; where names need a project, those of one segment go to `library/`. */
  readonly rules: NamingRules;
  /** For the report, without secrets. */
  readonly summary: ReportTarget;
  /** Writes everything to disk and makes it visible that was collected for a batch. */
  flush(options: Cancellable): Promise<void>;
  close(): Promise<void>;
}

/** An open target whose registries can list their repositories. */
export interface ListableTarget extends ConnectedTarget {
  /** The open registry that serves `host`; null when none was opened for that host. */
  registryAt(host: string): RepositoryLister | null;
}

/** Tells the rights of an account before anything is sent. */
export type RightsTeller = Pick<RegistryTarget, 'rightsIn' | 'refusedIn'>;

export type RepositoryLister = Pick<ImageTarget, 'repositories' | 'listTags' | 'getManifest'>;

/** A chart repository, or why it cannot be opened; the others are not affected. */
export type ChartOpening =
  | { readonly url: string; readonly charts: ChartTarget }
  | { readonly url: string; readonly problem: AppError };

export interface ConnectOptions extends Cancellable {
  /**
   * For reading only: no writer lock is taken and nothing is cleaned up, so that a folder can be read while another process
   * writes to it, and on a read-only disk.
   */
  readonly readOnly?: boolean;
  /** Charts are to be published: a chart repository that this account may only read is refused when it is opened. */
  readonly publishes?: boolean;
  /** How long a server that is away or asks to wait is waited for; the same for all connections of a run. */
  readonly patience?: Patience;
  /** Called for each request that is sent again. */
  readonly onRetry: (reason: AppError) => void;
  /** One line for each request, without secrets. */
  readonly onRequest: (line: string, isAnswered: boolean) => void;
}

/**
 * Opens a target and proves that it answers: registry and credentials, and every chart repository whose URL does not depend
 * on a package's folder. Nothing is written. Throws what the sides throw (origin `registry`, `chart-repo` or `disk`).
 */
export async function connectTarget(
  target: ResolvedTarget,
  options: ConnectOptions,
): Promise<ListableTarget> {
  const connection = new Connection(target, options);
  try {
    await connection.open(options);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/**
 * The registry of a target with other credentials, or without any (null). No request is sent before the first call. Null where
 * images go to a folder, or nowhere.
 */
export function openImagesAs(
  target: ResolvedTarget,
  credentials: Credentials | null,
  options: ConnectOptions,
): ImageTarget | null {
  return new Connection(target, options).imagesAs(credentials);
}

/** How the hosts of a target are connected to. Certificate files are read once, at the first call of `trust`. */
export function networkOf({ tls, resolve, proxy }: ResolvedTarget, options: Cancellable): NetworkSettings {
  let loading: Promise<Trust> | null = null;
  return { trust: () => (loading ??= loadTrust(tls, options)), resolve, proxy };
}

/** For commands that only look. */
const SHORT_PATIENCE_MS = 120_000;
/** Products in which the first segment of a repository names a project, or a repository key. */
const WITH_PROJECTS: ReadonlySet<Product> = new Set<Product>(['harbor', 'jfrog']);

class Connection implements ListableTarget {
  readonly #target: ResolvedTarget;
  readonly #options: ConnectOptions;
  readonly #network: NetworkSettings;
  /** Of chart repositories over HTTP; registries make their own from the same options. */
  readonly #retries: RetryPolicy;
  #folder: FolderTarget | null = null;
  #registry: RegistryTarget | null = null;
  #needsProject = false;
  /** All that were opened, for images and for charts. */
  readonly #registries: RegistryTarget[] = [];
  /** By URL; a repository that several folders share is opened once. */
  readonly #charts = new Map<string, Promise<OpenCharts>>();
  /** Servers of chart repositories that have answered. */
  readonly #answered = new Set<string>();

  constructor(target: ResolvedTarget, options: ConnectOptions) {
    this.#target = target;
    this.#options = options;
    this.#network = networkOf(target, options);
    this.#retries = {
      pauses: DEFAULT_PAUSES,
      onRetry: options.onRetry,
      patience: options.patience ?? new Patience(SHORT_PATIENCE_MS),
    };
  }

  get images(): ImageTarget | null {
    return this.#target.noImages ? null : (this.#registry ?? this.#folder);
  }

  get summary(): ReportTarget {
    return describeTarget(this.#target);
  }

  get rules(): NamingRules {
    const { rules } = this.#target;
    return this.#needsProject ? { ...rules, needsProject: true } : rules;
  }

  async open({ signal }: Cancellable): Promise<void> {
    const { images } = this.#target;
    // Certificate files are read first, so that an unreadable one is reported before any host is contacted.
    await this.#network.trust();
    if (images?.kind === 'folder') {
      const { readOnly = false } = this.#options;
      this.#folder = await openFolderTarget(images.directory, { readOnly, signal });
      // Another run, in this process or another one, may write for hours, so the lock is taken before the package is read. It is not
      // shared: names wait in memory for minutes, and a name that two runs change meanwhile would get the change of one of them
      if (!readOnly) await this.#folder.access.ensure({ signal, alone: true });
    } else if (images && !this.#target.noImages) {
      const { url, credentials } = images;
      this.#registry = this.#openRegistry(url, 'registry', credentials);
      const { product } = await this.#registry.ping({ signal });
      this.#needsProject = WITH_PROJECTS.has(product);
    }
    // Nothing has been done yet, so a repository that is away is reported at once.
    for (const location of fixedChartUrls(this.#target)) await this.#chartsAt(location, null, { signal });
    for (const server of folderChartServers(this.#target)) {
      await expectAnswer(server, this.#httpOptions({ signal }));
      this.#answered.add(server);
    }
  }

  imagesAs(credentials: Credentials | null): ImageTarget | null {
    const { images, noImages } = this.#target;
    if (images?.kind !== 'registry' || noImages) return null;
    return this.#openRegistry(images.url, 'registry', credentials ?? undefined);
  }

  async chartsFor(folder: string, options: Cancellable): Promise<readonly ChartOpening[]> {
    return Promise.all(
      chartUrlsFor(this.#target, folder).map(async (location) => {
        const { url } = location;
        try {
          return { url, charts: (await this.#chartsAt(location, this.#retries, options)).charts };
        } catch (error) {
          if (options.signal.aborted || !(error instanceof AppError)) throw error;
          return { url, problem: error };
        }
      }),
    );
  }

  async projectsAt(host: string, options: Cancellable): Promise<ProjectDirectory | null> {
    return (await this.#registries.find((one) => one.host === host)?.projects(options)) ?? null;
  }

  rightsAt(host: string, side: 'registry' | 'chart-repo'): RightsTeller | null {
    return this.#registries.find((one) => one.host === host && one.origin === side) ?? null;
  }

  async refusesDockerTypes(options: Cancellable): Promise<boolean> {
    return (await this.#registry?.refusesDockerTypes(options)) ?? false;
  }

  registryAt(host: string): RepositoryLister | null {
    return this.#registries.find((one) => one.host === host) ?? null;
  }

  async flush(options: Cancellable): Promise<void> {
    await this.#registry?.flush(options);
    await this.#folder?.flush(options);
    for (const open of this.#charts.values()) await (await open).charts.flush(options);
  }

  async close(): Promise<void> {
    for (const open of this.#charts.values()) await open.then((one) => one.close()).catch(() => undefined);
    await this.#registry?.close();
    await this.#folder?.close();
  }

  /** `probing`: how often a chart repository over HTTP is asked what it is. */
  #chartsAt(location: ChartLocation, probing: RetryPolicy | null, options: Cancellable): Promise<OpenCharts> {
    const known = this.#charts.get(location.url);
    if (known) return known;
    const opening = this.#openCharts(location, probing, options);
    this.#charts.set(location.url, opening);
    // A repository that could not be opened is tried again at the next call
    opening.catch(() => this.#charts.delete(location.url));
    return opening;
  }

  async #openCharts(
    location: ChartLocation,
    probing: RetryPolicy | null,
    { signal }: Cancellable,
  ): Promise<OpenCharts> {
    switch (location.kind) {
      case 'store': {
        if (!this.#folder) throw new RangeError('the store is not open');
        const charts = createFolderCharts(join(this.#folder.directory, CHARTS_FOLDER), this.#folder.access);
        return { charts, close: () => charts.close() };
      }
      case 'folder': {
        const { readOnly = false } = this.#options;
        const charts = await openFolderCharts(location.url, { readOnly, signal });
        return { charts, close: () => charts.close() };
      }
      case 'oci': {
        const registry = this.#openRegistry(location.registry.url, 'chart-repo', location.credentials);
        const { product } = await registry.ping({ signal });
        if (WITH_PROJECTS.has(product) && chartPlace(location.url) === null) {
          const params = { url: location.url, example: `${location.url}/{repo}` };
          throw new AppError('chart-repo.needs-project', { origin: 'config', params });
        }
        const charts = createOciCharts({ url: location.url, registry });
        return { charts, close: () => registry.close() };
      }
      case 'http':
        return openHttpCharts(location, {
          ...this.#httpOptions({ signal }),
          retries: this.#retries,
          probing,
          isKnown: this.#answered.has(new URL(location.url).origin),
        });
    }
  }

  #httpOptions({ signal }: Cancellable) {
    return { ...this.#options, allowHosts: this.#target.allowHosts, network: this.#network, signal };
  }

  #openRegistry(
    url: string,
    origin: 'registry' | 'chart-repo',
    credentials: Credentials | undefined,
  ): RegistryTarget {
    const registry = createRegistryTarget({
      url,
      origin,
      allowHosts: this.#target.allowHosts,
      ...(credentials ? { credentials } : {}),
      readOnly: this.#options.readOnly ?? false,
      onRetry: this.#options.onRetry,
      ...(this.#options.patience ? { patience: this.#options.patience } : {}),
      onRequest: this.#options.onRequest,
      network: this.#network,
    });
    this.#registries.push(registry);
    return registry;
  }
}

/** Describes a target for journals and reports, without secrets; no connection is needed. */
export function describeTarget({ images, charts, noCharts }: ResolvedTarget): ReportTarget {
  const storeCharts = images?.kind === 'folder' ? join(images.directory, CHARTS_FOLDER) : '';
  const urls = noCharts ? [] : charts.map(({ url }) => (url === '' ? storeCharts : url));
  if (images?.kind === 'registry') return { kind: 'registry', location: images.url, charts: urls };
  return { kind: 'folder', location: images?.directory ?? '', charts: urls };
}
