// Tells which project of a registry a repository or a chart repository belongs to.

/** The first segment of a repository; in a registry with projects (Harbor, JFrog) it names the project. */
export function projectOf(repository: string): string {
  return repository.split('/')[0] ?? '';
}

/** A repository that charts are pushed to. */
export interface ChartPlace {
  readonly host: string;
  readonly side: 'chart-repo';
  readonly repository: string;
}

/** A repository under a chart repository `oci://host/project[/...]`; null for other chart repositories, and without a path. */
export function chartPlace(url: string): ChartPlace | null {
  const [, host, path] = /^oci:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
  if (host === undefined || path === undefined) return null;
  return { host, side: 'chart-repo', repository: `${path}/chart` };
}
