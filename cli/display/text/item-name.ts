// The names of images and charts in lists of plans and reports.
import { rowPlatform } from '../../../core/engine.js';

type Item =
  | { readonly target: string; readonly platform: string; readonly osVersion?: string }
  | { readonly url: string; readonly name: string; readonly version: string };

/** `host/repo:tag linux/arm64`, or `name version -> repository`; without the arrow for a chart that has no repository. */
export function itemName(item: Item): string {
  if ('platform' in item) return `${item.target} ${rowPlatform(item)}`;
  return item.url === '' ? `${item.name} ${item.version}` : `${item.name} ${item.version} -> ${item.url}`;
}
