// Every run on this computer, and runs whose receipts lie in a target, newest first; each row opens its report.
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { outcomeOfRun } from '../../../core/contract.js';
import type { RunSummary } from '../../../core/contract.js';
import { useFormat, useText, type TextKey } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { IconClock, IconSearch } from '../../parts/icons.js';
import { OUTCOMES } from '../../parts/status-words.js';
import { Status } from '../../parts/status.js';
import { useVirtualRows } from '../../parts/lists/use-virtual-rows.js';
import { isUndone } from '../../stores/report-rows.js';
import { useReport } from '../../stores/report.js';
import css from './report.module.css';

/** Pixels; the height in the style sheet. */
const ROW = 35;

const KINDS: Readonly<Record<RunSummary['kind'], TextKey>> = {
  import: 'history.import',
  undo: 'history.undo',
  prune: 'history.prune',
};

interface HistoryTableProps {
  readonly history: readonly RunSummary[];
  /** The run whose report is shown above. */
  readonly shown: string | null;
}

export function HistoryTable({ history, shown }: HistoryTableProps) {
  const text = useText();
  const format = useFormat();
  const [words, setWords] = useState('');
  const wanted = words.trim().toLowerCase();
  const rows = history.filter(({ run, target, packages, user }) =>
    [run, target, user, ...packages].some((one) => one.toLowerCase().includes(wanted)),
  );
  const virtual = useVirtualRows<HTMLTableElement>(rows.length, ROW);
  return (
    <Card
      icon={IconClock}
      title={text('history.title')}
      actions={
        <TextInput
          size="xs"
          value={words}
          leftSection={<IconSearch size={14} />}
          placeholder={text('history.filter')}
          aria-label={text('history.filter')}
          onChange={({ currentTarget }) => setWords(currentTarget.value)}
        />
      }
    >
      <div className={css.historyScroll} tabIndex={0} role="group" aria-label={text('history.title')}>
        <table ref={virtual.table} className={css.history} aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              <th>{text('history.started')}</th>
              <th>{text('history.kind')}</th>
              <th>{text('history.packages')}</th>
              <th>{text('history.target')}</th>
              <th>{text('history.took')}</th>
              <th>{text('history.result')}</th>
              <th>
                <span className="unseen">{text('action.open')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {virtual.before > 0 && <tr aria-hidden="true" style={{ height: virtual.before }} />}
            {virtual.rows
              .flatMap((index) => {
                const row = rows[index];
                return row ? [{ ...row, index }] : [];
              })
              .map(({ index, run, started, ended, kind, packages, target, result, gaps, at, user }) => (
                <tr key={run} aria-rowindex={index + 2} aria-current={run === shown || undefined}>
                  <td>{format.dateTime(started)}</td>
                  <td>{text(KINDS[kind])}</td>
                  <td className="mono cut" title={packages.join('\n')}>
                    {format.list(packages)}
                  </td>
                  <td className="mono cut" title={target}>
                    {target}
                  </td>
                  <td className="num">
                    {ended === null ? '–' : format.duration((Date.parse(ended) - Date.parse(started)) / 1000)}
                  </td>
                  <td>
                    <Status
                      of={OUTCOMES[isUndone(run, history) ? 'undone' : outcomeOfRun({ kind, result, gaps })]}
                    />
                    {at === 'target' && (
                      <span className="small muted"> {text('history.receipt', { user })}</span>
                    )}
                  </td>
                  <td className="right">
                    <Button
                      variant="subtle"
                      size="compact-xs"
                      aria-label={text('history.open', { date: format.dateTime(started) })}
                      onClick={() => void useReport.getState().open(run)}
                    >
                      {text('action.open')}
                    </Button>
                  </td>
                </tr>
              ))}
            {virtual.after > 0 && <tr aria-hidden="true" style={{ height: virtual.after }} />}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
