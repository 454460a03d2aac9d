// Where an import goes, as a host describes it.
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface ChartRepositorySpec {
  /** Folder of the package whose charts go here; absent: charts of every folder. */
  readonly folder?: string;
  /** `http(s)://…`, `oci://…` or a folder on disk; `{repo}` stands for the package folder's name. */
  readonly url: string;
  readonly kind?: 'chartmuseum' | 'harbor' | 'jfrog';
}

/** A target as a host describes it; it may hold secrets, so it is never logged or stored. */
export interface TargetSpec {
  /** Directory of a folder target, or URL of a registry (a host alone means https). */
  readonly store?: string;
  readonly registry?: string;
  /** Absent with a registry: charts go to `oci://<registry host>/{repo}`. */
  readonly charts?: readonly ChartRepositorySpec[];
  readonly noCharts?: boolean;
  readonly noImages?: boolean;
  readonly naming?: {
    readonly containerRegistry?: string;
    readonly containerPrefixRegistry?: string;
    readonly containerRepository?: string;
    readonly containerPrefixRepository?: string;
    readonly appendOriginRegistry?: boolean;
    readonly mirror?: boolean;
  };
  readonly credentials?: Credentials;
  readonly chartCredentials?: Credentials;
  /** Further hosts that may be contacted, each `host` or `host:port` (token services, redirects to storage). */
  readonly allowHosts?: readonly string[];
}

/** A target as reports name it; it holds no secrets. */
export interface ReportTarget {
  readonly kind: 'folder' | 'registry';
  /** Directory or registry URL. */
  readonly location: string;
  readonly charts: readonly string[];
}
