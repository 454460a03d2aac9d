// The result of a run in one sentence, its facts, and buttons for the report.
import { Button, Menu } from '@mantine/core';
import {
  chartsNotPublished,
  gapsOf,
  imagesWithGaps,
  outcomeOf,
  reportFigures,
  tagsNotWritten,
} from '../../../core/contract.js';
import type { Report } from '../../../core/contract.js';
import { ask } from '../../bridge.js';
import { useFormat, useText, type Say } from '../../i18n/i18n.js';
import { classes } from '../../parts/classes.js';
import { IconAlertTriangle, IconArrowBackUp, IconCheck, IconFile, IconX } from '../../parts/icons.js';
import { saveText } from '../../save-text.js';
import { isUndone, targetOf } from '../../stores/report-rows.js';
import { useReport } from '../../stores/report.js';
import { isGoingOn, useRun } from '../../stores/run/run.js';
import { useSettings } from '../../stores/settings.js';
import css from './report.module.css';

/** The sentence above the report. It claims only what was proven, and says what is and is not there. */
function sentenceOf(report: Report, text: Say): string {
  const outcome = outcomeOf(report);
  const { charts, images, proof } = report;
  switch (outcome) {
    case 'stopped':
    case 'failed': {
      const written = new Set(images.filter(isThere).map(({ target }) => target)).size;
      return text(outcome === 'stopped' ? 'report.verdict.stopped' : 'report.verdict.failed', {
        tags: text('report.tagCount', { count: written }),
        charts: text('plan.chartCount', { count: charts.filter(isThere).length }),
      });
    }
    case 'pruned':
    case 'pruned-in-part': {
      const left = [...images, ...charts].filter(isLeft).length;
      return left === 0 && outcome === 'pruned'
        ? text('report.verdict.pruned')
        : text('report.verdict.prunedInPart', { count: Math.max(1, left) });
    }
    case 'undone':
    case 'undone-in-part': {
      const left = [...images, ...charts].filter(isLeft).length;
      return left === 0 && outcome === 'undone'
        ? text('report.verdict.undone')
        : text('report.verdict.undoneInPart', { count: Math.max(1, left) });
    }
    case 'imported':
      return text(proof === null ? 'report.verdict.done' : 'report.verdict.proven');
    case 'gaps': {
      const lacking = imagesWithGaps(gapsOf(report));
      const unpublished = chartsNotPublished(charts).length;
      if (proof !== null && !proof.ok && lacking === 0) return text('report.verdict.findings');
      const unwritten = tagsNotWritten(report).length;
      const gaps = lacking > 0 ? text('report.verdict.gaps', { count: lacking }) : '';
      if (unwritten > 0)
        return lacking > 0
          ? text('report.verdict.gapsAndTags', { gaps, count: unwritten })
          : text('report.verdict.tags', { count: unwritten });
      if (lacking > 0) return gaps;
      if (unpublished > 0) return text('report.verdict.charts', { count: unpublished });
      return text('report.verdict.problems');
    }
  }
}

/** True for a tag or chart that is as the package has it. */
function isThere({ action }: Report['images'][number] | Report['charts'][number]): boolean {
  return action !== 'failed' && action !== 'blocked' && action !== 'conflict' && action !== 'keep';
}

/** True for an item that an undo left as it is. */
function isLeft({ action }: Report['images'][number] | Report['charts'][number]): boolean {
  return action === 'failed' || action === 'blocked' || action === 'conflict';
}

const UNDO_WORDS = {
  import: 'report.undo',
  undo: 'report.undoUndo',
  prune: 'report.undoPrune',
} as const;

