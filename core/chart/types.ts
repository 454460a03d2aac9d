// The shapes that the chart zone works with.
import type { Reference } from '../content/reference.js';

/** Path inside the chart (`values.yaml`, `charts/sub/Chart.yaml`) to the file's bytes. */
export type ChartFiles = ReadonlyMap<string, Buffer>;

/** Keys from the root of the top chart's values: `['image', 'registry']`. */
export type ValuePath = readonly string[];

/** One scalar of values.yaml and what it becomes. */
export interface ValueChange {
  readonly path: ValuePath;
  /** Null when the key is not in the top chart's values.yaml (a subchart's default). */
  readonly from: string | null;
  readonly to: string;
}

/** An image that a hint of the chart names, and where it goes. */
export interface ChartImage {
  /** The hint's own text. */
  readonly hint: string;
  /** The reference that the values render, in canonical form, as images of a package are compared by. */
  readonly source: Reference;
  /** As the values write it, for people. */
  readonly written: string;
  /** Repository under the target's host (or, with no rule, under the source's own host), and the tag. */
  readonly target: Reference;
  /**
   * Set when the values name the image by digest: then the target's tag is `pin-<first 16 hex of that digest>`, and when the
   * chart is published the value at `path` becomes `prefix` + the digest that was pushed in the end.
   */
  readonly pin: ChartPin | null;
  /** Changes of values besides the pin; empty when nothing changes. */
  readonly changes: readonly ValueChange[];
  /** Every key that holds a part of the name or the pin, changed by these rules or not: what Archbridge may write. */
  readonly keys: readonly ValuePath[];
}

/** Where the digest of an image stands in the values. */
export interface ChartPin {
  readonly path: ValuePath;
  /** What stands before the digest in that value: `''`, or `host/repository@` when the whole reference is one value. */
  readonly prefix: string;
  /** Further places where Helm reads the same value: a subchart under several aliases. */
  readonly alsoAt: readonly ValuePath[];
}
