// Which rows the comparison shows and in which order: by kind, state, chart, platform and text.
import { ActionIcon, Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { useShallow } from 'zustand/react/shallow';
import type { CellState, Coverage } from '../../../core/contract.js';
import { useText, type TextKey } from '../../i18n/i18n.js';
import { IconChevronDown, IconChevronRight, IconSearch } from '../../parts/icons.js';
import { CELL_STATES } from '../../parts/status-words.js';
import { TagsRead } from '../../parts/tags-read.js';
import { Status } from '../../parts/status.js';
import { useCompare } from '../../stores/compare/compare.js';
import {
  chartParts,
  chartsOf,
  countShown,
  countsOf,
  NO_CHART,
  SHOW_ALL,
  type CompareFilter,
  type CompareSort,
} from '../../stores/compare/compare-rows.js';
import { decidedImages } from '../../stores/compare/decided-cells.js';
import { usePlan } from '../../stores/plan/plan.js';
import css from './compare.module.css';

export const FILTERS: readonly (readonly [CompareFilter, TextKey])[] = [
  ['all', 'compare.filter.all'],
  ['changes', 'compare.filter.changes'],
  ['attention', 'compare.filter.attention'],
];
const SORTS: readonly (readonly [CompareSort, TextKey])[] = [
  ['chart', 'compare.sort.chart'],
  ['attention', 'compare.sort.attention'],
  ['bytes', 'compare.sort.bytes'],
];
const LEGEND: readonly CellState[] = [
  ...(['same', 'keep', 'add', 'replace', 'conflict', 'missing', 'mislabelled', 'unreadable'] as const),
];

export function CompareToolbar({ coverage }: { readonly coverage: Coverage }) {
  const text = useText();
  const { filter, sort, search, state, platform, chart, look } = useCompare(
    useShallow(({ coverage: _, arriving: __, loading: ___, ...view }) => view),
  );
  const decisions = usePlan((plan) => plan.decisions);
  const images = useMemo(() => decidedImages(coverage, decisions), [coverage, decisions]);
  const counts = useMemo(() => countsOf({ images }), [images]);
  const charts = useMemo(() => [...new Set(images.flatMap(chartsOf))], [images]);
  const shown = useMemo(
    () => countShown({ images }, { filter, search, state, platform, chart }),
    [images, filter, search, state, platform, chart],
  );
  const states = LEGEND.filter((one) =>
    images.some(({ cells }) => Object.values(cells).some((cell) => cell.state === one)),
  );
  const foldAll = (closed: boolean): void =>
    useCompare.setState({ folded: Object.fromEntries(charts.map((one) => [one, closed])) });
  return (
    <div className={css.toolbar}>
      <SegmentedControl
        size="xs"
        value={filter}
        aria-label={text('compare.filter')}
        onChange={(value) => look({ filter: FILTERS.find(([id]) => id === value)?.[0] ?? 'all' })}
        data={FILTERS.map(([id, key]) => ({ value: id, label: text(key, { count: counts[id] }) }))}
      />
      <TextInput
        data-compare-search
        className={css.search}
        size="xs"
        value={search}
        leftSection={<IconSearch size={14} />}
        placeholder={text('compare.search')}
        aria-label={text('compare.search')}
        onChange={({ currentTarget }) => look({ search: currentTarget.value })}
      />
      <Select
        size="xs"
        className={css.sort}
        value={chart}
        searchable
        limit={200}
        clearable
        placeholder={text('compare.anyChart')}
        aria-label={text('compare.chart')}
        nothingFoundMessage={text('compare.noRows')}
        onChange={(value) => look({ chart: value })}
        data={charts.map((one) => ({ value: one, label: labelOf(one, text('compare.noChart')) }))}
      />
      <Select
        size="xs"
        className={css.sort}
        value={platform}
        clearable
        placeholder={text('compare.anyPlatform')}
        aria-label={text('compare.platform')}
        onChange={(value) => look({ platform: value })}
        data={[...coverage.platforms]}
      />
      <Select
        size="xs"
        className={css.sort}
        value={sort}
        allowDeselect={false}
        aria-label={text('compare.sort')}
        onChange={(value) => look({ sort: SORTS.find(([id]) => id === value)?.[0] ?? 'chart' })}
        data={SORTS.map(([id, key]) => ({ value: id, label: text(key) }))}
      />
      <ActionIcon
        variant="default"
        aria-label={text('compare.foldAll')}
        title={text('compare.foldAll')}
        onClick={() => foldAll(true)}
      >
        <IconChevronRight size={14} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        aria-label={text('compare.unfoldAll')}
        title={text('compare.unfoldAll')}
        onClick={() => foldAll(false)}
      >
        <IconChevronDown size={14} />
      </ActionIcon>
      <span className={css.count} role="status">
        {text('compare.shown', { shown, count: images.length })}
      </span>
      {shown > 0 && shown < images.length && (
        <Button size="compact-xs" onClick={() => look(SHOW_ALL)}>
          {text('compare.clear')}
        </Button>
      )}
      {coverage.tagsRead !== null && (
        <TagsRead at={coverage.tagsRead} onRefresh={() => void useCompare.getState().load({ fresh: true })} />
      )}
      <span className={css.states} role="group" aria-label={text('compare.states')}>
        {states.map((one) => (
          <button
            key={one}
            type="button"
            className={css.stateFilter}
            aria-pressed={state === one}
            onClick={() => look({ state: state === one ? null : one })}
          >
            <Status of={CELL_STATES[one]} />
          </button>
        ))}
      </span>
    </div>
  );
}

function labelOf(chart: string, none: string): string {
  if (chart === NO_CHART) return none;
  const { name, version } = chartParts(chart);
  return `${name} ${version}`;
}
