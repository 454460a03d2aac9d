// The naming rules of charts-syncer, by their names there.

/** Settings of a target; no setting at all keeps every name as it is. Registries are `host[:port]`, prefix registries may carry a path. */
export interface NamingRules {
  readonly containerRegistry?: string;
  readonly containerPrefixRegistry?: string;
  readonly containerRepository?: string;
  readonly containerPrefixRepository?: string;
  readonly appendOriginRegistry?: boolean;
  /** Exact canonical paths (`library/` included), as a containerd mirror asks for them: values stay as they are. */
  readonly mirror?: boolean;
  /** Where names need a project (Harbor, JFrog), a one-segment name goes to `library/<name>`. */
  readonly needsProject?: boolean;
}
