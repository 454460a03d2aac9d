// The address of a chart repository for people: `{repo}` in it stands for the folder of the package.
import type { Say } from './i18n.js';

export function chartsPlace(url: string, text: Say): string {
  return url.replaceAll('{repo}', text('target.charts.folderPlace'));
}
