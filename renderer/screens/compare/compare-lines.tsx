// The two kinds of rows of the comparison: a chart with its tick box, and an image with a cell for each platform.
import { Checkbox } from '@mantine/core';
import type { CoverageCell } from '../../../core/contract.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { classes } from '../../parts/classes.js';
import { IconAlertTriangle, IconChevronDown, IconChevronRight } from '../../parts/icons.js';
import { PlatformCell } from '../../parts/platform-cell.js';
import { SourceTile } from '../../parts/source-tile.js';
import { CELL_STATES } from '../../parts/status-words.js';
import { Toned } from '../../parts/status.js';
import { hasArrived } from '../../stores/compare/arriving-rows.js';
import { chartParts, NO_CHART, type ChartRow, type ImageRow } from '../../stores/compare/compare-rows.js';
import { useCompare } from '../../stores/compare/compare.js';
import { isLeftOut, takeChart } from '../../stores/compare/take-chart.js';
import { tileOf } from '../../stores/packages/package-list.js';
import { fileName } from '../../stores/packages/package-name.js';
import { usePackages } from '../../stores/packages/packages.js';
import { useTarget } from '../../stores/target/target.js';
import { cellNote } from './cell-note.js';
import css from './compare.module.css';

interface LineProps {
  readonly index: number;
  /** Pixels from the first row; null for the copy that stays in the head while its images are scrolled. */
  readonly top: number | null;
  /** Column of the cell that has the keyboard focus; null when it is in another row. */
  readonly active: number | null;
  readonly onPlace: (column: number) => void;
}

function cell(index: number, column: number, active: number | null) {
  return {
    id: `compare-${String(index)}-${String(column)}`,
    role: 'gridcell',
    'aria-colindex': column + 1,
    'data-active': active === column || undefined,
  } as const;
}

export function ChartLine({
  row,
  columns,
  index,
  top,
  active,
  onPlace,
}: LineProps & { readonly row: ChartRow; readonly columns: number }) {
  const text = useText();
  const format = useFormat();
  const current = useTarget((state) => state.current);
  const { folder, name, version } = chartParts(row.chart);
  const left = isLeftOut(row.chart, current?.skippedCharts);
  const label = row.chart === NO_CHART ? text('compare.noChart') : name;
  const Fold = row.open ? IconChevronDown : IconChevronRight;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-level={1}
      aria-expanded={row.open}
      className={classes(css.line, css.chartLine)}
      style={top === null ? { position: 'static' } : { transform: `translateY(${String(top)}px)` }}
      data-left-out={left || undefined}
    >
      <span
        {...cell(index, 0, active === null ? null : 0)}
        aria-colspan={columns - 1}
        className={css.chartCell}
        onClick={() => {
          onPlace(0);
          useCompare.getState().fold(row.chart, row.open);
        }}
      >
        <Fold size={14} aria-hidden />
        {row.chart !== NO_CHART && (
          <span onClick={(event) => event.stopPropagation()}>
            <Checkbox
              size="xs"
              checked={!left}
              tabIndex={-1}
              aria-label={text('compare.takeChart', { name })}
              onChange={({ currentTarget }) => takeChart(row.chart, currentTarget.checked)}
            />
          </span>
        )}
        <b>{label}</b>
        <span className="mono small muted">{version}</span>
        <span className="small muted">{folder}</span>
        <span className="small muted">{text('compare.images', { count: row.images })}</span>
        {row.attention > 0 && (
          <Toned icon={IconAlertTriangle} tone="conflict">
            {text('compare.attention', { count: row.attention })}
          </Toned>
        )}
        {left && <span className="small muted">{text('compare.leftOut')}</span>}
      </span>
      <span
        role="gridcell"
        aria-colindex={columns}
        className={classes('num', 'right', 'muted', css.chartBytes)}
      >
        {row.bytesToSend > 0 && !left ? format.bytes(row.bytesToSend) : ''}
      </span>
    </div>
  );
}

