// Checks that every path in a request lies in a folder that windows may use.
import type { InspectRequest, TargetSpec } from '../contract.js';
import { countSha512 } from '../package/source/checksum-text.js';
import { partPaths } from '../package/source/split-parts.js';
import { readChartAddress } from '../target/addresses.js';
import type { Roots } from './roots.js';
import type { Cancellable } from '../ports/cancellable.js';

type NamesPaths = Partial<Pick<InspectRequest, 'packages' | 'sha512'>> & { readonly target?: TargetSpec };

/** Throws `app.outside-roots` for the first path that may not be used. */
export async function requireAllowedPaths(
  request: NamesPaths,
  roots: Roots,
  options: Cancellable,
): Promise<void> {
  for (const path of pathsIn(request)) await roots.require(path, options);
  for (const path of request.packages ?? []) {
    for (const part of await partPaths(path, options)) await roots.require(part, options);
  }
}

function pathsIn({ packages = [], sha512, target }: NamesPaths): readonly string[] {
  return [
    ...packages,
    ...(sha512 === undefined || countSha512(sha512) > 0 ? [] : [sha512]),
    ...(target?.store ? [target.store] : []),
    ...(target?.tls?.caFiles ?? []),
    ...[target?.tls?.certFile, target?.tls?.keyFile].filter((path) => path !== undefined),
    ...(target?.charts ?? []).flatMap(({ url }) => {
      const address = readChartAddress(url);
      return address.kind === 'folder' ? [address.directory] : [];
    }),
  ];
}
