// Leaves a chart out of the import, or takes it in again. The choice is remembered for the target.
import { useTarget } from '../target/target.js';
import { skipPattern } from './compare-rows.js';

/** True where the chart is left out for the current target. */
export function isLeftOut(chart: string, skippedCharts: readonly string[] = []): boolean {
  return skippedCharts.includes(skipPattern(chart));
}

/** `chart`: `folder/name@version`. Does nothing without a target. */
export function takeChart(chart: string, taken: boolean): void {
  const { current, remember } = useTarget.getState();
  if (!current) return;
  const pattern = skipPattern(chart);
  const others = current.skippedCharts.filter((one) => one !== pattern);
  void remember({ ...current, skippedCharts: taken ? others : [...others, pattern] });
}
