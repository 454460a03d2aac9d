// Images and platforms as a grid with keyboard navigation by cell; only the visible rows are rendered.
import { Button } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { imageNeedsAttention } from '../../../core/contract.js';
import type { Coverage, CoverageImage } from '../../../core/contract.js';
import { useText } from '../../i18n/i18n.js';
import { EmptyState } from '../../parts/empty-state.js';
import { IconSearch } from '../../parts/icons.js';
import { useCompare } from '../../stores/compare/compare.js';
import { bytesByChart, bytesByTag } from '../../stores/compare/compare-figures.js';
import {
  compareRows,
  NO_CHART,
  SHOW_ALL,
  type ChartRow,
  type CompareRow,
} from '../../stores/compare/compare-rows.js';
import { decidedImages } from '../../stores/compare/decided-cells.js';
import { isLeftOut, takeChart } from '../../stores/compare/take-chart.js';
import { platformToOpen } from '../../stores/compare/walk.js';
import { usePlan } from '../../stores/plan/plan.js';
import { useTarget } from '../../stores/target/target.js';
import { FILTERS } from './compare-toolbar.js';
import { columnWidth } from './cell-note.js';
import { ChartLine, ImageLine } from './compare-lines.js';
import { useRowInView } from './use-row-in-view.js';
import css from './compare.module.css';

/** Pixels, as in compare.module.css. */
const ROW = 31;
const HEAD = 33;

interface Place {
  readonly row: number;
  readonly column: number;
}

interface CompareMatrixProps {
  readonly coverage: Coverage;
  /** True while tags are being read: a row opens once its own tag was read. */
  readonly arriving?: boolean;
}

