// How rows and columns name a platform, in the words of the engine: `windows/amd64 (10.0.17763)`. Pure.

/** The name of a row's platform, with the version of the operating system where there is one. */
export function platformName({
  platform,
  osVersion,
}: {
  readonly platform: string;
  readonly osVersion?: string;
}): string {
  return osVersion === undefined ? platform : `${platform} (${osVersion})`;
}

/** True when a column of a coverage is for the platform that was asked for, in one of its spellings or for one version of its system. */
export function isColumnOf(column: string, asked: string): boolean {
  return (
    column === asked ||
    plain(column) === plain(asked) ||
    plain(column.replace(/ \(.*\)$/, '')) === plain(asked)
  );
}

/** Without the variant that a platform without one stands for. */
function plain(platform: string): string {
  return platform.replace(/(?<=\/arm64)\/v8$|(?<=\/arm)\/v7$|(?<=\/amd64)\/v1$/, '');
}
