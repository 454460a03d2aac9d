// Each tag with what was done for each platform, and its digest before and after.
import { SegmentedControl } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef, useState } from 'react';
import type { Report, TagSummary } from '../../../core/contract.js';
import { shortDigest } from '../../format.js';
import { useText, type TextKey } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { classes } from '../../parts/classes.js';
import { IconAlertTriangle, IconCheck, IconMinus, IconTag, IconX } from '../../parts/icons.js';
import type { Icon, Tone } from '../../parts/status-words.js';
import { Toned } from '../../parts/status.js';
import {
  commonHost,
  incompleteRows,
  platformsOf,
  reportRows,
  type ReportRow,
} from '../../stores/report-rows.js';
import css from './report.module.css';

const ROW = 35;

interface Look {
  readonly icon: Icon;
  readonly tone: Tone;
  readonly text: TextKey;
}

const LOOKS: Readonly<Record<ReportRow['cells'][string], Look>> = {
  push: { icon: IconCheck, tone: 'ok', text: 'report.cell.added' },
  promote: { icon: IconCheck, tone: 'ok', text: 'report.cell.added' },
  add: { icon: IconCheck, tone: 'ok', text: 'report.cell.added' },
  repair: { icon: IconCheck, tone: 'ok', text: 'report.cell.repaired' },
  replace: { icon: IconCheck, tone: 'ok', text: 'report.cell.replaced' },
  skip: { icon: IconCheck, tone: 'muted', text: 'report.cell.same' },
  keep: { icon: IconCheck, tone: 'muted', text: 'report.cell.kept' },
  kept: { icon: IconCheck, tone: 'muted', text: 'report.cell.kept' },
  conflict: { icon: IconAlertTriangle, tone: 'conflict', text: 'report.cell.conflict' },
  blocked: { icon: IconTag, tone: 'mislabelled', text: 'report.cell.leftOut' },
  failed: { icon: IconX, tone: 'error', text: 'report.cell.failed' },
};
const REASONS: Readonly<Record<string, Look>> = {
  restored: { icon: IconCheck, tone: 'ok', text: 'report.cell.restored' },
  removed: { icon: IconMinus, tone: 'muted', text: 'report.cell.removed' },
};

export function ReportProof({ report }: { readonly report: Report }) {
  const text = useText();
  const [only, setOnly] = useState(false);
  const rows = useMemo(() => reportRows(report), [report]);
  // The name of an image has the whole width: the host is the same in every row.
  const host = useMemo(() => commonHost(rows), [rows]);
  const incomplete = useMemo(() => incompleteRows(report, rows), [report, rows]);
  const platforms = useMemo(() => platformsOf(report), [report]);
  const shown = only ? incomplete : rows;
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW,
    overscan: 10,
  });
  const template = `minmax(0, 1fr) repeat(${String(platforms.length)}, 104px) 190px`;
  return (
    <Card
      className={css.proof}
      title={text('report.proof')}
      note={text(
        report.proof === null
          ? 'report.proofNone'
          : report.proof.depth === 'content'
            ? 'report.proofContent'
            : 'report.proofSizes',
      )}
      actions={
        <SegmentedControl
          size="xs"
          value={only ? 'incomplete' : 'all'}
          aria-label={text('report.filter')}
          onChange={(value) => setOnly(value === 'incomplete')}
          data={[
            { value: 'all', label: text('report.filter.all', { count: rows.length }) },
            { value: 'incomplete', label: text('report.filter.incomplete', { count: incomplete.length }) },
          ]}
        />
      }
    >
      <div
        className={css.table}
        role="table"
        aria-label={text('report.proof')}
        aria-rowcount={shown.length + 1}
        ref={(element) => element?.style.setProperty('--ab-proof', template)}
      >
        <div role="rowgroup">
          <div role="row" aria-rowindex={1} className={classes(css.line, css.columnsLine)}>
            <span role="columnheader" className="cut" title={host}>
              {text('report.column.tag')} <span className="mono muted">{host}</span>
            </span>
            {platforms.map((platform) => (
              <span key={platform} role="columnheader" className="mono">
                {platform.replace(/^linux\//, '')}
              </span>
            ))}
            <span role="columnheader">{text('report.column.digest')}</span>
          </div>
        </div>
        <div
          ref={scroll}
          role="rowgroup"
          className={css.scroll}
          tabIndex={0}
          aria-label={text('report.proof')}
        >
          <div role="presentation" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const row = shown[index];
              if (!row) return null;
              return (
                <div
                  key={row.target}
                  role="row"
                  aria-rowindex={index + 2}
                  className={classes(css.line, css.row)}
                  style={{ transform: `translateY(${String(start)}px)` }}
                >
                  <span role="cell" className="mono cut" title={row.target}>
                    {row.target.slice(host.length)}
                  </span>
                  {platforms.map((platform) => {
                    const action = row.cells[platform];
                    const look =
                      action &&
                      (action === 'replace' ? (REASONS[row.reason] ?? LOOKS[action]) : LOOKS[action]);
                    return (
                      <span key={platform} role="cell">
                        {look ? (
                          <Toned icon={look.icon} tone={look.tone}>
                            {text(look.text)}
                          </Toned>
                        ) : (
                          '–'
                        )}
                      </span>
                    );
                  })}
                  <span role="cell" className="mono small cut">
                    {row.absent ? (
                      text('report.gap.nowhere')
                    ) : (
                      <>
                        <Digest of={row.before} /> →{' '}
                        <b>
                          <Digest of={row.after} />
                        </b>
                      </>
                    )}
                  </span>
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </Card>
  );
}

function Digest({ of }: { readonly of: TagSummary | null | 'unreadable' }) {
  const text = useText();
  if (of === null) return <span className="muted">{text('report.none')}</span>;
  if (of === 'unreadable') return <span className="muted">{text('state.unreadable')}</span>;
  return <span title={of.digest}>{shortDigest(of.digest).replace(/^sha256:/, '')}</span>;
}
