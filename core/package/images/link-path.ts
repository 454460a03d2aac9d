// Where links inside an archive lead: docker save and skopeo store a layer once and link to it.
import { posix } from 'node:path';
import { cleanPath } from '../bytes/entry-role.js';
import { LIMITS } from '../bytes/limits.js';
import type { TreeEntry } from '../bytes/tar-stream.js';

/** The path inside the archive that a link leads to: symlinks are relative to their folder, hard links to the archive. */
export function linkTarget(path: string, link: TreeEntry): string {
  const target = link.type === 'symlink' ? posix.join(posix.dirname(path), link.linkpath) : link.linkpath;
  return cleanPath(target).path;
}

/** The path at the end of a chain of links; a circle ends anywhere in it, where no file is. */
export function followLinks(path: string, links: ReadonlyMap<string, string>): string {
  let at = path;
  for (let hops = 0; hops < LIMITS.linkHops; hops++) {
    const next = links.get(at);
    if (next === undefined) break;
    at = next;
  }
  return at;
}
