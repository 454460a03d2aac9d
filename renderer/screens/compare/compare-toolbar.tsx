// Filter and order of the comparison's rows, and the legend of the states.
import { SegmentedControl, Select, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import type { CellState, Coverage } from '../../../core/contract.js';
import { useText, type TextKey } from '../../i18n/i18n.js';
import { IconSearch } from '../../parts/icons.js';
import { CELL_STATES } from '../../parts/status-words.js';
import { Status } from '../../parts/status.js';
import { useCompare } from '../../stores/compare/compare.js';
import { countsOf, type CompareFilter, type CompareSort } from '../../stores/compare/compare-rows.js';
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
const LEGEND: readonly CellState[] = ['same', 'keep', 'add', 'replace', 'conflict', 'missing', 'mislabelled'];

export function CompareToolbar({ coverage }: { readonly coverage: Coverage }) {
  const text = useText();
  const { filter, sort, search, look } = useCompare();
  const counts = useMemo(() => countsOf(coverage), [coverage]);
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
        value={sort}
        allowDeselect={false}
        aria-label={text('compare.sort')}
        onChange={(value) => look({ sort: SORTS.find(([id]) => id === value)?.[0] ?? 'chart' })}
        data={SORTS.map(([id, key]) => ({ value: id, label: text(key) }))}
      />
      <span className={css.states}>
        {LEGEND.map((state) => (
          <Status key={state} of={CELL_STATES[state]} />
        ))}
      </span>
    </div>
  );
}