export function ImageLine({
  row: { image },
  bytes,
  platforms,
  index,
  top,
  active,
  onPlace,
  onOpen,
}: LineProps & {
  readonly row: ImageRow;
  /** What the tag would need to have sent, with the person's decisions; null until all tags were read. */
  readonly bytes: number | null;
  readonly platforms: readonly string[];
  /** Opens the drawer; null: with the platform that needs attention, or the first one. */
  readonly onOpen: (platform: string | null) => void;
}) {
  const text = useText();
  const format = useFormat();
  const { source, before, after } = image;
  const slash = source.lastIndexOf('/');
  const colon = source.indexOf(':', slash);
  const name = colon < 0 ? source.slice(slash + 1) : source.slice(slash + 1, colon);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-level={2}
      className={classes(css.line, css.imageLine)}
      style={{ transform: `translateY(${String(top ?? 0)}px)` }}
      onClick={() => {
        onPlace(0);
        onOpen(null);
      }}
    >
      <span {...cell(index, 0, active)} className={classes('mono', 'cut', css.nameCell)} title={source}>
        <span className="muted">{source.slice(0, slash + 1)}</span>
        <b>{name}</b>
        <span className="muted">{colon < 0 ? '' : source.slice(colon)}</span>
      </span>
      {platforms.map((platform, at) => {
        const one = image.cells[platform];
        return (
          <span
            key={platform}
            {...cell(index, at + 1, active)}
            className={css.platformCell}
            onClick={(event) => {
              event.stopPropagation();
              onPlace(at + 1);
              onOpen(platform);
            }}
          >
            {one ? <Cell cell={one} platform={platform} /> : <Unread platform={platform} />}
          </span>
        );
      })}
      <span {...cell(index, platforms.length + 1, active)} className="num">
        {hasArrived(image) && <Change before={before.length} after={after.length} />}
      </span>
      <span {...cell(index, platforms.length + 2, active)} className="num right">
        {bytes === null ? '' : bytes === 0 ? '0' : format.bytes(bytes)}
        <span className="unseen">{text('compare.toSend')}</span>
      </span>
    </div>
  );
}

/** A cell whose tag has not been read yet. */
function Unread({ platform }: { readonly platform: string }) {
  const text = useText();
  return (
    <>
      <span className="unseen">{`${platform}, ${text('compare.unread')}`}</span>
      <span aria-hidden="true" className={css.unread} />
    </>
  );
}

function Change({ before, after }: { readonly before: number; readonly after: number }) {
  const text = useText();
  if (before === after) return <span className="muted">{before}</span>;
  return (
    <span aria-label={text('compare.fromTo', { before, count: after })} role="img">
      {before} → <b>{after}</b>
    </span>
  );
}

function Cell({ cell, platform }: { readonly cell: CoverageCell; readonly platform: string }) {
  const text = useText();
  const format = useFormat();
  const { state, reason, from } = cell;
  const { note, why } = cellNote(cell, text, format.bytes);
  return (
    <>
      <span className="unseen">{`${platform}, ${text(CELL_STATES[state].text)}, ${why === '' ? note : why}`}</span>
      <span aria-hidden="true" className={css.cellBody}>
        <PlatformCell
          state={state}
          note={note}
          quiet={state === 'missing' && reason === 'only-package-of-family'}
          tile={<Tile from={from} />}
        />
      </span>
    </>
  );
}

function Tile({ from }: { readonly from: string }) {
  const text = useText();
  const chosen = usePackages((state) => state.chosen);
  if (from === '') return null;
  if (from === 'target') return <SourceTile tile="T" name={text('compare.tile.target')} />;
  const at = chosen.findIndex((path) => fileName(path) === from);
  return at < 0 ? null : (
    <SourceTile tile={tileOf(at)} name={text('tile.package', { tile: tileOf(at), name: from })} />
  );
}
