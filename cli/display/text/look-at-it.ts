// Commands with which a person can look at what is in the target, for images and charts that are there.
import { join } from 'node:path';
import type { Report, ReportChart, ReportImage, TagSummary } from '../../../core/contract.js';
import { printable } from '../../../core/messages/printable.js';

/** Command lines for skopeo and helm; none when the run left nothing in the target. */
export function lookAtIt(report: Report): readonly string[] {
  const image = bestImage(report.images);
  const chart = report.charts.find(
    ({ action, digest }) =>
      (action === 'publish' || action === 'replace' || action === 'skip') &&
      // An undo or a prune may have removed charts.
      !(report.kind !== 'import' && digest === null),
  );
  const lines = [
    ...(image === null ? [] : imageLines(report, image)),
    ...(chart === undefined ? [] : [chartLine(report, chart)]),
  ];
  return lines.map(printable);
}

interface HeldImage {
  readonly target: string;
  readonly after: TagSummary;
}

/** The tag with the most platforms, because it shows best what was done. */
function bestImage(images: readonly ReportImage[]): HeldImage | null {
  let best: HeldImage | null = null;
  for (const { target, after } of images) {
    if (after === null || after === 'unreadable' || after.platforms.length === 0) continue;
    if (best === null || after.platforms.length > best.after.platforms.length) best = { target, after };
  }
  return best;
}

function imageLines({ target }: Report, image: HeldImage): readonly string[] {
  const [, architecture = ''] = (image.after.platforms.at(-1) ?? '').split('/');
  if (target.kind === 'folder') {
    const reference = quoted(`oci:${join(target.location, 'oci')}:${image.target}`);
    return [
      `skopeo inspect --raw ${reference}`,
      `skopeo copy --override-arch ${architecture} ${reference} docker-archive:image.tar`,
    ];
  }
  const plain = isPlain(target.location);
  const reference = quoted(`docker://${image.target}`);
  return [
    `skopeo inspect --raw ${plain ? '--tls-verify=false ' : ''}${reference}`,
    `skopeo copy --override-arch ${architecture} ${plain ? '--src-tls-verify=false ' : ''}${reference} docker-archive:image.tar`,
  ];
}

function chartLine({ target }: Report, { url, name, version }: ReportChart): string {
  if (url.startsWith('oci://')) {
    const plain = isPlain(target.location) ? ' --plain-http' : '';
    return `helm show values ${quoted(`${url}/${name}`)} --version ${quoted(version)}${plain}`;
  }
  if (/^https?:\/\//.test(url)) {
    return `helm show values ${quoted(name)} --repo ${quoted(url)} --version ${quoted(version)}`;
  }
  const folder = target.kind === 'folder' ? join(target.location, 'charts') : url;
  return `helm show values ${quoted(join(folder, `${name}-${version}.tgz`))}`;
}

function isPlain(location: string): boolean {
  return location.startsWith('http://');
}

/** Quotes a text as one word for a POSIX shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
