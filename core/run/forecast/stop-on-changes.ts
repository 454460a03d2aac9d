// The `stop` policies: a single change stops the import before anything is sent.
import type { ImportRequest } from '../../contract.js';
import { AppError } from '../../errors.js';
import type { ImportForecast } from './forecast-import.js';

/** How many tags and charts the message names; the others are only counted. */
const NAMED = 10;

/**
 * Throws `run.stopped-by-policy` when a tag serves a platform with another image, or a chart version has other content, and the
 * policy, or what a person decided in the plan, is to stop.
 */
export function stopOnChanges(
  { images, charts }: Pick<ImportForecast, 'images' | 'charts'>,
  request: Pick<ImportRequest, 'onChange' | 'onChartChange'>,
): void {
  const tags = images
    .filter((row) => row.action === 'conflict' && (request.onChange === 'stop' || row.decision === 'stop'))
    .map((row) => row.target);
  const changedCharts = charts
    .filter(
      (row) => row.action === 'conflict' && (request.onChartChange === 'stop' || row.decision === 'stop'),
    )
    .map(({ name, version, url }) => `${name} ${version} (${url})`);
  const found = [...new Set([...tags, ...changedCharts])].sort();
  if (found.length === 0) return;
  const items = found.slice(0, NAMED).join(', ') + (found.length > NAMED ? ', …' : '');
  throw new AppError('run.stopped-by-policy', { origin: 'app', params: { count: found.length, items } });
}
