// Which source file belongs to which zone, and which zones may import which: the functions over build/zones.json.
import { readFileSync } from 'node:fs';

const zones = JSON.parse(readFileSync(new URL('zones.json', import.meta.url), 'utf8'));

/** The zones of core from left to right; each may import itself and those before it. */
export const ORDER = zones.core.flat();
/** Folder of a host (`cli`) to the zones of core that it may import. */
export const HOSTS = zones.hosts;

/**
 * The innermost zone that holds a file of core: `core/run/tags/sweep.ts` is in `run/tags`, `core/run/deciders.ts` in `run`,
 * `core/errors.ts` in `errors`.
 * @param path from the project's root, with `/`
 * @returns null for a file of no zone
 */
export function zoneOf(path) {
  const inside = path.replace(/^core\//, '').replace(/\.(ts|js|json)$/, '');
  const holding = ORDER.filter((zone) => inside === zone || inside.startsWith(`${zone}/`));
  return holding.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** True when a file of zone `from` may import one of zone `to`: its own zone, or one further left. */
export function mayImport(from, to) {
  const layer = (zone) => zones.core.findIndex((members) => members.includes(zone));
  return from === to || layer(to) < layer(from);
}

/**
 * Why the import of `to` in `from` is not allowed; null where it is.
 * @param from path of a source file from the project's root, with `/`
 * @param to path of the file that it imports
 */
export function importProblem(from, to) {
  if (from.startsWith('core/')) {
    if (!to.startsWith('core/')) return `The engine knows no host: ${to}.`;
    const [own, other] = [zoneOf(from), zoneOf(to)];
    if (own === null || other === null) return null;
    return mayImport(own, other)
      ? null
      : `${own} stands left of ${other} or beside it, see build/zones.json.`;
  }
  const allowed = HOSTS[from.split('/')[0]];
  if (!allowed || !to.startsWith('core/') || allowed.includes(zoneOf(to))) return null;
  return `${from.split('/')[0]} may import ${allowed.join(', ')} of core, not ${to}.`;
}
