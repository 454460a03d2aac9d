// Makes the chart for the target: the same files, with the top values.yaml naming the images there. All other files stay byte
// for byte, also Chart.yaml and Chart.lock, which the original tool rewrites and drops.
import type { Digest } from '../content/digest.js';
import { formatReference } from '../content/reference.js';
import { AppError } from '../errors.js';
import { VALUES_FILE, type Chart } from './files/chart.js';
import type { ChartPlan } from './relocation/plan-chart.js';
import { encodeText, encodingOf } from './yaml/encoding.js';
import { rewriteValues } from './yaml/rewrite-values.js';
import type { ChartFiles, ValueChange } from './types.js';
import { textAt } from './yaml/values.js';

/**
 * Applies a plan. `pins` says which digest each image got in the end, by `formatReference(image.target)`; it is needed for images
 * that the values name by digest. Changes for subcharts go into the top values.yaml, which overrides theirs. Throws AppErrors of
 * origin `package`: chart.pin-unknown, chart.path-blocked, chart.rewrite-failed.
 */
export function relocateChart(
  chart: Chart,
  plan: ChartPlan,
  pins: ReadonlyMap<string, Digest>,
): { readonly files: ChartFiles; readonly changes: readonly ValueChange[] } {
  const wanted = new Map<string, ValueChange>();
  const want = (change: ValueChange): void => {
    wanted.set(JSON.stringify(change.path), change);
  };
  for (const image of plan.images) {
    image.changes.forEach(want);
    if (!image.pin) continue;
    const name = formatReference(image.target);
    const digest = pins.get(name);
    if (!digest) {
      throw new AppError('chart.pin-unknown', {
        origin: 'package',
        params: { chart: chart.name, image: name },
      });
    }
    for (const path of [image.pin.path, ...image.pin.alsoAt]) {
      want({ path, from: textAt(chart.values, path), to: image.pin.prefix + digest });
    }
  }
  const changes = [...wanted.values()].filter(({ from, to }) => from !== to);
  if (changes.length === 0) return { files: chart.files, changes };
  const encoding = encodingOf(chart.files.get(VALUES_FILE) ?? Buffer.alloc(0));
  const bytes = encodeText(rewriteValues(chart.valuesText ?? '', changes), encoding);
  return { files: new Map([...chart.files, [VALUES_FILE, bytes]]), changes };
}
