// The rate of the last minute as a small curve. The number beside it says the same, so screen readers skip the curve.
import css from './run.module.css';

const [WIDTH, HEIGHT] = [92, 22];

export function RateCurve({ rates }: { readonly rates: readonly number[] }) {
  const most = Math.max(...rates, 1);
  const step = WIDTH / Math.max(1, rates.length - 1);
  const points = rates.map(
    (rate, index) => `${(index * step).toFixed(1)},${(HEIGHT - 2 - (rate / most) * (HEIGHT - 4)).toFixed(1)}`,
  );
  return (
    <svg
      className={css.curve}
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      {points.length > 1 && (
        <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth={1.5} />
      )}
    </svg>
  );
}
