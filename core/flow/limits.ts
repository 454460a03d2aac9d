// All bounds in one place, with the reason for each number: how many things are done at the same time, and how much one package may
// make this computer do. The user can set only the number of uploads.

/** Uploads of blobs when the user names no number: enough to fill most links, few enough for a small registry. */
export const DEFAULT_UPLOADS = 4;

/** Blobs that were read and are not stored yet: the target is asked about them while others are read; a budget bounds their bytes. */
export const BLOBS_TAKEN_AT_A_TIME = 32;

/** Repositories that get one blob at a time where it cannot be mounted; as a stream they all wait for the slowest. */
export const REPOSITORIES_AT_A_TIME = 8;

/** Connections to one host: more than the requests at a time, so that a small request does not wait for an upload. */
export const CONNECTIONS_PER_HOST = 32;

/** Tags that are read, decided or written: each takes several small requests, whose latency counts more than their bytes. */
export const TAGS_AT_A_TIME = 8;

/** Small questions (is a blob there, what does a tag hold): one or two requests without a body, so their latency counts most. */
export const QUESTIONS_AT_A_TIME = 16;

/** Charts that are read: each is an archive of up to some megabytes, which is held in memory. */
export const CHARTS_AT_A_TIME = 4;

/** Blobs that are read whole to check their content: they are large, so a few at a time use the whole link. */
export const CONTENTS_AT_A_TIME = 4;

/** Bundles whose images are completed while the package is read on. Reading is slower than that, so more would only wait. */
export const BUNDLES_COMPLETED_AT_A_TIME = 4;

/** Images of one bundle that are completed: each takes some small requests, and one that is tried again keeps no other waiting. */
export const IMAGES_OF_BUNDLE_AT_A_TIME = 4;

/** Blobs of one image that are asked for or mounted: one or two requests each, whose latency counts most. */
export const BLOBS_COMPLETED_AT_A_TIME = 8;

/** Images of a known package that are completed: each takes some small requests, and nothing is read meanwhile. */
export const IMAGES_COMPLETED_AT_A_TIME = 8;

/** Receipts that are fetched: each is a manifest and some small layers, which are held in memory. */
export const RECEIPTS_AT_A_TIME = 4;

/** Files of a folder whose sizes are read for a listing: more at a time do not make a disk faster. */
export const FILES_AT_A_TIME = 16;

/**
 * Bounds for single files and names of a package, because packages are untrusted and may be built to exhaust memory and time. What
 * all files of a package together may use is in {@link PASS_LIMITS}.
 */
export const LIMITS = {
  /** PAX records and GNU long names: real ones are below 4 KiB. */
  tarMetadataBytes: 1 << 20,
  /** PATH_MAX of Linux; for names and for what links point to. */
  nameBytes: 4096,
  /** Folders around a file; deeper paths are longer than PATH_MAX in every real tree. */
  pathDepth: 128,
  /** hints.yaml is a list of a few lines. */
  hintsBytes: 1 << 20,
  /** addon.yaml lists about a hundred charts. */
  yamlFileBytes: 256 << 10,
  /** A package has one list of charts for each of its folders. */
  yamlFiles: 64,
  /** Helm itself refuses chart files above 5 MiB. */
  chartFileBytes: 16 << 20,
  /**
   * All files of a chart, packed subcharts unpacked. Helm keeps an installed chart in a secret of at most 1 MiB, compressed, so a chart
   * that is larger could hardly be installed: https://helm.sh/docs/topics/advanced/#storage-backends
   */
  chartBytes: 64 << 20,
  /** Files of one chart; the largest published ones have some thousand. */
  chartFiles: 20_000,
  /** Subcharts in subcharts. Helm has no limit; without one, archives nested in archives would never end. */
  chartDepth: 16,
  /** Dependencies and subcharts of one chart, each as often as Chart.yaml lists it. */
  chartDependencies: 1_000,
  /** manifest.json of an archive with tens of thousands of layers. */
  manifestBytes: 16 << 20,
  /** What a registry target reads back as a config at most. */
  configBytes: 8 << 20,
  /** Registries accept manifests up to 4 MiB; larger JSON in an OCI layout is a layer. */
  layoutJsonBytes: 4 << 20,
  /** Layers of one image; overlayfs mounts at most 500: https://docs.kernel.org/filesystems/overlayfs.html */
  layers: 4096,
  /** Bytes of charts, configs, manifests and names that are kept until their bundles end, of all bundles that are open at a time. */
  heldBytes: 96 << 20,
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
  /** Folders of PATH, and files that entrypoint and command name. */
  startFiles: 64,
  /** Steps that links of one image may take until its programs are found. */
  linkSteps: 200_000,
  /** A list of checksums. */
  checksumFileBytes: 1 << 20,
  /** YAML text that is parsed as a whole: ten times the longest values.yaml among the charts of the vendor. */
  yamlBytes: 2 << 20,
  /** Marks (line ends and punctuation) of a YAML text, which the time for parsing depends on; real values.yaml have below 30,000. */
  yamlMarks: 150_000,
  /** Maps and lists in each other, in YAML. */
  yamlDepth: 100,
  /** Nodes that a YAML text has after its aliases are followed; a hundred characters of text count as one more. */
  yamlNodes: 200_000,
  /** Values that one hint names, with the text between them; real ones have up to four. */
  hintPieces: 32,
  /** Characters of an image's name; a registry takes 255 of a repository and 128 of a tag. */
  imageName: 1_000,
  /** Lines of a hints file; charts have up to a hundred images. */
  hints: 5_000,
} as const;

/**
 * What one pass over a package may use altogether: `base` for a package of any size and `perByte` more for each byte of the package
 * file, so that large packages are not held to what is generous for a small one. A quarter of each is what one bundle may use while it
 * is read, and a quarter while it is planned, so that a bundle that was built to exhaust this computer leaves the others unharmed.
 */
export const PASS_LIMITS = {
  /** Headers of tar archives, those inside of layers too. A full package has about 10 million in 20 GB. */
  entries: { base: 400_000, perByte: 1 / 500 },
  /** Bytes that come out of decompressors. Real packages have at most 3 for each byte of the file; some layers of zeros are allowed. */
  output: { base: 5 * (1 << 29), perByte: 200 },
  /** Bytes of JSON that are parsed: about 50 MB a second. */
  json: { base: 256 << 20, perByte: 1 },
  /** Marks of YAML texts that are parsed: about 200,000 a second. Values have up to one mark for two compressed bytes. */
  yaml: { base: 2_000_000, perByte: 1 },
  /** Images, each with its manifest, and entries of indexes. Four names of an image count as one more. */
  images: { base: 16_000, perByte: 1 / 10_000 },
  /** Layers of images, each as often as an image names it. */
  layers: { base: 400_000, perByte: 1 / 1_000 },
  /** Images that hints name, each once for every place where Helm reads its values; charts with their subcharts, the same way. */
  views: { base: 200_000, perByte: 1 / 1_000 },
  /** Steps in loops that compare all with all; about a million in a second. */
  work: { base: 8_000_000, perByte: 1 / 100 },
  /** Problems and notes that are kept, each with its words. */
  problems: { base: 8_000, perByte: 1 / 100_000 },
} as const;
