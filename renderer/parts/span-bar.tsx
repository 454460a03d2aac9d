// A bar made of spans, for coverage, space and progress; its value is also given as text for screen readers.
import { classes } from './classes.js';
import css from './span-bar.module.css';

export interface Span {
  /** Part of the whole, 0 to 1. */
  readonly part: number;
  readonly look: 'accent' | 'plain' | 'muted' | 'conflict' | 'error' | 'hatched';
}

interface SpanBarProps {
  readonly spans: readonly Span[];
  /** What the bar shows, in words. */
  readonly label: string;
  readonly tall?: boolean;
  /** Percent, where the bar is the progress of something. */
  readonly progress?: number;
}

export function SpanBar({ spans, label, tall = false, progress }: SpanBarProps) {
  const role =
    progress === undefined
      ? ({ role: 'img' } as const)
      : ({
          role: 'progressbar',
          'aria-valuemin': 0,
          'aria-valuemax': 100,
          'aria-valuenow': progress,
          'aria-valuetext': label,
        } as const);
  return (
    <div className={classes(css.bar, tall && css.tall)} aria-label={label} {...role}>
      {spans
        .filter(({ part }) => part > 0)
        .map(({ part, look }, index) => (
          <span
            key={index}
            className={classes(css.span, css[look])}
            style={{ width: `${Math.min(1, part) * 100}%` }}
          />
        ))}
    </div>
  );
}
