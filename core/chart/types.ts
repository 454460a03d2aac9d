// The shapes that the chart zone works with.
import type { Reference } from '../content/reference.js';

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
  /** What the values render to, in canonical form: how the package names the image. */
  readonly source: Reference;
  /** As the values write it, for people. */
  readonly written: string;
  /** Repository under the target's host (or, with no rule, under the source's own host), and the tag. */
  readonly target: Reference;
  /** Set when the values name the image by digest: then the tag is `pin-<first 16 hex>`, and `digestPath` holds the pin. */
  readonly pin: { readonly path: ValuePath; readonly suffixOf: 'digest' | 'value' } | null;
  readonly changes: readonly ValueChange[];
}
