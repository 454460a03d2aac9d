// A journal of a folder that lies elsewhere on this computer (a drive with another letter, another mount point), with its paths as they are here.
import type { TimedEntry } from './journal-entry.js';

/** The entries as they would have been written here; those of a registry, and of a folder that did not move, as they are. */
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
