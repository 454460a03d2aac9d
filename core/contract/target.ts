// Where an import goes, as a host describes it.
export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** The password is an identity token (an OAuth2 refresh token, as docker stores it), which only a token service takes. */
  readonly isIdentityToken?: boolean;
}

/** Where credentials came from; `where` names the file, program or variable. Never the credentials themselves. */
export interface CredentialsSource {
  readonly kind:
    | 'stdin'
    | 'terminal'
    | 'environment'
    | 'keychain'
    | 'cluster-config'
    | 'syncer-config'
    | 'login-file'
    | 'credential-helper'
    | 'app';
  readonly where: string;
}

export interface ChartRepositorySpec {
  /** Folder of the package whose charts go here; absent: charts of every folder. */
  readonly folder?: string;
  /** `http(s)://…`, `oci://…` or a folder on disk; `{repo}` stands for the package folder's name. */
  readonly url: string;
  readonly kind?: 'chartmuseum' | 'harbor' | 'jfrog';
  /** Whose password is asked for, where this repository has an account of its own. */
  readonly username?: string;
  /** Of this repository alone; absent: the target's `chartCredentials`. */
  readonly credentials?: Credentials;
}

/** What a target's TLS connections trust beyond the authorities of this computer. */
export interface TlsSpec {
  /** PEM files with certificates of further authorities. */
  readonly caFiles?: readonly string[];
  /** PEM files of a client certificate and its key; both or neither. */
  readonly certFile?: string;
  readonly keyFile?: string;
  /** SHA-256 fingerprints of server certificates that are trusted without a valid chain. */
  readonly fingerprints?: readonly string[];
  /** Trusts every certificate; only the command line can ask for it, and every report names it. */
  readonly skipVerify?: boolean;
}

/** A certificate as a server shows it. */
export interface ServerCertificate {
  /** Common name, or organisation. */
  readonly subject: string;
  readonly issuer: string;
  /** Host names and addresses that it is for. */
  readonly names: readonly string[];
  /** ISO 8601, UTC. */
  readonly validFrom: string;
  readonly validTo: string;
  /** SHA-256, 64 lower-case hex digits. */
  readonly fingerprint: string;
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
  /** Images with Docker's media types get those of OCI: their manifests have other digests there than in the package. */
  readonly convertToOci?: boolean;
  readonly credentials?: Credentials;
  readonly chartCredentials?: Credentials;
  /** Where `credentials` came from, for `check`. */
  readonly credentialsFrom?: CredentialsSource;
  /** Further hosts that may be contacted, each `host` or `host:port` (token services, redirects to storage). */
  readonly allowHosts?: readonly string[];
  readonly tls?: TlsSpec;
  /** `host:port:address`: connect to this address instead of asking a name server, as curl's `--resolve`. */
  readonly resolve?: readonly string[];
  /** An HTTP proxy that all hosts are reached through, but for `except` (as in NO_PROXY). Its URL may hold a password. */
  readonly proxy?: { readonly url: string; readonly except?: readonly string[] };
}

/** A target as reports name it; it holds no secrets. */
export interface ReportTarget {
  readonly kind: 'folder' | 'registry';
  /** Directory or registry URL. */
  readonly location: string;
  readonly charts: readonly string[];
}