export function ReportHead({ report }: { readonly report: Report }) {
  const text = useText();
  const format = useFormat();
  const outcome = outcomeOf(report);
  const good = outcome === 'imported' || outcome === 'undone' || outcome === 'pruned';
  const bad = outcome === 'failed';
  const Mark = good ? IconCheck : bad ? IconX : IconAlertTriangle;
  const { totals, packages, target, by } = report;
  return (
    <section className={css.head} aria-labelledby="report-verdict">
      <div className={css.headLine}>
        <span className={classes(css.mark, good ? css.good : bad ? css.bad : css.warn)}>
          <Mark size={20} />
        </span>
        <div className={css.sentence}>
          <h2 id="report-verdict">{sentenceOf(report, text)}</h2>
          <p className="muted">
            {text('report.facts', {
              packages: format.list(packages.map(({ name }) => name)),
              target: target.location,
              time: format.duration(totals.seconds),
              bytes: format.bytes(totals.bytesSent),
              count: totals.retries,
              by: by.user === '' ? '' : text('report.by', { user: by.user, host: by.host }),
            })}
          </p>
        </div>
        <Actions report={report} />
      </div>
      <Figures report={report} />
    </section>
  );
}

const FORMATS = [
  ['html', 'text/html'],
  ['json', 'application/json'],
  ['csv', 'text/csv'],
] as const;

function Actions({ report }: { readonly report: Report }) {
  const text = useText();
  const { language } = useFormat();
  const history = useReport((state) => state.history);
  const targets = useSettings(({ settings }) => settings?.targets);
  const going = useRun(isGoingOn);
  const undone = isUndone(report.run, history ?? []);
  const save = async (format: (typeof FORMATS)[number][0], type: string): Promise<void> => {
    const answer = await ask('renderReport', { run: report.run, format, language });
    if (answer.ok) await saveText(`archbridge-${report.run}.${format}`, answer.value, type);
    else useReport.setState({ problem: answer.problem });
  };
  return (
    <div className={css.actions}>
      <Button
        leftSection={<IconArrowBackUp size={14} />}
        disabled={undone || going}
        onClick={() =>
          void useReport
            .getState()
            .previewUndo({ runs: [report.run], target: targetOf(report, targets ?? []) })
        }
      >
        {text(undone ? 'report.isUndone' : UNDO_WORDS[report.kind])}
      </Button>
      <Menu>
        <Menu.Target>
          <Button variant="filled" leftSection={<IconFile size={14} />}>
            {text('report.save')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {FORMATS.map(([format, type]) => (
            <Menu.Item key={format} onClick={() => void save(format, type)}>
              {format.toUpperCase()}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

function Figures({ report }: { readonly report: Report }) {
  const text = useText();
  const format = useFormat();
  const figures = report.kind === 'import' ? ofImport() : ofUndo();
  return (
    <dl className={css.figures}>
      {figures.map(([number, label]) => (
        <div key={label}>
          <dd className="num">{number}</dd>
          <dt>{label}</dt>
        </div>
      ))}
    </dl>
  );

  function ofUndo(): readonly (readonly [string, string])[] {
    const { restored, removed, left } = undoCounts(report);
    return [
      [format.count(restored), text('report.figure.restored', { count: restored })],
      [format.count(removed), text('report.figure.removed', { count: removed })],
      [format.count(left), text('report.figure.left', { count: left })],
    ];
  }

  function ofImport(): readonly (readonly [string, string])[] {
    const {
      tags,
      tagsAsAsked,
      tagsProven,
      entries,
      charts,
      chartsAsAsked,
      imagesWithGaps: lacking,
    } = reportFigures(report);
    const of = (done: number, all: number): string =>
      text('run.of', { done: format.count(done), all: format.count(all) });
    return [
      tagsProven === null
        ? [of(tagsAsAsked, tags), text('report.figure.tags')]
        : [of(tagsProven, tags), text('report.figure.proven')],
      [format.count(entries), text('report.figure.entries', { count: entries })],
      [of(chartsAsAsked, charts), text('report.figure.charts')],
      [format.bytes(report.totals.bytesSkipped), text('report.figure.present')],
      [format.count(lacking), text('report.figure.gaps', { count: lacking })],
    ];
  }
}

/** What an undo did to tags and charts: put back, removed because they did not exist before, and left. */
function undoCounts({ images, charts }: Report) {
  const done = images.filter(({ action }) => action === 'replace');
  const changed = charts.filter(({ action }) => action === 'replace');
  const gone = done.filter(({ reason }) => reason === 'removed').length;
  const chartsGone = changed.filter(({ digest }) => digest === null).length;
  return {
    restored: done.length - gone + changed.length - chartsGone,
    removed: gone + chartsGone,
    left: [...images, ...charts].filter(isLeft).length,
  };
}
