// Adapts a journal of a folder target that has another path on this computer (another drive letter or mount point).
import type { TimedEntry } from './journal-entry.js';

/** Replaces the former path of a folder target in all entries by `location`. Entries of a registry are given back unchanged. */
export function rebasePaths(entries: readonly TimedEntry[], location: string): readonly TimedEntry[] {
  const start = entries.find((entry) => entry.type === 'run-started');
  if (start?.target.kind !== 'folder' || start.target.location === location) return entries;
  const from = start.target.location;
  const moved = (path: string): string =>
    path === from || (/^[/\\]/.test(path.slice(from.length)) && path.startsWith(from))
      ? location + path.slice(from.length)
      : path;
  return entries.map((entry) => movedEntry(entry, moved));
}

function movedEntry(entry: TimedEntry, moved: (path: string) => string): TimedEntry {
  switch (entry.type) {
    case 'run-started':
      return {
        ...entry,
        target: {
          ...entry.target,
          location: moved(entry.target.location),
          charts: entry.target.charts.map(moved),
        },
      };
    case 'chart':
    case 'chart-writing':
      return { ...entry, url: moved(entry.url) };
    case 'name-list':
      return { ...entry, place: moved(entry.place) };
    case 'package-read':
    case 'chart-images':
    case 'blob-stored':
    case 'tag-writing':
    case 'image':
    case 'problem':
    case 'run-ended':
    case 'proof':
    case 'receipt':
      return entry;
  }
}
