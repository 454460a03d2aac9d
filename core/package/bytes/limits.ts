// Bounds for memory and work while a package is read, because packages are untrusted and may be built to exhaust both.

export const LIMITS = {
  /** PAX records and GNU long names: real ones are below 4 KiB. */
  tarMetadataBytes: 1 << 20,
  /** PATH_MAX of Linux. */
  nameBytes: 4096,
  /** hints.yaml is a list of a few lines. */
  hintsBytes: 1 << 20,
  /** addon.yaml lists about a hundred charts. */
  yamlFileBytes: 256 << 10,
  /** A package has one list of charts for each of its folders. */
  yamlFiles: 64,
  /** Helm itself refuses chart files above 5 MiB. */
  chartFileBytes: 16 << 20,
  /** Helm's 100 MiB for a whole chart, and some margin. */
  chartBytes: 128 << 20,
  /** manifest.json of an archive with tens of thousands of layers. */
  manifestBytes: 64 << 20,
  /** What a registry target reads back as a config at most. */
  configBytes: 8 << 20,
  /** Registries accept manifests up to 4 MiB; larger JSON in an OCI layout is a layer. */
  layoutJsonBytes: 4 << 20,
  /** All configs and manifests of one image archive together. */
  heldBytes: 256 << 20,
  /** Archives in archives; a package has three (package, bundle, images.tar). */
  nesting: 8,
  /** Compressions in compressions; downloads through proxies have two. */
  compressions: 3,
  /** How many times larger the inner file of two compressions may be than the outer one. */
  compressionRatio: 100,
  /** Indexes in indexes; real layouts have two. */
  indexDepth: 8,
  /** Links that lead to links. */
  linkHops: 16,
  /** Programs, scripts and links of one layer; what has more is not judged by its programs. */
  layerFiles: 50_000,
  /** The same of all layers of one image archive. */
  archiveFiles: 300_000,
  /** A list of checksums. */
  checksumFileBytes: 1 << 20,
} as const;
