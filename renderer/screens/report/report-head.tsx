// The result of a run in one sentence, its facts, and buttons for the report.
import { Button, Menu } from '@mantine/core';
import { useMemo } from 'react';
import type { Report } from '../../../core/contract.js';
import { ask } from '../../bridge.js';
import { useFormat, useText, type TextKey } from '../../i18n/i18n.js';
import { classes } from '../../parts/classes.js';
import { IconAlertTriangle, IconArrowBackUp, IconCheck, IconFile, IconX } from '../../parts/icons.js';
import { saveText } from '../../save-text.js';
import { isUndone, reportRows, targetOf, toDos } from '../../stores/report-rows.js';
import { useReport } from '../../stores/report.js';
import { useRun } from '../../stores/run/run.js';
import { useSettings } from '../../stores/settings.js';
import css from './report.module.css';

type Verdict = 'proven' | 'done' | 'findings' | 'partial' | 'stopped' | 'failed' | 'undone';

const SENTENCES: Readonly<Record<Verdict, TextKey>> = {
  proven: 'report.verdict.proven',
  done: 'report.verdict.done',
  findings: 'report.verdict.findings',
  partial: 'report.verdict.partial',
  stopped: 'report.verdict.stopped',
  failed: 'report.verdict.failed',
  undone: 'report.verdict.undone',
};

function verdictOf({ result, proof, kind }: Report): Verdict {
  if (result === 'cancelled') return 'stopped';
  if (result === 'failed') return 'failed';
  if (proof !== null && !proof.ok) return 'findings';
  if (result === 'partial') return 'partial';
  if (kind === 'undo') return 'undone';
  return proof === null ? 'done' : 'proven';
}

export function ReportHead({ report }: { readonly report: Report }) {
  const text = useText();
  const format = useFormat();
  const verdict = verdictOf(report);
  const good = verdict === 'proven' || verdict === 'done' || verdict === 'undone';
  const bad = verdict === 'failed';
  const Mark = good ? IconCheck : bad ? IconX : IconAlertTriangle;
  const { totals, packages, target, by } = report;
  return (
    <section className={css.head} aria-labelledby="report-verdict">
      <div className={css.headLine}>
        <span className={classes(css.mark, good ? css.good : bad ? css.bad : css.warn)}>
          <Mark size={20} />
        </span>
        <div className={css.sentence}>
          <h2 id="report-verdict">
            {text(SENTENCES[verdict], {
              count: toDos(report).filter(({ problem }) => problem !== null).length,
            })}
          </h2>
          <p className="muted">
            {text('report.facts', {
              packages: packages.map(({ name }) => name).join(', '),
              target: target.location,
              time: format.duration(totals.seconds),
              bytes: format.bytes(totals.bytesSent),
              retries: format.count(totals.retries),
            })}{' '}
            {by.user !== '' && text('report.by', { user: by.user, host: by.host })}
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
  const going = useRun(({ call, result }) => call !== null && result === null);
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
        {text(undone ? 'report.isUndone' : report.kind === 'undo' ? 'report.undoUndo' : 'report.undo')}
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
  const rows = useMemo(() => reportRows(report), [report]);
  const proven = report.proof?.images.filter(({ ok }) => ok).length;
  const published = report.charts.filter(({ action }) => action !== 'failed' && action !== 'blocked').length;
  const lacking = Object.entries(report.coverage)
    .filter(([, { present, total }]) => present < total)
    .sort(([, a], [, b]) => b.total - b.present - (a.total - a.present));
  const entries = report.images.filter(({ action }) => action !== 'failed' && action !== 'blocked').length;
  const figures: readonly (readonly [string, string])[] = [
    proven === undefined
      ? [format.count(rows.length), text('report.figure.tags', { count: rows.length })]
      : [
          text('run.of', { done: format.count(proven), all: format.count(report.proof?.images.length ?? 0) }),
          text('report.figure.proven'),
        ],
    [format.count(entries), text('report.figure.entries', { count: entries })],
    [
      text('run.of', { done: format.count(published), all: format.count(report.charts.length) }),
      text('report.figure.charts'),
    ],
    [format.bytes(report.totals.bytesSkipped), text('report.figure.present')],
    lacking[0] === undefined
      ? ['0', text('report.figure.complete')]
      : [
          format.count(lacking[0][1].total - lacking[0][1].present),
          text('report.figure.lacking', {
            count: lacking[0][1].total - lacking[0][1].present,
            platform: lacking[0][0],
          }),
        ],
  ];
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
}
