// Checks chart names and versions before they become file names and URL paths.
import { AppError } from '../errors.js';

const LONGEST_FILE_NAME = 255;

/** `<name>-<version>.tgz`. Throws `chart-repo.illegal-name` where the name would leave its folder or is no legal file name on some system. */
export function chartFileName(name: string, version: string): string {
  const file = placeInFiles(name, version);
  if (!isLegal(name) || !isLegal(version) || Buffer.byteLength(`${file}.prov`) > LONGEST_FILE_NAME) {
    throw new AppError('chart-repo.illegal-name', { origin: 'package', params: { name, version } });
  }
  return file;
}

/** The file of a chart in a repository of files, whether legal or not. */
export function placeInFiles(name: string, version: string): string {
  return `${name}-${version}.tgz`;
}

/** The problem that another chart has the same file or tag. */
export function placeTaken(
  url: string,
  chart: { readonly name: string; readonly version: string },
  other: { readonly name: string; readonly version: string },
): AppError {
  const params = { url, chart: `${chart.name} ${chart.version}`, other: `${other.name} ${other.version}` };
  return new AppError('chart-repo.place-taken', { origin: 'package', params });
}

function isLegal(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return text !== '' && text !== '.' && !text.includes('..') && !/[/\\:*?"<>|\u0000-\u001f\u007f]/.test(text);
}
