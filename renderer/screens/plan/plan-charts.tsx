// The charts of the import, and the values in them that change so that they name the target.
import { useState } from 'react';
import { isWritten } from '../../../core/contract.js';
import type { Plan, PlanChart } from '../../../core/contract.js';
import { listNames, useText, type TextKey } from '../../i18n/i18n.js';
import { chartsPlace } from '../../i18n/charts-place.js';
import { useProblemWords } from '../../i18n/problem-words.js';
import { Card } from '../../parts/card.js';
import { IconChevronDown, IconChevronRight } from '../../parts/icons.js';
import { LongList } from '../../parts/lists/long-list.js';
import { CELL_STATES, type StatusWord } from '../../parts/status-words.js';
import { Toned } from '../../parts/status.js';
import { chartKey } from '../../stores/plan/plan-decisions.js';
import css from './plan.module.css';

const ACTIONS: Readonly<Record<PlanChart['action'], { readonly looks: StatusWord; readonly text: TextKey }>> =
  {
    publish: { looks: CELL_STATES.add, text: 'plan.chart.publish' },
    replace: { looks: CELL_STATES.replace, text: 'plan.chart.replace' },
    keep: { looks: CELL_STATES.keep, text: 'plan.chart.keep' },
    skip: { looks: CELL_STATES.same, text: 'plan.chart.skip' },
    conflict: { looks: CELL_STATES.conflict, text: 'plan.chart.conflict' },
    blocked: { looks: CELL_STATES.missing, text: 'plan.chart.blocked' },
    failed: { looks: CELL_STATES.missing, text: 'plan.chart.failed' },
  };

/** A chart that is left out because none of its images is selected. */
const NOT_SELECTED = { looks: CELL_STATES['not-used'], text: 'plan.chart.notSelected' } as const;

export function PlanCharts({ plan }: { readonly plan: Plan }) {
  const text = useText();
  if (plan.charts.length === 0) return null;
  const published = plan.charts.filter(isWritten).length;
  const present = plan.charts.filter(({ action }) => action === 'skip' || action === 'keep').length;
  return (
    <Card
      title={text('plan.charts', { count: published })}
      note={text('plan.chartsNote', {
        urls: listNames(plan.target.charts.map((url) => chartsPlace(url, text))),
        count: present,
      })}
    >
      <LongList items={plan.charts} keyOf={chartKey} label={text('plan.way.charts')}>
        {(chart) => <ChartLine chart={chart} />}
      </LongList>
    </Card>
  );
}

/** What will become of the chart, with the person's decision. */
function looksOf({ reason, action, decision }: PlanChart) {
  if (reason === 'not-selected') return NOT_SELECTED;
  if (decision === null) return ACTIONS[action];
  return ACTIONS[decision === 'replace' ? 'replace' : decision === 'keep' ? 'keep' : 'conflict'];
}

function ChartLine({ chart }: { readonly chart: PlanChart }) {
  const text = useText();
  const words = useProblemWords();
  const [open, setOpen] = useState(false);
  const { looks, text: label } = looksOf(chart);
  const Fold = open ? IconChevronDown : IconChevronRight;
  return (
    <div className={css.chart}>
      <button
        type="button"
        className={css.chartLine}
        aria-expanded={open}
        disabled={chart.changes.length === 0 && chart.problem === null}
        onClick={() => setOpen(!open)}
      >
        <Fold size={14} aria-hidden />
        <span className="cut">
          <b>{chart.name}</b> <span className="mono muted">{chart.version}</span>{' '}
          <span className="small muted">{chart.repo}</span>
        </span>
        <Toned icon={looks.icon} tone={looks.tone}>
          {text(label)}
        </Toned>
        <span className="small muted">
          {chart.changes.length > 0 && text('plan.changes', { count: chart.changes.length })}
        </span>
      </button>
      {open && (
        <div
          className={css.diff}
          tabIndex={0}
          role="group"
          aria-label={text('plan.valuesOf', { name: chart.name })}
        >
          {chart.problem !== null && <p>{words(chart.problem).message}</p>}
          {chart.changes.map(({ path, from, to }) => (
            <div key={path} className="mono">
              <div className="muted">{path}</div>
              {from !== null && <del>- {from === '' ? '""' : from}</del>}
              <ins>+ {to}</ins>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
