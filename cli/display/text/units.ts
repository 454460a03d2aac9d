// Estimated times and bars for terminals; sizes and exact times come from core/messages/units.ts, as in reports.
import { formatSeconds } from '../../../core/engine.js';

export { formatBytes, formatSeconds } from '../../../core/engine.js';

/**
 * Rounds an estimate, so that it does not look exact: to 5 seconds below one minute, 30 seconds below ten minutes, one minute below
 * an hour, then 5 minutes.
 */
export function formatEstimate(seconds: number): string {
  const step = seconds < 60 ? 5 : seconds < 600 ? 30 : seconds < 3600 ? 60 : 300;
  return formatSeconds(Math.max(step, Math.round(seconds / step) * step));
}

/** A bar of `width` cells. It is full only at `total` and empty only at zero. */
export function bar(part: number, whole: number, width: number): string {
  const share = whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
  const rounded = Math.round(share * width);
  const cells = share === 0 ? 0 : share === 1 ? width : Math.min(width - 1, Math.max(1, rounded));
  return '█'.repeat(cells) + '░'.repeat(width - cells);
}