export function CompareMatrix({ coverage, arriving = false }: CompareMatrixProps) {
  const text = useText();
  const { look, fold, open } = useCompare.getState();
  const decisions = usePlan((state) => state.decisions);
  const ofCharts = useMemo(() => bytesByChart(coverage, decisions), [coverage, decisions]);
  const ofTags = useMemo(() => bytesByTag(coverage, decisions), [coverage, decisions]);
  const images = useMemo(() => decidedImages(coverage, decisions), [coverage, decisions]);
  const {
    filter,
    sort,
    search,
    state,
    platform: only,
    chart,
    folded,
  } = useCompare(useShallow(({ coverage: _, arriving: __, loading: ___, ...view }) => view));
  const rows = useMemo(
    () =>
      compareRows(
        { images },
        { filter, sort, search, state, platform: only, chart, folded, allOpen: arriving },
        ofCharts,
      ),
    [images, filter, sort, search, state, only, chart, folded, arriving, ofCharts],
  );
  const widths = useMemo(
    () =>
      coverage.platforms.map((platform) =>
        columnWidth(
          images.flatMap(({ cells }) => cells[platform] ?? []),
          text,
        ),
      ),
    [coverage.platforms, images, text],
  );
  const [place, setPlace] = useState<Place>({ row: 0, column: 1 });
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
    // The header and the row of the chart stay at the top and cover the rows that scroll below them.
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD + ROW,
  });
  useRowInView(scroll, { top: HEAD + place.row * ROW, height: ROW }, () => virtual.scrollToIndex(place.row));
  const columns = coverage.platforms.length + 3;
  const go = (next: Place): void => {
    const row = Math.max(0, Math.min(rows.length - 1, next.row));
    setPlace({ row, column: Math.max(0, Math.min(columns - 1, next.column)) });
    virtual.scrollToIndex(row);
  };
  const nextAttention = (): void => {
    const after = rows.findIndex((row, index) => index > place.row && wants(row));
    const found = after >= 0 ? after : rows.findIndex(wants);
    const row = rows[found];
    if (row?.kind !== 'image') return;
    go({ row: found, column: coverage.platforms.indexOf(platformToOpen(row.image, coverage)) + 1 });
  };
  /** The drawer works on the image as it was compared, and puts the decisions in by itself. */
  const openImage = ({ source, target }: CoverageImage, platform: string | null): void => {
    const image = coverage.images.find((one) => one.source === source && one.target === target);
    if (image && !arriving) void open(image, platform ?? platformToOpen(image, coverage));
  };
  const enter = (): void => {
    const row = rows[place.row];
    if (row?.kind === 'chart') fold(row.chart, row.open);
    if (row?.kind !== 'image') return;
    openImage(row.image, coverage.platforms[place.column - 1] ?? null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = rows[place.row];
    const acts: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go({ ...place, row: place.row + 1 }),
      ArrowUp: () => go({ ...place, row: place.row - 1 }),
      PageDown: () => go({ ...place, row: place.row + 15 }),
      PageUp: () => go({ ...place, row: place.row - 15 }),
      Home: () => go({ ...place, row: 0 }),
      End: () => go({ ...place, row: rows.length - 1 }),
      ArrowLeft: () =>
        row?.kind === 'chart' ? fold(row.chart, true) : go({ ...place, column: place.column - 1 }),
      ArrowRight: () =>
        row?.kind === 'chart' ? fold(row.chart, false) : go({ ...place, column: place.column + 1 }),
      Enter: enter,
      ' ': () => {
        if (row?.kind !== 'chart' || row.chart === NO_CHART) return;
        const { skippedCharts } = useTarget.getState().current ?? {};
        takeChart(row.chart, isLeftOut(row.chart, skippedCharts));
      },
      j: () => go({ ...place, row: place.row + 1 }),
      k: () => go({ ...place, row: place.row - 1 }),
      n: nextAttention,
      '/': () =>
        document
          .querySelector<HTMLElement>('[data-compare-search] input, input[data-compare-search]')
          ?.focus(),
    };
    const byNumber = FILTERS[Number(event.key) - 1];
    const act = byNumber
      ? () => look({ filter: byNumber[0] })
      : acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const template = `minmax(240px, 1fr) ${widths.map((width) => `${String(width)}px`).join(' ')} 92px 104px`;
  const pinned = pinnedChart(rows, virtual.scrollOffset ?? 0);
  return (
    <section
      className={css.matrix}
      aria-busy={arriving}
      ref={(element) => element?.style.setProperty('--ab-matrix', template)}
    >
      <div
        ref={scroll}
        className={css.scroll}
        role="treegrid"
        tabIndex={0}
        aria-label={text('compare.matrix')}
        aria-rowcount={rows.length + 1}
        aria-colcount={columns}
        aria-activedescendant={rows.length > 0 ? cellId(shownPlace(place, rows)) : undefined}
        onKeyDown={onKeyDown}
      >
        <div role="rowgroup" className={css.sticky}>
          <div role="row" aria-rowindex={1} className={css.headLine}>
            <span role="columnheader">{text('compare.column.image')}</span>
            {coverage.platforms.map((platform) => (
              <span key={platform} role="columnheader" className="mono">
                {platform}
              </span>
            ))}
            <span role="columnheader">{text('compare.column.platforms')}</span>
            <span role="columnheader" className="right">
              {text('compare.column.toSend')}
            </span>
          </div>
          {pinned !== null && (
            <div aria-hidden="true" className={css.pinned}>
              <ChartLine
                row={pinned}
                columns={columns}
                index={-1}
                top={null}
                active={null}
                onPlace={() => undefined}
              />
            </div>
          )}
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            const shared = {
              index,
              top: start - HEAD,
              active: index === place.row ? place.column : null,
              onPlace: (column: number) => setPlace({ row: index, column }),
            };
            return row.kind === 'chart' ? (
              <ChartLine key={`chart ${row.chart}`} row={row} columns={columns} {...shared} />
            ) : (
              <ImageLine
                key={`${row.chart} ${row.image.source}`}
                row={row}
                bytes={arriving ? null : (ofTags.get(row.image.target) ?? 0)}
                platforms={coverage.platforms}
                onOpen={(platform) => openImage(row.image, platform)}
                {...shared}
              />
            );
          })}
        </div>
      </div>
      {rows.length === 0 && (
        <EmptyState
          icon={IconSearch}
          title={text('compare.noRows')}
          actions={<Button onClick={() => look(SHOW_ALL)}>{text('compare.clear')}</Button>}
        />
      )}
    </section>
  );
}

function wants(row: CompareRow): boolean {
  return row.kind === 'image' && imageNeedsAttention(row.image);
}

/** The chart whose images are at the top while its own row is scrolled away; null where that row can be seen. */
function pinnedChart(rows: readonly CompareRow[], offset: number): ChartRow | null {
  const first = Math.floor(offset / ROW);
  if (offset <= 0 || rows[first] === undefined || offset === first * ROW) return null;
  for (let at = first; at >= 0; at -= 1) {
    const row = rows[at];
    if (row?.kind === 'chart') return row.open ? row : null;
  }
  return null;
}

/** The row of a chart is a single wide cell. */
function shownPlace(place: Place, rows: readonly CompareRow[]): Place {
  return rows[place.row]?.kind === 'chart' ? { ...place, column: 0 } : place;
}

export function cellId({ row, column }: Place): string {
  return `compare-${String(row)}-${String(column)}`;
}
