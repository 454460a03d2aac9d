// Bytes, rates and times as people read them.

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Decimal units with three significant digits, as vendors give the sizes of packages: `15.3 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.5 would be shown as 1000
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  if (unit === 0) return `${Math.round(value)} B`;
  const digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ''}`;
}

/** `12s`, `3m 05s`, `1h 20m`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const pad = (value: number): string => String(value).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${pad(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h ${pad(Math.floor((whole % 3600) / 60))}m`;
}

/** An estimate must not look exact: to 5 seconds, to half a minute from one minute on, to 5 minutes from an hour on. */
export function formatEstimate(seconds: number): string {
  const step = seconds < 60 ? 5 : seconds < 600 ? 30 : seconds < 3600 ? 60 : 300;
  return formatSeconds(Math.max(step, Math.round(seconds / step) * step));
}

/** A bar of `width` cells; full only when all is there, empty only when nothing is. */
export function bar(part: number, whole: number, width: number): string {
  const share = whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
  const rounded = Math.round(share * width);
  const cells = share === 0 ? 0 : share === 1 ? width : Math.min(width - 1, Math.max(1, rounded));
  return '█'.repeat(cells) + '░'.repeat(width - cells);
}
