// The chart side of a target: a folder, a ChartMuseum, or an OCI registry.
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
  /** How a registry holds it, so that it can get back there what it was, digest and all. */
  readonly stored?: StoredChart;
}

/** The manifest and config of a chart in a registry: other programs write other ones for the same archive. */
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
  readonly kind: 'folder' | 'chartmuseum' | 'oci';
  /** As people know it, without credentials: `oci://host/addon`, `http://host/api`, or a path. */
  readonly url: string;
  /** The chart of exactly this name and version as it is published now, complete and parseable; null when absent. A cut file counts as absent. */
  getChart(name: string, version: string, options: Cancellable): Promise<PublishedChart | null>;
  /** Every chart and version that is published now; null where the repository does not list them, or not for this account. */
  listCharts(options: Cancellable): Promise<readonly ListedChart[] | null>;
  /**
   * Publishes, replacing what is there under the same name and version, and reads back that it is visible.
   * Throws `chart-repo.refuses-overwrite` where the repository does not allow replacing.
   */
  putChart(chart: PublishedChart, options: Cancellable): Promise<void>;
  /** Removes exactly this name and version; an absent one counts as removed. False where the repository offers no way to. */
  deleteChart(name: string, version: string, options: Cancellable): Promise<boolean>;
  /** The index.yaml of a folder; null elsewhere. */
  readonly names: NameList | null;
  /** Makes everything durable and visible that was held back for a batch. */
  flush(options: Cancellable): Promise<void>;
  close(): Promise<void>;
}
