// The progress of the whole run: percent, package and pass, images and charts, bytes, rate, and the remaining time.
import { useEffect, useRef, useState } from 'react';
import { useFormat, useText, type TextKey } from '../../i18n/i18n.js';
import { SpanBar } from '../../parts/span-bar.js';
import type { RunProgress } from '../../../core/contract.js';
import { rateOf, ratesOf, secondsLeft } from '../../stores/run/run-events.js';
import type { RunRow } from '../../stores/run/run-rows.js';
import { useRun } from '../../stores/run/run.js';
import { RateCurve } from './rate-curve.js';
import css from './run.module.css';

const STAGES: Readonly<Record<RunProgress['stage'], TextKey>> = {
  connect: 'run.stage.connect',
  read: 'run.stage.read',
  survey: 'run.stage.survey',
  tags: 'run.stage.tags',
  charts: 'run.stage.charts',
  sweep: 'run.stage.sweep',
  verify: 'run.stage.verify',
  done: 'run.stage.done',
};

export function RunOverall({ rows }: { readonly rows: readonly RunRow[] }) {
  const text = useText();
  const format = useFormat();
  const progress = useRun((state) => state.progress);
  const result = useRun((state) => state.result);
  const call = useRun((state) => state.call);
  // A run that was stopped shows how far it came; 100 stands only at one that did everything.
  const done =
    progress.ended === null ? Math.min(99, Math.floor(progress.done * 100)) : percentAtEnd(progress);
  const rate = rateOf(progress);
  const ended = rows.filter(({ state }) => state === 'verified' || state === 'skipped').length;
  const { expected } = progress;
  const charts = Math.max(expected.charts ?? 0, progress.charts.size);
  const left = secondsLeft(progress, Date.now());
  const label = text('run.percentOf', { percent: done });
  return (
    <section className={css.overall} aria-label={text('run.overall')}>
      <div className={css.percent}>{done}%</div>
      <div className={css.bar}>
        <div className={css.barHead}>
          <span className="cut">
            <b>
              {progress.paused
                ? text('run.pausedTitle')
                : text(STAGES[result === null ? progress.stage : 'done'])}
            </b>{' '}
            <span className="muted">
              <PhaseDetail progress={progress} />
            </span>
          </span>
          <span className="muted num">
            {format.clauses([
              text('run.imagesOf', { done: ended, count: rows.length }),
              // An import without a plan knows its charts only when it publishes them.
              ...(charts === 0 ? [] : [text('run.chartsOf', { done: progress.charts.size, count: charts })]),
            ])}
          </span>
        </div>
        <SpanBar spans={[{ part: done / 100, look: 'accent' }]} label={label} progress={done} tall />
        {/* Each run is announced from its beginning. */}
        <Announce key={call} percent={done} />
      </div>
      <dl className={css.figures}>
        <div>
          <dt>{text('run.sent')}</dt>
          <dd className="num">
            {expected.bytes === null
              ? format.bytes(progress.bytesSent)
              : text('run.of', {
                  done: format.bytes(progress.bytesSent),
                  all: format.bytes(Math.max(expected.bytes, progress.bytesSent)),
                })}
          </dd>
        </div>
        <div>
          <dt>{text('run.rate')}</dt>
          <dd className="num">
            {rate === null ? '–' : text('run.perSecond', { bytes: format.bytes(rate) })}
          </dd>
        </div>
        <RateCurve rates={ratesOf(progress)} />
        <div>
          <dt>{text('run.left')}</dt>
          <dd className="num">
            {left === null ? '–' : text('run.about', { time: format.duration(roughly(left)) })}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function percentAtEnd({ done }: RunProgress): number {
  return done === 1 ? 100 : Math.min(99, Math.floor(done * 100));
}

/** What the phase is at: bytes of the package, or how many tags and charts of how many. */
function PhaseDetail({ progress }: { readonly progress: RunProgress }) {
  const text = useText();
  const format = useFormat();
  const { stage, reading, read, pass, surveyed, images, charts, expected, waitingUntil } = progress;
  const one = read[reading];
  if (progress.ended !== null) return '';
  if (waitingUntil !== null) return text('run.waitingUntil', { time: format.time(waitingUntil) });
  if (one)
    return text('run.pass', {
      pass,
      name: reading,
      read: format.bytes(one.bytes),
      total: format.bytes(one.total),
    });
  const count = (done: number, total: number | null): string =>
    total === null ? '' : text('run.countOf', { done, total: Math.max(done, total) });
  if (stage === 'tags') return count(images.size, expected.images);
  if (stage === 'charts') return count(charts.size, expected.charts);
  return surveyed === null ? '' : count(surveyed.done, surveyed.total);
}

/** Rounded, because it is an estimate: to minutes from two minutes on, otherwise to ten seconds. */
function roughly(seconds: number): number {
  return seconds >= 120 ? Math.round(seconds / 60) * 60 : Math.max(10, Math.round(seconds / 10) * 10);
}

const QUIET_MS = 30_000;

/** Read out by screen readers at each quarter, and at most every thirty seconds in between. */
function Announce({ percent: done }: { readonly percent: number }) {
  const text = useText();
  const [said, setSaid] = useState(0);
  const last = useRef(0);
  useEffect(() => {
    const quarter = Math.floor(done / 25) > Math.floor(said / 25);
    if (done === said || (!quarter && Date.now() - last.current < QUIET_MS)) return;
    last.current = Date.now();
    setSaid(done);
  }, [done, said]);
  return (
    <span className="unseen" role="status">
      {said === 0 ? '' : text('run.percentOf', { percent: said })}
    </span>
  );
}
