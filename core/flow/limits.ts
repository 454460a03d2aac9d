// How many things are done at a time, all in one place, each with its reason. The user sets only the number of uploads.

/** Uploads of blobs when the user names no number: enough to fill most links, few enough for a small registry. */
export const DEFAULT_UPLOADS = 4;

/** Connections to one host: more than all that is asked and sent at a time, so that a small request never waits for an upload. */
export const CONNECTIONS_PER_HOST = 32;

/** Tags that are read, decided or written: each takes several small requests, and their latency counts more than their bytes. */
export const TAGS_AT_A_TIME = 8;

/** Single small questions (is a blob there, what does a tag hold): one request each, no body. */
export const QUESTIONS_AT_A_TIME = 16;

/** Charts that are read: each is an archive of up to some megabytes, which is held in memory. */
export const CHARTS_AT_A_TIME = 4;

/** Blobs that are read whole to check their content: they are large, and two or three fill a link. */
export const CONTENTS_AT_A_TIME = 4;

/** Bundles whose images are completed while the package is read on: the reader is the bottleneck, more would only queue. */
export const BUNDLES_COMPLETED_AT_A_TIME = 4;

/** Images of a known package that are completed: some small requests each, while nothing is read from the package. */
export const IMAGES_COMPLETED_AT_A_TIME = 8;

/** Receipts that are fetched: each is a manifest and some small layers, which are held in memory. */
export const RECEIPTS_AT_A_TIME = 4;

/** Files of a folder whose size is read for a listing. */
export const FILES_AT_A_TIME = 16;
