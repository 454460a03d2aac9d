// The whole cluster at a glance: for each platform a strip of all images now and one after the import. A click shows one chart only.
import { Button, SegmentedControl } from '@mantine/core';
import { useDeferredValue, useMemo, useState } from 'react';
import {
  coveragePicture,
  type PictureChart,
  type PictureMeasure,
  type PictureState,
} from '../../../core/contract.js';
import type { Coverage } from '../../../core/contract.js';
import { listNames, useText, type Say, type TextKey } from '../../i18n/i18n.js';
import { classes } from '../../parts/classes.js';
import { useCompare } from '../../stores/compare/compare.js';
import { chartParts, NO_CHART } from '../../stores/compare/compare-rows.js';
import { decidedImages } from '../../stores/compare/decided-cells.js';
import { usePlan } from '../../stores/plan/plan.js';
import css from './compare.module.css';

const WORDS: Readonly<Record<PictureState, TextKey>> = {
  served: 'picture.served',
  absent: 'picture.absent',
  new: 'state.add',
  changed: 'state.replace',
  conflict: 'state.conflict',
  missing: 'state.missing',
  mislabelled: 'state.mislabelled',
  unreadable: 'state.unreadable',
};

export function CoveragePicture({ coverage }: { readonly coverage: Coverage }) {
  const text = useText();
  const [measure, setMeasure] = useState<PictureMeasure>('images');
  const [open, setOpen] = useState(true);
  const { chart: chosen, look } = useCompare();
  const decisions = usePlan((state) => state.decisions);
  // The strips are drawn after the matrix, in a task of their own, so that thousands of images do not delay the first row; their place
  // is kept meanwhile.
  const drawn = useDeferredValue<Coverage | null>(coverage, null);
  const charts = useMemo(
    () =>
      drawn === null ? [] : coveragePicture({ ...drawn, images: decidedImages(drawn, decisions) }, measure),
    [drawn, decisions, measure],
  );
  if (coverage.target === null || coverage.images.length === 0) return null;
  const states = new Set(
    charts.flatMap(({ strips }) =>
      strips.flatMap(({ now, after }) => [...now, ...after].map(({ state }) => state)),
    ),
  );
  return (
    <section className={css.picture} aria-label={text('picture.title')}>
      <div className={css.pictureHead}>
        <Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
          {text('picture.title')}
        </Button>
        {open && (
          <>
            <SegmentedControl
              size="xs"
              value={measure}
              aria-label={text('picture.measure')}
              onChange={(value) => setMeasure(value === 'bytes' ? 'bytes' : 'images')}
              data={[
                { value: 'images', label: text('picture.byImages') },
                { value: 'bytes', label: text('picture.byBytes') },
              ]}
            />
            {(Object.keys(WORDS) as PictureState[])
              .filter((state) => states.has(state))
              .map((state) => (
                <span key={state} className="small muted">
                  <span className={classes(css.pictureKey, css[state])} /> {text(WORDS[state])}
                </span>
              ))}
            {chosen !== null && (
              <Button size="compact-xs" onClick={() => look({ chart: null })}>
                {text('picture.allCharts')}
              </Button>
            )}
          </>
        )}
      </div>
      {open && (
        <>
          <div className={css.pictureNames} aria-hidden="true">
            {coverage.platforms.map((platform) => (
              <span key={platform} className={css.pictureName}>
                <span className="mono">{platform}</span>
                <span className="muted">{text('picture.now')}</span>
                <span className="muted">{text('picture.after')}</span>
              </span>
            ))}
          </div>
          <div className={css.pictureCharts}>
            {charts.map((chart) => (
              <ChartPart
                key={chart.chart}
                chart={chart}
                label={labelOf(chart, text)}
                chosen={chosen === chart.chart}
                onChoose={() => look({ chart: chosen === chart.chart ? null : chart.chart })}
              />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

interface ChartPartProps {
  readonly chart: PictureChart;
  readonly label: string;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function ChartPart({ chart, label, chosen, onChoose }: ChartPartProps) {
  return (
    <button
      type="button"
      className={css.pictureChart}
      style={{ insetInlineStart: percent(chart.at), width: percent(chart.size) }}
      aria-pressed={chosen}
      aria-label={label}
      title={label}
      data-chosen={chosen || undefined}
      onClick={onChoose}
    >
      {chart.strips.map(({ platform, now, after }) => (
        <span key={platform} className={css.pictureStrip}>
          {[now, after].map((runs, at) => (
            <span key={at} className={css.pictureRow}>
              {runs.map(({ state, size }, index) => (
                <span
                  key={index}
                  className={classes(css.pictureRun, css[state])}
                  style={{ width: percent(size) }}
                />
              ))}
            </span>
          ))}
        </span>
      ))}
    </button>
  );
}

function percent(part: number): string {
  return `${(part * 100).toFixed(3)}%`;
}

/** Everything that the part shows, in words. */
function labelOf({ chart, images, strips }: PictureChart, text: Say): string {
  const { name, version } = chartParts(chart);
  const title = chart === NO_CHART ? text('compare.noChart') : `${name} ${version}`;
  const rows = strips.map(({ platform, after }) => {
    const states = after.map((run) => `${text(WORDS[run.state])} ${String(run.images)}`);
    return `${platform}: ${listNames(states)}`;
  });
  return [`${title}, ${text('compare.images', { count: images })}`, ...rows].join('\n');
}
