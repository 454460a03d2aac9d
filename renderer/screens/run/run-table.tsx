// Every image of the run with its origin, state, layers and bytes; only the visible rows are rendered.
import { SegmentedControl } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useFormat, useText, type Say, type TextKey } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { classes } from '../../parts/classes.js';
import { LayerBar } from '../../parts/layer-bar.js';
import { SourceTile } from '../../parts/source-tile.js';
import { RUN_STATES } from '../../parts/status-words.js';
import { Status } from '../../parts/status.js';
import { tileOf } from '../../stores/packages/package-list.js';
import { filterOf, type RowFilter, type RunRow } from '../../stores/run/run-rows.js';
import { useRun } from '../../stores/run/run.js';
import { LayerLegend } from './layer-legend.js';
import css from './run.module.css';

const ROW = 35;
const FILTERS: readonly (readonly [RowFilter, TextKey])[] = [
  ['all', 'run.filter.all'],
  ['active', 'run.filter.active'],
  ['done', 'run.filter.done'],
  ['problems', 'run.filter.problems'],
  ['waiting', 'run.filter.waiting'],
];

export function RunTable({ rows }: { readonly rows: readonly RunRow[] }) {
  const text = useText();
  const [filter, setFilter] = useState<RowFilter>('all');
  const shown = useMemo(
    () => (filter === 'all' ? rows : rows.filter(({ state }) => filterOf(state) === filter)),
    [rows, filter],
  );
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 12,
  });
  const counts = useMemo(() => {
    const by = new Map<RowFilter, number>([['all', rows.length]]);
    for (const { state } of rows) by.set(filterOf(state), (by.get(filterOf(state)) ?? 0) + 1);
    return by;
  }, [rows]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const chosen = FILTERS[Number(event.key) - 1];
    if (chosen) setFilter(chosen[0]);
  };
  return (
    <Card
      className={css.table}
      title={
        <SegmentedControl
          size="xs"
          value={filter}
          onChange={(value) => setFilter(FILTERS.find(([id]) => id === value)?.[0] ?? 'all')}
          aria-label={text('run.filter')}
          data={FILTERS.map(([id, key]) => ({ value: id, label: text(key, { count: counts.get(id) ?? 0 }) }))}
        />
      }
      actions={<LayerLegend />}
    >
      <div className={css.grid} role="table" aria-label={text('run.images')} aria-rowcount={shown.length + 1}>
        <div role="rowgroup">
          <div role="row" aria-rowindex={1} className={classes(css.line, css.head)}>
            <span role="columnheader">{text('run.column.image')}</span>
            <span role="columnheader">{text('run.column.from')}</span>
            <span role="columnheader">{text('run.column.state')}</span>
            <span role="columnheader">{text('run.column.layers')}</span>
            <span role="columnheader" className="right">
              {text('run.column.bytes')}
            </span>
          </div>
        </div>
        <div
          ref={scroll}
          className={css.scroll}
          role="rowgroup"
          tabIndex={0}
          aria-label={text('run.images')}
          onKeyDown={onKeyDown}
        >
          <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = shown[index];
              return row ? <Row key={row.key} row={row} index={index} top={start} /> : null;
            })}
          </div>
        </div>
      </div>
    </Card>
  );
}

function Row({ row, index, top }: { readonly row: RunRow; readonly index: number; readonly top: number }) {
  const text = useText();
  const format = useFormat();
  const bytes =
    row.bytes === 0
      ? ''
      : row.bytesDone >= row.bytes
        ? format.bytes(row.bytes)
        : text('run.of', { done: format.bytes(row.bytesDone), all: format.bytes(row.bytes) });
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={classes(css.line, css.row)}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span role="cell" className="mono cut" title={row.source}>
        {withoutHost(row.source)}
      </span>
      <span role="cell" className={css.from}>
        <From row={row} />
      </span>
      <span role="cell">
        <Status of={RUN_STATES[row.state]}>{leftOutWords(row, text)}</Status>
      </span>
      <span role="cell">
        <LayerBar layers={row.layers} label={text('run.layers', { count: row.layers.length })} />
      </span>
      <span role="cell" className="num right">
        {bytes}
      </span>
    </div>
  );
}

/** Names the platform that is left out, where the image of another platform is imported. */
function leftOutWords({ state, ends }: RunRow, text: Say): string | undefined {
  const imported = ends.some(({ action }) => action !== 'blocked');
  const [out] = ends.filter(({ action }) => action === 'blocked');
  if (state !== 'left-out' || !imported || out === undefined) return undefined;
  return text('run.leftOutOf', { platform: out.platform.replace(/^linux\//, '') });
}

/** Leaves out the registry, which is the same for most images; the tooltip has the full name. */
function withoutHost(source: string): string {
  const slash = source.indexOf('/');
  return /[.:]|^localhost$/.test(source.slice(0, slash)) ? source.slice(slash + 1) : source;
}

function From({ row: { parts } }: { readonly row: RunRow }) {
  const text = useText();
  const packages = useRun((state) => state.progress.packages);
  const tiles = packages
    .map(({ name }, at) => ({ name, tile: tileOf(at) }))
    .filter(({ name }) => parts.some((part) => part.package === name));
  const [first] = parts;
  return (
    <>
      {tiles.map(({ tile, name }) => (
        <SourceTile key={tile} tile={tile} name={text('tile.package', { tile, name })} />
      ))}
      <span className="muted cut">
        {parts.length === 1
          ? (first?.platform.replace(/^linux\//, '') ?? '')
          : text('run.platforms', { count: parts.length })}
      </span>
    </>
  );
}
