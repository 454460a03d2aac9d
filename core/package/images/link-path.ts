// Follows links inside an archive. docker save and skopeo store a layer once and write links to it.
import { posix } from 'node:path';
import { cleanPath } from '../bytes/entry-role.js';
import { LIMITS } from '../../flow/limits.js';
import type { TreeEntry } from '../bytes/tar-stream.js';

/** The path inside the archive that a link points to. Symlinks are relative to their folder, hard links to the top of the archive. */
export function linkTarget(path: string, link: TreeEntry): string {
  const target = link.type === 'symlink' ? posix.join(posix.dirname(path), link.linkpath) : link.linkpath;
  return cleanPath(target).path;
}

/** The path at the end of a chain of links. Links that form a circle give a path of that circle, where there is no file. */
export function followLinks(path: string, links: ReadonlyMap<string, string>): string {
  let at = path;
  for (let hops = 0; hops < LIMITS.linkHops; hops++) {
    const next = links.get(at);
    if (next === undefined) break;
    at = next;
  }
  return at;
}
