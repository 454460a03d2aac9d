// The problems of the run, one card for each cause. The rest of the run goes on.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { ask } from '../../bridge.js';
import { useFormat, useText } from '../../i18n/i18n.js';
import { Card } from '../../parts/card.js';
import { ErrorCard } from '../../parts/error-card.js';
import { IconAlertTriangle, IconCheck } from '../../parts/icons.js';
import { isGoingOn, useRun } from '../../stores/run/run.js';
import { CancelDialog } from './cancel-dialog.js';
import { TimeLeft } from './time-left.js';
import css from './run.module.css';

/** Problems that end with room on a disk or in a registry; then the same run brings the rest. */
const NO_SPACE = /\.no-space$/;

export function RunProblems() {
  const text = useText();
  const problems = useRun((state) => state.progress.problems);
  const ended = useRun((state) => state.result !== null);
  const { away, run } = useRun((state) => state.progress);
  const { method, stopping, again } = useRun();
  // The runs into several targets are started again together, once all have ended.
  const mayRunAgain = !useRun(isGoingOn);
  const [asking, setAsking] = useState(false);
  const format = useFormat();
  if (away !== null && !ended)
    return (
      <Card icon={IconAlertTriangle} title={text('run.problems', { count: 1 })} className={css.problems}>
        <div className={css.cards}>
          <ErrorCard
            problem={away.problem}
            kept={text('run.awayKept', { time: format.time(away.until) })}
            trying
            alert
            actions={
              <>
                <Button size="xs" disabled={run === null} onClick={() => void ask('tryNow', run ?? '')}>
                  {text('run.tryNow')}
                </Button>
                <Button size="xs" data-danger disabled={stopping} onClick={() => setAsking(true)}>
                  {text('run.stopWaiting')}
                </Button>
                <TimeLeft until={away.until} />
              </>
            }
          />
        </div>
        {asking && <CancelDialog mayUndo={method === 'import'} onClose={() => setAsking(false)} />}
      </Card>
    );
  if (problems.length === 0)
    return <Card icon={IconCheck} title={text('run.noProblems')} note={text('run.noProblemsNote')} />;
  return (
    <Card
      icon={IconAlertTriangle}
      title={text('run.problems', { count: problems.length })}
      note={ended ? undefined : text('run.restGoesOn')}
      className={css.problems}
    >
      <div
        className={css.cards}
        tabIndex={0}
        role="group"
        aria-label={text('run.problems', { count: problems.length })}
      >
        {problems.map(({ problem, count }, index) => (
          <ErrorCard
            key={problem.code}
            problem={problem}
            more={count - 1}
            trying={problem.retryable && !ended}
            alert={index === 0}
            actions={
              mayRunAgain && NO_SPACE.test(problem.code) ? (
                <Button size="xs" onClick={() => void again()}>
                  {text('run.again')}
                </Button>
              ) : undefined
            }
          />
        ))}
      </div>
    </Card>
  );
}
