// Recognises the platform installer's offline package, which people take for an add-on package because of its name and form.
import { AppError } from '../errors.js';
import { cleanPath } from './bytes/entry-role.js';
import type { TreeEntry } from './bytes/tar-stream.js';

/** `offline-v0.17.0-amd64.tar`, `offline-centos7-v0.17.0-amd64.tar`. */
const NAME = /^offline-.*\.tar(?:\.gz)?$/;
const TOP = 'offline/';
const INSTALLER = /^(?:offline\/)?dce5-installer$/;

/**
 * Passes the entries on unchanged. Throws `package.installer` as soon as the installer is recognised: by its name and top folder, by
 * its program, or at the end when everything lay in that folder and no bundle was found.
 */
export async function* refuseInstaller(
  entries: AsyncIterable<TreeEntry>,
  file: string,
  bundles: () => number,
): AsyncGenerator<TreeEntry, void> {
  let inside = 0;
  let outside = 0;
  for await (const entry of entries) {
    const { path } = cleanPath(entry.path);
    const there = path.startsWith(TOP);
    if (there) inside++;
    else if (path !== '' && path !== 'offline') outside++;
    if ((there && NAME.test(file)) || INSTALLER.test(path)) throw installer(file);
    yield entry;
  }
  if (inside > 0 && outside === 0 && bundles() === 0) throw installer(file);
}

function installer(file: string): AppError {
  return new AppError('package.installer', { origin: 'package', params: { file } });
}
