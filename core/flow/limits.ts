// How many things are done at the same time, with the reason for each number. The user can set only the number of uploads.

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

/** Blobs of one image that are asked for or mounted: one or two requests each, whose latency counts most. */
export const BLOBS_COMPLETED_AT_A_TIME = 8;

/** Images of a known package that are completed: each takes some small requests, and nothing is read meanwhile. */
export const IMAGES_COMPLETED_AT_A_TIME = 8;

/** Receipts that are fetched: each is a manifest and some small layers, which are held in memory. */
export const RECEIPTS_AT_A_TIME = 4;

/** Files of a folder whose sizes are read for a listing: more at a time do not make a disk faster. */
export const FILES_AT_A_TIME = 16;
