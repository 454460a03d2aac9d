// The screen Report: what a run did and what was proven, what is left to do, and every earlier run.
import { useEffect } from 'react';
import { Screen } from '../../frame/screen.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorCard } from '../../parts/error-card.js';
import { IconClock } from '../../parts/icons.js';
import { useReport } from '../../stores/report.js';
import { useRun } from '../../stores/run/run.js';
import { AuditCard } from './audit-card.js';
import { HistoryTable } from './history-table.js';
import { ReportHead } from './report-head.js';
import { ReportProof } from './report-proof.js';
import { ReportToDo } from './report-to-do.js';
import css from './report.module.css';
import { UndoDialog } from './undo-dialog.js';

const HEADINGS = {
  import: 'report.importOf',
  undo: 'report.undoOf',
  prune: 'report.pruneOf',
} as const;

/** A run that was stopped or failed does not open its report by itself; here it is the one that the person looks for. */
function openLastRun(): void {
  const { result } = useRun.getState();
  const { report, open } = useReport.getState();
  if (report === null && result?.ok === true) void open(result.value.run);
}

export function ReportScreen() {
  const text = useText();
  const format = useFormat();
  const { report, history, problem } = useReport();
  useEffect(openLastRun, []);
  const purpose =
    report === null
      ? text('report.purpose')
      : text(HEADINGS[report.kind], {
          date: format.dateTime(report.started),
        });
  return (
    <Screen title={text('report.title')} purpose={purpose}>
      <div className={css.page}>
        {problem !== null && <ErrorCard problem={problem} alert />}
        {report !== null && (
          <>
            <ReportHead report={report} />
            <div className={css.columns}>
              <ReportProof report={report} />
              <ReportToDo report={report} />
            </div>
          </>
        )}
        {report === null && history !== null && history.length === 0 && (
          <EmptyState icon={IconClock} title={text('report.empty')} text={text('report.emptyText')} />
        )}
        {history !== null && history.length > 0 && (
          <HistoryTable history={history} shown={report?.run ?? null} />
        )}
        <AuditCard />
      </div>
      <UndoDialog />
    </Screen>
  );
}
