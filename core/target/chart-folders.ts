// Finds the package folders for which a target has chart repositories, where chart URLs hold `{repo}` instead of a name.
import { HELM_CONFIG } from '../content/media-types.js';
import { parseManifest } from '../content/manifest.js';
import { listIfPresent } from '../layout/optional-file.js';
import { readChartAddress } from './addresses.js';
import type { ListableTarget, RepositoryLister } from './connect.js';
import { FOLDER_PLACE, type ResolvedTarget } from './spec.js';
import type { Cancellable } from '../ports/cancellable.js';

/** The folders of charts in the vendor's packages. */
export const USUAL_FOLDERS: readonly string[] = ['addon', 'community'];

export interface ChartFolders {
  /** Folders for which a repository was found, or which the target names. */
  readonly found: readonly string[];
  /** URLs with `{repo}` whose folders cannot be listed: there may be others. */
  readonly unsure: readonly string[];
}

/** Chart repositories of the usual folders must be open already, so that their registry can be asked. Throws what the registry throws. */
export async function findChartFolders(
  { charts, noCharts }: ResolvedTarget,
  connected: Pick<ListableTarget, 'registryAt'>,
  options: Cancellable,
): Promise<ChartFolders> {
  const found = new Set(charts.flatMap(({ folder }) => folder ?? []));
  const unsure: string[] = [];
  for (const { url, folder } of noCharts ? [] : charts) {
    if (folder !== undefined || !url.includes(FOLDER_PLACE)) continue;
    const listed = await foldersOf(url, connected, options);
    if (listed === null) unsure.push(url);
    for (const one of listed ?? []) found.add(one);
  }
  return { found: [...found], unsure };
}

/** The folders that have a repository under a chart URL; null where they cannot be listed. */
async function foldersOf(
  url: string,
  connected: Pick<ListableTarget, 'registryAt'>,
  options: Cancellable,
): Promise<readonly string[] | null> {
  const address = readChartAddress(url);
  switch (address.kind) {
    case 'http':
      return null; // ChartMuseum gives the same answer for an unknown tenant and for an empty one
    case 'folder': {
      const [parent = '', rest = ''] = address.directory.split(FOLDER_PLACE);
      if (rest.replaceAll('/', '') !== '' || !parent.endsWith('/')) return null;
      return (await listIfPresent(parent, options)) ?? [];
    }
    case 'oci': {
      const registry = connected.registryAt(address.host);
      return registry && foldersInRegistry(registry, address.path, options);
    }
  }
}

/** A registry may hold images beside the charts, so the first tag of a repository is read to see whether it is a chart. */
async function foldersInRegistry(
  registry: RepositoryLister,
  path: string,
  options: Cancellable,
): Promise<readonly string[] | null> {
  const [before = '', after = ''] = path.split(FOLDER_PLACE);
  const all = await registry.repositories(options);
  if (all === null) return null;
  const found = new Set<string>();
  for (const repository of all) {
    if (!repository.startsWith(before)) continue;
    const [folder = ''] = repository.slice(before.length).split('/');
    const rest = repository.slice(before.length + folder.length);
    const isPlace = rest.startsWith(`${after}/`) && !rest.slice(after.length + 1).includes('/');
    if (!isPlace || found.has(folder)) continue;
    if (await holdsCharts(registry, repository, options)) found.add(folder);
  }
  return [...found];
}

async function holdsCharts(
  registry: RepositoryLister,
  repository: string,
  options: Cancellable,
): Promise<boolean> {
  const [tag] = await registry.listTags(repository, options);
  if (tag === undefined) return false;
  const raw = await registry.getManifest(repository, tag, options);
  const manifest = raw && parseManifest(raw.bytes, raw.mediaType);
  return manifest?.kind === 'manifest' && manifest.config.mediaType === HELM_CONFIG;
}
