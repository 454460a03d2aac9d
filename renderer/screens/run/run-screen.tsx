// The screen Run: progress, every image, problems, current uploads and the log of an import or undo.
import { Button } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { LockedScreen } from '../../frame/locked-screen.js';
import { Consequence, Screen } from '../../frame/screen.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorCard } from '../../parts/error-card.js';
import {
  IconArrowUp,
  IconChevronRight,
  IconInfoCircle,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
} from '../../parts/icons.js';
import { OUTCOMES } from '../../parts/status-words.js';
import { useApp } from '../../stores/app.js';
import { useReport } from '../../stores/report.js';
import { worstOf } from '../../stores/run/run-again.js';
import { planOf, planRows, rowsAfter } from '../../stores/run/run-rows.js';
import { isGoingOn, useRun } from '../../stores/run/run.js';
import { placeOf } from '../../stores/target/target-spec.js';
import { CancelDialog } from './cancel-dialog.js';
import { RunLog } from './run-log.js';
import { RunOverall } from './run-overall.js';
import { RunProblems } from './run-problems.js';
import css from './run.module.css';
import { RunTable } from './run-table.js';
import { RunTargets } from './run-targets.js';
import { RunUploads } from './run-uploads.js';

export function RunScreen() {
  const call = useRun((state) => state.call);
  return call === null ? <LockedScreen step="run" /> : <RunInHand />;
}

function RunInHand() {
  const text = useText();
  const format = useFormat();
  const { progress, result, method, problem, request } = useRun();
  const { images, offered } = progress;
  const plans = useMemo(
    () => planRows({ plan: planOf(request), offered, ends: images.values() }),
    [request, offered, images],
  );
  const rows = useMemo(() => rowsAfter(plans, progress), [plans, progress]);
  useReportWhenDone();
  // Why the run could not begin; what ended it later stands among its problems.
  const unseen =
    result !== null &&
    !result.ok &&
    !progress.problems.some((one) => one.problem.code === result.problem.code)
      ? result.problem
      : null;
  const started = progress.startedAt === null ? '' : format.time(new Date(progress.startedAt).toISOString());
  return (
    <Screen
      title={text('run.title')}
      purpose={
        request === null
          ? text('run.purposeStarting')
          : text(method === 'import' ? 'run.purpose' : 'run.purposeUndo', {
              target: progress.target === '' ? placeOf(request.target) : progress.target,
              time: started,
            })
      }
      still
      footer={<RunFooter />}
    >
      <div className={css.page}>
        <RunTargets />
        <RunOverall rows={rows} />
        {unseen !== null && <ErrorCard problem={unseen} alert />}
        {problem !== null && <ErrorCard problem={problem} alert />}
        <div className={css.columns}>
          {rows.length === 0 && result === null ? (
            <EmptyState icon={IconArrowUp} title={text('run.starting')} text={text('run.startingText')} />
          ) : rows.length === 0 ? (
            <EmptyState
              icon={IconInfoCircle}
              title={text('run.nothingDone')}
              text={text('run.nothingDoneText')}
            />
          ) : (
            <RunTable rows={rows} />
          )}
          <div className={css.side}>
            <RunProblems />
            <RunUploads rows={rows} />
            <RunLog />
          </div>
        </div>
      </div>
    </Screen>
  );
}

/** A run that is complete opens its report, once. One that was stopped or failed stays here, where it can be started again. */
function useReportWhenDone(): void {
  const result = useRun((state) => state.result);
  const isOneOfSeveral = useRun(({ several }) => several.length > 0);
  const [seen] = useState(result);
  useEffect(() => {
    // Several targets have several reports; each is opened from its line.
    if (isOneOfSeveral || result === null || result === seen || !result.ok) return;
    if (result.value.result !== 'done' && result.value.result !== 'partial') return;
    useReport.setState({ report: result.value, problem: null });
    useApp.getState().show('report');
  }, [result, seen, isOneOfSeveral]);
}

function RunFooter() {
  const text = useText();
  const run = useRun();
  const { progress, result, several, stopping, method, again, pause, resume } = run;
  const [asking, setAsking] = useState(false);
  const show = useApp((state) => state.show);
  if (result !== null && !isGoingOn(run)) {
    // Of several targets the one that needs the person most is told.
    const results = several.length > 0 ? several.map((one) => one.result) : [result];
    const outcome = worstOf(results);
    const isDone = outcome === 'imported' || outcome === 'undone';
    return (
      <Consequence
        mark={<IconInfoCircle size={18} />}
        title={text(OUTCOMES[outcome].text)}
        text={isDone ? undefined : text(method === 'undo' ? 'run.againUndoText' : 'run.againText')}
      >
        {!isDone && (
          <Button leftSection={<IconRefresh size={14} />} onClick={() => void again()}>
            {text('run.again')}
          </Button>
        )}
        <Button
          variant="filled"
          disabled={!result.ok}
          rightSection={<IconChevronRight size={14} />}
          onClick={() => {
            if (!result.ok) return;
            useReport.setState({ report: result.value, problem: null });
            show('report');
          }}
        >
          {text('run.openReport')}
        </Button>
      </Consequence>
    );
  }
  const going = several.filter((one) => one.result === null);
  const paused = going.length > 0 ? going.some((one) => one.progress.paused) : progress.paused;
  return (
    <>
      <Consequence
        mark={<IconInfoCircle size={18} />}
        title={text(stopping ? 'run.stopping' : paused ? 'run.pausedTitle' : 'run.safe')}
        text={text(stopping ? 'run.stoppingText' : method === 'undo' ? 'run.againUndoText' : 'run.safeText')}
      >
        <Button data-danger disabled={stopping} onClick={() => setAsking(true)}>
          {text('run.cancel')}
        </Button>
        <Button
          disabled={stopping || progress.run === null}
          leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
          onClick={() => void (paused ? resume() : pause())}
        >
          {text(paused ? 'run.resume' : 'run.pause')}
        </Button>
      </Consequence>
      {asking && <CancelDialog mayUndo={method === 'import'} onClose={() => setAsking(false)} />}
    </>
  );
}
