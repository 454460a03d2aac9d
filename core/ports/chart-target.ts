// The chart side of a target: a folder, a ChartMuseum, an Artifactory, or an OCI registry.
import type { RawManifest } from '../content/manifest.js';
import type { NameList } from './image-target.js';
import type { Cancellable } from './cancellable.js';

/** A published chart archive. */
export interface PublishedChart {
  readonly name: string;
  readonly version: string;
  /** The .tgz. */
  readonly archive: Buffer;
  /** The .prov beside it, when there is one. */
  readonly provenance: Buffer | null;
  /** The manifest and config under which a registry holds it; with them an undo can restore the same digest. */
  readonly stored?: StoredChart;
}

/** The manifest and config of a chart in a registry. They differ between the programs that push, for the same archive. */
export interface StoredChart {
  readonly manifest: RawManifest;
  readonly config: Buffer;
}

/** A chart that a repository lists. */
export interface ListedChart {
  readonly name: string;
  readonly version: string;
}

/** One chart repository for one folder of the package. Failures are AppErrors of origin `chart-repo` or `disk`. */
export interface ChartTarget {
  readonly kind: 'folder' | 'chartmuseum' | 'jfrog' | 'oci';
  /** The address without credentials: `oci://host/addon`, `http://host/api`, or a path. */
  readonly url: string;
  /** The chart of exactly this name and version; null when it is absent. A truncated file counts as absent. */
  getChart(name: string, version: string, options: Cancellable): Promise<PublishedChart | null>;
  /** The file or tag of a chart. Charts of one place exclude each other, such as `a` 1-0.0.0 and `a-1` 0.0.0 in one file. */
  placeOf(name: string, version: string): string;
  /** Every published chart and version; null where the repository does not list them, or not for this account. */
  listCharts(options: Cancellable): Promise<readonly ListedChart[] | null>;
  /**
   * Publishes the chart, replaces one of the same name and version, and reads it back. `stored` is used in a registry.
   * Throws `chart-repo.refuses-overwrite` where the repository does not allow replacing.
   */
  putChart(chart: PublishedChart, options: Cancellable): Promise<void>;
  /** Whether this account may publish, found out without publishing anything; null where that does not tell. */
  mayPublish(options: Cancellable): Promise<boolean | null>;
  /** Removes exactly this name and version; an absent chart counts as removed. False where the repository does not offer removing. */
  deleteChart(name: string, version: string, options: Cancellable): Promise<boolean>;
  /** The index.yaml of a folder; null for other repositories. */
  readonly names: NameList | null;
  /** Makes all that was written durable and visible; a folder writes its index only now. */
  flush(options: Cancellable): Promise<void>;
  close(): Promise<void>;
}
